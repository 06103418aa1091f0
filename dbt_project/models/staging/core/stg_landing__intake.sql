with source as (

    select * from {{ source('landing', 'intake') }}

),

-- Records without a usable date have no day; they still count.
summed as (

    select
        coalesce(strftime(day, '%Y-%m-%d'), 'undated') || '#' || reason as intake_id,
        day,
        reason,
        sum(rows)::bigint as row_count
    from source
    group by day, reason

)

select * from summed
