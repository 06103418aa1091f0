with source as (

    select * from {{ source('landing', 'redaction_holds') }}

),

summed as (

    select
        coalesce(strftime(day, '%Y-%m-%d'), 'undated') || '#' || reason as hold_id,
        day,
        reason,
        sum(rows)::bigint as row_count
    from source
    group by day, reason

)

select * from summed
