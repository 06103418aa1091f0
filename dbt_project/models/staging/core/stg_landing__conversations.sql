with source as (

    select * from {{ source('landing', 'conversations') }}

),

renamed as (

    select
        conversation_id,
        subject_group,
        source_system,
        region,
        region_set_by,
        day,
        started_at,
        ended_at,
        channel,
        channel_set_by,
        channel_confidence,
        language,
        language_set_by,
        language_confidence,
        product_area,
        product_area_set_by,
        product_area_confidence,
        severity,
        severity_set_by,
        severity_confidence,
        topic,
        topic_set_by,
        topic_confidence,
        basis,
        basis_set_by,
        basis_confidence,
        nullif(lower(trim(sector)), '') as sector,
        status,
        closed_at,
        csat,
        scrubber,
        simulated as is_simulated,
        opted_out_of_ai as is_opted_out_of_ai,
        opted_out_of_training as is_opted_out_of_training,
        language_verified as is_language_verified,
        escalated as is_escalated,
        is_redacted
    from source

)

select * from renamed
