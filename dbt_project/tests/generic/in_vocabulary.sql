{#- Every value that is there is a word that the vocabulary lists for `field`. -#}
{% test in_vocabulary(model, column_name, field) %}

select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is not null
    and {{ column_name }} not in (
        select value from {{ ref('controlled_vocabulary') }}
        where field = '{{ field }}'
    )

{% endtest %}
