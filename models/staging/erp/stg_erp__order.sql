with

extract as (
    select * from {{ source('erp', 'orders') }}
),

typed as (
    select
        order_id,
        order_date,
        customer_id,
        city,
        state,
        postal_code,
        region
    from extract
)

select * from typed
