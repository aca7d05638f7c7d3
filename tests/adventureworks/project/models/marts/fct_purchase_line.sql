with

purchase_order as (
    select * from {{ ref('stg_purchasing__purchase_order') }}
),

purchase_order_line as (
    select * from {{ ref('stg_purchasing__purchase_order_line') }}
),

final as (
    select
        purchase_order_line.purchase_order_line_id as purchase_order_line_id,
        purchase_order.order_date as ordered_on,
        purchase_order.vendor_id as vendor_id,
        purchase_order_line.order_qty as order_qty,
        purchase_order_line.line_total as line_total,
        purchase_order_line.received_qty as received_qty,
        purchase_order_line.rejected_qty as rejected_qty
    from purchase_order_line
    inner join purchase_order
        on purchase_order_line.purchase_order_id = purchase_order.purchase_order_id
)

select * from final
