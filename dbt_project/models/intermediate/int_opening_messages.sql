with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

turns as (

    select * from {{ ref('stg_landing__turns') }}
    where trim(text, ' ' || chr(9) || chr(10) || chr(13)) <> ''

),

customer_turns as (

    select
        conversation_id,
        turn_index,
        sum(length(text)) over (
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
replies as (

    select
        turns.conversation_id,
        turns.turn_index as reply_index,
        turns.text as reply,
        turns.template,
        turns.author as agent
    from turns
    inner join customer_starts
        on turns.conversation_id = customer_starts.conversation_id
    where
        turns.role = 'agent'
        and turns.turn_index > customer_starts.stated_index
    qualify
        row_number() over (
            partition by turns.conversation_id
            order by
                turns.template is null,
                case when turns.template is null then length(turns.text) end desc,
                turns.turn_index
        ) = 1

),

openings as (

    select
        turns.conversation_id,
        turns.turn_index,
        turns.text
    from turns
    left join replies
        on turns.conversation_id = replies.conversation_id
    where
        turns.role = 'customer'
        and (replies.reply_index is null or turns.turn_index < replies.reply_index)
    qualify
        row_number() over (
            partition by turns.conversation_id
            order by turns.turn_index
        ) <= 3

),

messages as (

    select
        conversation_id,
        substring(string_agg(text, chr(10) order by turn_index), 1, 600) as message
    from openings
    group by conversation_id

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
