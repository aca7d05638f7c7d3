with

internet_sale as (
    select * from {{ ref('stg_erp__internet_sales') }}
),

first_orders as (
    select
        customer_key,
        min(order_date) as first_ordered_on
    from internet_sale
    group by customer_key
),

final as (
    select
        internet_sale.sales_order_number as sales_order_number,
        internet_sale.sales_order_line_number as sales_order_line_number,
        internet_sale.order_date as ordered_on,
        internet_sale.customer_key as customer_key,
        internet_sale.sales_territory_key as sales_territory_key,
        internet_sale.sales_amount as sales_amount,
        internet_sale.order_date = first_orders.first_ordered_on as is_first_order_day,
        first_orders.first_ordered_on < cast(date_trunc('month', internet_sale.order_date) as date) as is_after_first_month
    from internet_sale
    inner join first_orders
        on internet_sale.customer_key = first_orders.customer_key
)

select * from final
