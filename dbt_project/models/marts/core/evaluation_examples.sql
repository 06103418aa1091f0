with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

admission as (

    select * from {{ ref('int_admission') }}

),

openings as (

    select * from {{ ref('int_opening_messages') }}

),

turns as (

    select * from {{ ref('stg_landing__turns') }}

),

said as (

    select
        openings.conversation_id,
        {{ opening_text() }} as message
    from openings
    inner join admission
        on
            openings.conversation_id = admission.conversation_id
            and admission.drop_reason = 'no_topic'
            and not admission.is_opted_out
            -- What nobody may process is not asked either; an unknown list of reasons denies.
            and not list_contains(admission.drop_reasons, 'no_basis')
    inner join turns
        on
            openings.conversation_id = turns.conversation_id
            and list_contains(openings.message_indexes, turns.turn_index)
    group by openings.conversation_id

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
        said.message,
        conversations.subject_group,
        conversations.day,
        conversations.is_simulated as simulated
    from conversations
    inner join said
        on conversations.conversation_id = said.conversation_id

)

select * from final
order by example_id
