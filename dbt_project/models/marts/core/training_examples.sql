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

policy as (

    select * from {{ ref('weight_policy') }}

),

-- No clock: the age of a row is counted from the newest day that the region has.
newest as (

    select max(day) as newest_day from conversations

),

aging as (

    select
        router,
        outcome
    from policy
    where factor = 'halved_after_days'

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
        policy.router
        * pow(0.5, floor((newest.newest_day - conversations.day) / aging.router)) as weight,
        policy.outcome
        * pow(0.5, floor((newest.newest_day - conversations.day) / aging.outcome))
            as outcome_weight,
        not labels.has_negative_label as accepted,
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
    cross join newest
    cross join aging
    left join labels
        on conversations.conversation_id = labels.conversation_id
    left join policy
        on policy.factor = coalesce(labels.flag, 'unflagged')

)

select * from final
order by example_id
