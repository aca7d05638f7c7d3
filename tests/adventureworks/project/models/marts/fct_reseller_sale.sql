with

reseller_sale as (
    select * from {{ ref('stg_erp__reseller_sales') }}
),

first_orders as (
    select
        reseller_key,
        min(order_date) as first_ordered_on
    from reseller_sale
    group by reseller_key
),

final as (
    select
        reseller_sale.sales_order_number as sales_order_number,
        reseller_sale.sales_order_line_number as sales_order_line_number,
        reseller_sale.order_date as ordered_on,
        reseller_sale.reseller_key as reseller_key,
        reseller_sale.employee_key as employee_key,
        reseller_sale.sales_territory_key as sales_territory_key,
        reseller_sale.order_quantity as order_quantity,
        reseller_sale.unit_price as unit_price,
        reseller_sale.discount_amount as discount_amount,
        reseller_sale.total_product_cost as total_product_cost,
        reseller_sale.sales_amount as sales_amount,
        reseller_sale.order_date = first_orders.first_ordered_on as is_first_order_day
    from reseller_sale
    inner join first_orders
        on reseller_sale.reseller_key = first_orders.reseller_key
)

select * from final
