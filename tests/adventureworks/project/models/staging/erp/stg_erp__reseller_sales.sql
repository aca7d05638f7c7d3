with

extract as (
    select * from {{ source('erp', 'reseller_sales') }}
),

typed as (
    select
        cast(sales_order_number as varchar) as sales_order_number,
        cast(sales_order_line_number as integer) as sales_order_line_number,
        cast(order_date as date) as order_date,
        cast(reseller_key as integer) as reseller_key,
        cast(employee_key as integer) as employee_key,
        cast(product_key as integer) as product_key,
        cast(sales_territory_key as integer) as sales_territory_key,
        cast(order_quantity as integer) as order_quantity,
        cast(unit_price as decimal(19, 4)) as unit_price,
        cast(discount_amount as decimal(19, 4)) as discount_amount,
        cast(total_product_cost as decimal(19, 4)) as total_product_cost,
        cast(sales_amount as decimal(19, 4)) as sales_amount
    from extract
)

select * from typed
