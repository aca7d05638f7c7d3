with

extract as (
    select * from {{ source('purchasing', 'purchase_order_line') }}
),

typed as (
    select
        cast(purchase_order_line_id as integer) as purchase_order_line_id,
        cast(purchase_order_id as integer) as purchase_order_id,
        cast(product_id as integer) as product_id,
        cast(order_qty as integer) as order_qty,
        cast(unit_price as decimal(19, 4)) as unit_price,
        cast(line_total as decimal(19, 4)) as line_total,
        cast(received_qty as decimal(12, 2)) as received_qty,
        cast(rejected_qty as decimal(12, 2)) as rejected_qty
    from extract
)

select * from typed
