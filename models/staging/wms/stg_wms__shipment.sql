with

extract as (
    select * from {{ source('wms', 'shipment') }}
),

typed as (
    select
        order_id,
        ship_date,
        ship_mode
    from extract
)

select * from typed
