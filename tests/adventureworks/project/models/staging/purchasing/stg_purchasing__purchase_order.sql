with

extract as (
    select * from {{ source('purchasing', 'purchase_order') }}
),

typed as (
    select
        cast(purchase_order_id as integer) as purchase_order_id,
        cast(vendor_id as integer) as vendor_id,
        cast(order_date as date) as order_date
    from extract
)

select * from typed
