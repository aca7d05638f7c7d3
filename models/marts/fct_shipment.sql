with

shipment as (
    select * from {{ ref('stg_wms__shipment') }}
),

sales_order as (
    select * from {{ ref('fct_order') }}
),

-- the promise to the customer, in calendar days from order to shipment
promised as (
    select
        order_id,
        ship_date,
        ship_mode,
        case ship_mode
            when 'Same Day' then 0
            when 'First Class' then 2
            when 'Second Class' then 4
            when 'Standard Class' then 6
        end as promised_days
    from shipment
),

final as (
    select
        promised.order_id as order_id,
        promised.ship_date as shipped_on,
        sales_order.ordered_on as ordered_on,
        promised.ship_mode as ship_mode,
        sales_order.region as region,
        sales_order.segment as segment,
        cast(promised.ship_date - sales_order.ordered_on as integer) as days_to_ship,
        promised.promised_days as promised_days,
        promised.ship_date - sales_order.ordered_on <= promised.promised_days as is_within_promise
    from promised
    left join sales_order
        on promised.order_id = sales_order.order_id
)

select * from final
