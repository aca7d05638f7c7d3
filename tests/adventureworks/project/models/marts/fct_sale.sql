with

reseller_sale as (
    select * from {{ ref('fct_reseller_sale') }}
),

internet_sale as (
    select * from {{ ref('fct_internet_sale') }}
),

by_resellers as (
    select
        'reseller' as channel,
        sales_order_number,
        sales_order_line_number,
        ordered_on,
        sales_territory_key,
        sales_amount
    from reseller_sale
),

by_customers as (
    select
        'internet' as channel,
        sales_order_number,
        sales_order_line_number,
        ordered_on,
        sales_territory_key,
        sales_amount
    from internet_sale
),

final as (
    select * from by_resellers
    union all
    select * from by_customers
)

select * from final
