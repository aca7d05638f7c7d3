with

customer as (
    select * from {{ ref('stg_crm__customer') }}
),

sales_order as (
    select * from {{ ref('stg_erp__order') }}
),

first_orders as (
    select
        customer_id,
        min(order_date) as first_ordered_on
    from sales_order
    group by customer_id
),

final as (
    select
        customer.customer_id as customer_id,
        customer.customer_name as customer_name,
        customer.segment as segment,
        first_orders.first_ordered_on as first_ordered_on
    from customer
    left join first_orders
        on customer.customer_id = first_orders.customer_id
)

select * from final
