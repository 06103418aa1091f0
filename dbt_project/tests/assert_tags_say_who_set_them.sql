-- A tag is a value and who set it, or neither; how sure is a model's to say and nobody else's (R5).
with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

)

select
    conversation_id,
    'region' as tag
from conversations
where region_set_by is null or region_set_by = 'model'
{% for tag in ['channel', 'language', 'product_area', 'severity', 'topic', 'basis'] %}
    union all
    select
        conversation_id,
        '{{ tag }}' as tag
    from conversations
    where
        ({{ tag }} is null) <> ({{ tag }}_set_by is null)
        or coalesce({{ tag }}_set_by = 'model', false) <> ({{ tag }}_confidence is not null)
        or {{ tag }}_confidence not between 0 and 1
{% endfor %}
