with

product_inventory as (
    select * from {{ ref('stg_erp__product_inventory') }}
),

final as (
    select
        product_key,
        movement_date as balanced_on,
        unit_cost,
        units_balance,
        1 as product_count
    from product_inventory
)

select * from final
