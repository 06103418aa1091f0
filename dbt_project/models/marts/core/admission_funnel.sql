with intake as (

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
        1 as stage_order,
        'intake' as stage,
        reason,
        sum(row_count) as row_count,
        reason = 'accepted' as is_kept
    from intake
    group by reason
    union all
    select
        2 as stage_order,
        'redaction' as stage,
        reason,
        sum(row_count) as row_count,
        false as is_kept
    from holds
    group by reason
    union all
    select
        2 as stage_order,
        'redaction' as stage,
        'redacted' as reason,
        count(*) as row_count,
        true as is_kept
    from conversations
    union all
    select
        3 as stage_order,
        'admission' as stage,
        coalesce(drop_reason, 'admitted') as reason,
        count(*) as row_count,
        drop_reason is null as is_kept
    from admission
    group by drop_reason

),

final as (

    select
        stage || '|' || reason as step_id,
        stage_order::integer as stage_order,
        stage,
        reason,
        row_count::bigint as rows,
        is_kept
    from counted

)

select * from final
order by stage_order, step_id
