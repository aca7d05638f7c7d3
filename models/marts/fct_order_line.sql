with

order_line as (
    select * from {{ ref('stg_erp__order_line') }}
),

sales_order as (
    select * from {{ ref('stg_erp__order') }}
),

product as (
    select * from {{ ref('dim_product') }}
),

-- what the customer would have paid without the discount; a line given away has no list value
priced as (
    select
        row_id,
        order_id,
        product_id,
        quantity,
        discount,
        sales,
        profit,
        cast(sales / nullif(1 - discount, 0) as decimal(18, 6)) as list_value
    from order_line
),

final as (
    select
        priced.row_id as order_line_id,
        priced.order_id as order_id,
        sales_order.order_date as ordered_on,
        sales_order.customer_id as customer_id,
        priced.product_id as product_id,
        sales_order.region as region,
        product.category as category,
        product.sub_category as sub_category,
        priced.quantity as quantity,
        priced.discount as discount_ratio,
        priced.sales as sales_amount,
        priced.list_value as list_amount,
        cast(priced.list_value - priced.sales as decimal(18, 6)) as discount_amount,
        priced.profit as profit_amount
    from priced
    inner join sales_order
        on priced.order_id = sales_order.order_id
    left join product
        on priced.product_id = product.product_id
)

select * from final
