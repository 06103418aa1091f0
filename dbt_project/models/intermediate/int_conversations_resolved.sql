with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

turns as (

    select * from {{ ref('stg_landing__turns') }}

),

actions as (

    select * from {{ ref('stg_landing__actions') }}

),

reopenings as (

    select * from {{ ref('stg_landing__reopenings') }}

),

agent_turns as (

    select
        conversation_id,
        count(*) as agent_turns,
        count(template) as templated_agent_turns
    from turns
    where role = 'agent'
    group by conversation_id

),

-- A step whose result nobody recorded counts, a step that failed doesn't.
steps as (

    select
        conversation_id,
        count(*) as steps_taken
    from actions
    where has_succeeded is not false
    group by conversation_id

),

-- Reopened while it ran, or within the window after closing. Later is a new matter. Where nobody
-- recorded the closing, any reopening counts.
reopened as (

    select distinct conversations.conversation_id
    from conversations
    inner join reopenings
        on conversations.conversation_id = reopenings.conversation_id
    where
        conversations.closed_at is null
        or reopenings.reopened_at
        <= conversations.closed_at + to_days({{ var('reopening_days') }})

),

evidence as (

    select
        conversations.conversation_id,
        coalesce(conversations.status in ('resolved', 'closed'), false) as is_closed,
        coalesce(steps.steps_taken, 0) as steps_taken,
        coalesce(agent_turns.agent_turns, 0) as agent_turns,
        coalesce(agent_turns.templated_agent_turns, 0) as templated_agent_turns,
        coalesce(conversations.is_escalated, true) as is_escalated,
        reopened.conversation_id is not null as is_reopened
    from conversations
    left join agent_turns
        on conversations.conversation_id = agent_turns.conversation_id
    left join steps
        on conversations.conversation_id = steps.conversation_id
    left join reopened
        on conversations.conversation_id = reopened.conversation_id

),

judged as (

    select
        *,
        steps_taken > 0 or templated_agent_turns > 0 or agent_turns >= 2 as has_agent_steps
    from evidence

),

final as (

    select
        *,
        is_closed and has_agent_steps and not is_escalated and not is_reopened as is_resolved
    from judged

)

select * from final
