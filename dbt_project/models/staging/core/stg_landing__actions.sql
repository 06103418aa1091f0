with source as (

    select * from {{ source('landing', 'actions') }}

),

renamed as (

    select
        conversation_id || '#' || action_index as action_id,
        conversation_id,
        action_index,
        name as action_name,
        after_turn as after_turn_index,
        succeeded as has_succeeded
    from source

)

select * from renamed
