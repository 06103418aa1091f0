with source as (

    select * from {{ source('landing', 'reopenings') }}

),

-- An export may list the same reopening twice.
deduplicated as (

    select distinct
        conversation_id || '#' || epoch_us(reopened_at) as reopening_id,
        conversation_id,
        reopened_at
    from source

)

select * from deduplicated
