-- Positions only: the marts that show what was said take the words of the few chats that they keep.
with turns as (

    select
        conversation_id,
        turn_index,
        role,
        template is not null as has_template,
        length(text) as characters
    from {{ ref('stg_landing__turns') }}
    where
        role in ('customer', 'agent')
        and regexp_matches(text, '[^ \t\n\r]')

),

customer_turns as (

    select
        conversation_id,
        turn_index,
        sum(characters) over (
            partition by conversation_id
            order by turn_index
        ) as characters_said
    from turns
    where role = 'customer'

),

-- Where the customer has said what it is about: a bare greeting answered by a greeting is not it.
customer_starts as (

    select
        conversation_id,
        min(turn_index, {{ var('opening_messages') }}) as first_indexes,
        coalesce(
            min(case when characters_said >= {{ var('opening_characters') }} then turn_index end),
            min(turn_index)
        ) as stated_index
    from customer_turns
    group by conversation_id

),

-- The first substantial reply: the first that used a template, else the longest; earlier wins.
first_replies as (

    select
        turns.conversation_id,
        arg_min(
            {
                'reply_index': turns.turn_index,
                'has_template': turns.has_template
            },
            {
                'without_template': not turns.has_template,
                'shorter': case when turns.has_template then 0 else -turns.characters end,
                'later': turns.turn_index
            }
        ) as first_reply
    from turns
    inner join customer_starts
        on turns.conversation_id = customer_starts.conversation_id
    where
        turns.role = 'agent'
        and turns.turn_index > customer_starts.stated_index
    group by turns.conversation_id

),

replies as (

    select
        conversation_id,
        struct_extract(first_reply, 'reply_index') as reply_index,
        struct_extract(first_reply, 'has_template') as has_template
    from first_replies

),

final as (

    select
        customer_starts.conversation_id,
        replies.reply_index,
        replies.has_template,
        [
            i for i in customer_starts.first_indexes -- noqa: RF02
            if replies.reply_index is null or i < replies.reply_index -- noqa: RF02
        ] as message_indexes
    from customer_starts
    left join replies
        on customer_starts.conversation_id = replies.conversation_id

)

select * from final
