with

vendor as (
    select * from {{ ref('stg_purchasing__vendor') }}
),

final as (
    select
        vendor_id,
        vendor_name
    from vendor
)

select * from final
