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

labels as (

    select * from {{ ref('int_labels_standing') }}

),

policy as (

    select * from {{ ref('weight_policy') }}

),

-- The words of the chats that are kept, read in one pass.
said as (

    select
        openings.conversation_id,
        {{ opening_text() }} as message,
        any_value(turns.text) filter (where turns.turn_index = openings.reply_index) as reply,
        any_value(turns.template) filter (where turns.turn_index = openings.reply_index) as used,
        any_value(turns.author) filter (where turns.turn_index = openings.reply_index) as agent,
        any_value(turns.text) filter (
            where
            turns.turn_index = labels.flagged_turn
            and turns.role in ('agent', 'bot')
        ) as flagged_reply,
        right(
            string_agg(turns.text, chr(10) order by turns.turn_index) filter (
                where
                turns.turn_index < labels.flagged_turn
                and turns.role = 'customer'
            ),
            {{ var('opening_length') }}
        ) as flagged_message
    from openings
    inner join admission
        on
            openings.conversation_id = admission.conversation_id
            and admission.drop_reason is null
    left join labels
        on openings.conversation_id = labels.conversation_id
    inner join turns
        on
            openings.conversation_id = turns.conversation_id
            and (
                openings.reply_index = turns.turn_index
                or list_contains(openings.message_indexes, turns.turn_index)
                or labels.flagged_turn >= turns.turn_index
            )
    group by openings.conversation_id

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
        said.message,
        said.reply,
        said.used as template, -- noqa: RF04
        said.agent,
        policy.router
        * pow(0.5, floor((newest.newest_day - conversations.day) / aging.router)) as weight,
        policy.outcome
        * pow(0.5, floor((newest.newest_day - conversations.day) / aging.outcome))
            as outcome_weight,
        not labels.has_negative_label as accepted,
        case
            when list_contains(labels.warned_turns, openings.reply_index) then false
            when list_contains(labels.praised_turns, openings.reply_index) then true
        end as reply_accepted,
        said.flagged_message,
        said.flagged_reply,
        conversations.subject_group,
        conversations.day,
        conversations.is_simulated as simulated
    from conversations
    inner join admission
        on
            conversations.conversation_id = admission.conversation_id
            and admission.drop_reason is null
    -- Words that are missing fail the contract: no chat is left out for want of them.
    left join said
        on conversations.conversation_id = said.conversation_id
    left join openings
        on conversations.conversation_id = openings.conversation_id
    cross join newest
    cross join aging
    left join labels
        on conversations.conversation_id = labels.conversation_id
    left join policy
        on policy.factor = coalesce(labels.flag, 'unflagged')

)

-- Not sorted: who reads the rows says in which order, and sorting so much text is dear.
select * from final
