with

sales_order as (
    select * from {{ ref('fct_order') }}
),

shipment as (
    select * from {{ ref('fct_shipment') }}
),

opened as (
    select
        order_id,
        1 as state_number,
        ordered_on as state_on,
        region,
        segment,
        1 as open_count
    from sales_order
),

shipped as (
    select
        order_id,
        2 as state_number,
        shipped_on as state_on,
        region,
        segment,
        0 as open_count
    from shipment
),

final as (
    select * from opened
    union all
    select * from shipped
)

select * from final
