-- Rows in = kept + each drop reason, at every stage: what a stage counts is exactly what the stage
-- before it kept. Returns the stages that don't.
with stages as (

    select
        stage_order,
        sum(rows) as rows_counted,
        sum(rows) filter (where is_kept) as rows_kept
    from {{ ref('admission_funnel') }}
    group by stage_order

),

compared as (

    select
        stages.stage_order,
        coalesce(stages.rows_counted, 0) as rows_counted,
        coalesce(before.rows_kept, 0) as rows_offered
    from stages
    left join stages as before
        on stages.stage_order = before.stage_order + 1
    where stages.stage_order > 1

)

select * from compared
where rows_counted <> rows_offered
