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

by_conversation as (

    select
        conversation_id,
        count(*) as standing_labels,
        bool_or(label in ('risky', 'off_topic')) as has_negative_label,
        bool_or(label = 'helpful') as has_positive_label
    from standing
    group by conversation_id

)

select * from by_conversation
