with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

admission as (

    select * from {{ ref('int_admission') }}

),

openings as (

    select * from {{ ref('int_opening_messages') }}

),

labels as (

    select * from {{ ref('int_labels_standing') }}

),

final as (

    select
        conversations.conversation_id as example_id,
        conversations.source_system,
        conversations.region,
        conversations.language,
        conversations.channel,
        conversations.product_area,
        coalesce(conversations.sector, 'unlabeled') as sector,
        conversations.basis,
        conversations.severity,
        conversations.topic,
        conversations.topic_set_by,
        openings.message,
        openings.reply,
        openings.template,
        openings.agent,
        case
            when labels.has_negative_label then {{ var('negative_weight') }}::double
            else 1.0::double
        end as weight,
        case
            when labels.has_negative_label then false
            when labels.has_positive_label then true
        end as accepted,
        conversations.subject_group,
        conversations.day,
        conversations.is_simulated as simulated
    from conversations
    inner join admission
        on
            conversations.conversation_id = admission.conversation_id
            and admission.drop_reason is null
    inner join openings
        on conversations.conversation_id = openings.conversation_id
    left join labels
        on conversations.conversation_id = labels.conversation_id

)

select * from final
order by example_id
