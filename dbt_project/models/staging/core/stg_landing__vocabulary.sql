with companys_own as (

    select
        field,
        value
    from {{ source('landing', 'vocabulary') }}

),

everywhere as (

    select
        field,
        value
    from {{ ref('controlled_vocabulary') }}
    where field in ('channel', 'severity')

),

unioned as (

    select * from companys_own
    union
    select * from everywhere

),

keyed as (

    select
        field || '=' || value as vocabulary_id,
        field,
        value
    from unioned

)

select * from keyed
