with source as (

    select * from {{ source('landing', 'labels') }}

),

renamed as (

    select
        flag_id || '#' || revision as label_id,
        flag_id,
        revision,
        conversation_id,
        turn_index,
        label,
        reviewer,
        flagged_at
    from source

)

select * from renamed
