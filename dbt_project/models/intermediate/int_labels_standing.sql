with labels as (

    select * from {{ ref('stg_landing__labels') }}

),

-- People may revise a flag: only its last word stands.
standing as (

    select *
    from labels
    qualify
        row_number() over (
            partition by flag_id
            order by revision desc
        ) = 1

),

-- Caution wins: the gravest thing that anybody says of the chat is what it counts as.
by_conversation as (

    select
        conversation_id,
        case
            when bool_or(label = 'risky') then 'risky'
            when bool_or(label = 'off_topic') then 'off_topic'
            else 'helpful'
        end as flag,
        -- The message that the gravest warning is of; of several the first.
        arg_min(
            turn_index,
            {
                'is_mild': label <> 'risky',
                'turn_index': turn_index
            }
        ) filter (where label <> 'helpful') as flagged_turn,
        coalesce(list(turn_index) filter (where label <> 'helpful'), []) as warned_turns,
        coalesce(list(turn_index) filter (where label = 'helpful'), []) as praised_turns
    from standing
    group by conversation_id

),

final as (

    select
        *,
        flag <> 'helpful' as has_negative_label
    from by_conversation

)

select * from final
