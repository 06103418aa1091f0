with source as (

    select * from {{ source('landing', 'turns') }}

),

renamed as (

    select
        conversation_id || '#' || turn_index as turn_id,
        conversation_id,
        turn_index,
        role,
        text,
        sent_at,
        template,
        author
    from source

)

select * from renamed
