with source as (

    select * from {{ source('landing', 'scores') }}

),

-- A release may be scored again on the same suite: the last run counts.
latest as (

    select *
    from source
    qualify
        row_number() over (
            partition by release, suite, slice, measure
            order by scored_at desc
        ) = 1

),

renamed as (

    select
        concat_ws('|', release, suite, slice, measure) as score_id,
        release,
        model,
        suite,
        slice,
        measure,
        scored_at,
        value as score,
        lower as lower_bound,
        upper as upper_bound,
        n as cases,
        verdict
    from latest

)

select * from renamed
