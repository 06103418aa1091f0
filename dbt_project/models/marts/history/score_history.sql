with scores as (

    select * from {{ ref('stg_landing__scores') }}

),

final as (

    select
        score_id,
        release,
        model,
        suite,
        slice,
        measure,
        scored_at,
        score,
        lower_bound,
        upper_bound,
        cases,
        verdict,
        lag(release) over earlier as previous_release,
        score - lag(score) over earlier as change
    from scores
    window
        earlier as (
            partition by suite, slice, measure
            order by scored_at, release
        )

)

select * from final
order by scored_at, score_id
