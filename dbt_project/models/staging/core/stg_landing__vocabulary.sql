with source as (

    select * from {{ source('landing', 'vocabulary') }}

),

deduplicated as (

    select distinct
        field || '=' || value as vocabulary_id,
        field,
        value
    from source

)

select * from deduplicated
