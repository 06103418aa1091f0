with rules as (

    select * from {{ ref('admission_rules') }}
    where stage <> 'dataset'

),

intake as (

    select * from {{ ref('stg_landing__intake') }}

),

holds as (

    select * from {{ ref('stg_landing__redaction_holds') }}

),

conversations as (

    select * from {{ ref('stg_landing__conversations') }}

),

admission as (

    select * from {{ ref('int_admission') }}

),

counted as (

    select
        'intake' as stage,
        reason as rule,
        sum(row_count) as row_count
    from intake
    group by reason
    union all
    select
        'redaction' as stage,
        reason as rule,
        sum(row_count) as row_count
    from holds
    group by reason
    union all
    select
        'redaction' as stage,
        'redacted' as rule,
        count(*) as row_count
    from conversations
    union all
    select
        'admission' as stage,
        coalesce(drop_reason, 'admitted') as rule,
        count(*) as row_count
    from admission
    group by drop_reason

),

-- Every rule has a count, and what no rule names is not lost: its reason is missing, and a test
-- says so.
joined as (

    select
        rules.position,
        rules.reason,
        rules.outcome,
        counted.row_count,
        coalesce(rules.stage, counted.stage) as stage,
        coalesce(rules.rule, counted.rule) as rule
    from rules
    full outer join counted
        on rules.stage = counted.stage and rules.rule = counted.rule

),

final as (

    select
        stage || '|' || rule as step_id,
        case stage
            when 'intake' then 1
            when 'redaction' then 2
            when 'admission' then 3
        end as stage_order,
        stage,
        position::integer as position,
        rule,
        reason,
        coalesce(row_count, 0)::bigint as rows,
        coalesce(outcome = 'kept', false) as is_kept
    from joined

)

select * from final
order by stage_order, position, step_id
