with

sales_order as (
    select * from {{ ref('stg_erp__order') }}
),

order_line as (
    select * from {{ ref('stg_erp__order_line') }}
),

customer as (
    select * from {{ ref('dim_customer') }}
),

line_totals as (
    select
        order_id,
        count(*) as line_count,
        sum(sales) as sales_amount,
        sum(profit) as profit_amount
    from order_line
    group by order_id
),

final as (
    select
        sales_order.order_id as order_id,
        sales_order.order_date as ordered_on,
        sales_order.customer_id as customer_id,
        sales_order.region as region,
        customer.segment as segment,
        cast(coalesce(line_totals.line_count, 0) as integer) as line_count,
        cast(coalesce(line_totals.sales_amount, 0) as decimal(18, 4)) as sales_amount,
        cast(coalesce(line_totals.profit_amount, 0) as decimal(18, 4)) as profit_amount,
        sales_order.order_date = customer.first_ordered_on as is_first_order
    from sales_order
    left join line_totals
        on sales_order.order_id = line_totals.order_id
    left join customer
        on sales_order.customer_id = customer.customer_id
)

select * from final
