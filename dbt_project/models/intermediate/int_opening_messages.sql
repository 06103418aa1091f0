with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

turns as (

    select
        conversation_id,
        turn_index,
        role,
        text,
        template,
        author,
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
                'reply': turns.text,
                'template': turns.template,
                'agent': turns.author
            },
            {
                'without_template': turns.template is null,
                'shorter': case when turns.template is null then -turns.characters else 0 end,
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
        struct_extract(first_reply, 'reply') as reply,
        struct_extract(first_reply, 'template') as template, -- noqa: RF04
        struct_extract(first_reply, 'agent') as agent
    from first_replies

),

messages as (

    select
        turns.conversation_id,
        substring(
            array_to_string(arg_min(turns.text, turns.turn_index, 3), chr(10)), 1, 600
        ) as message
    from turns
    left join replies
        on turns.conversation_id = replies.conversation_id
    where
        turns.role = 'customer'
        and (replies.reply_index is null or turns.turn_index < replies.reply_index)
    group by turns.conversation_id

),

final as (

    select
        conversations.conversation_id,
        messages.message,
        replies.reply,
        replies.reply_index,
        replies.template,
        replies.agent
    from conversations
    left join messages
        on conversations.conversation_id = messages.conversation_id
    left join replies
        on conversations.conversation_id = replies.conversation_id

)

select * from final
