with

extract as (
    select * from {{ source('erp', 'product_inventory') }}
),

typed as (
    select
        cast(product_key as integer) as product_key,
        cast(movement_date as date) as movement_date,
        cast(unit_cost as decimal(19, 4)) as unit_cost,
        cast(units_in as integer) as units_in,
        cast(units_out as integer) as units_out,
        cast(units_balance as integer) as units_balance
    from extract
)

select * from typed
