with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

admission as (

    select * from {{ ref('int_admission') }}

),

openings as (

    select * from {{ ref('int_opening_messages') }}

),

final as (

    select
        conversations.conversation_id as example_id,
        conversations.source_system,
        conversations.region,
        conversations.language,
        conversations.channel,
        conversations.product_area,
        conversations.severity,
        coalesce(conversations.sector, 'unlabeled') as sector,
        conversations.basis,
        openings.message,
        conversations.subject_group,
        conversations.day,
        conversations.is_simulated as simulated
    from conversations
    inner join admission
        on
            conversations.conversation_id = admission.conversation_id
            and admission.drop_reason = 'no_topic'
    inner join openings
        on conversations.conversation_id = openings.conversation_id
    where
        not admission.is_opted_out
        -- What nobody may process is not asked either; an unknown list of reasons denies.
        and not list_contains(admission.drop_reasons, 'no_basis')
        and openings.message is not null

)

select * from final
order by example_id
