with source as (

    select * from {{ source('landing', 'topics') }}

),

renamed as (

    select
        topic,
        tier,
        product_area,
        regulated as is_regulated
    from source

)

select * from renamed
