with

extract as (
    select * from {{ ref('wms_shipment') }}
),

typed as (
    select
        order_id,
        ship_date,
        ship_mode
    from extract
)

select * from typed
