with

extract as (
    select * from {{ source('erp', 'order_line') }}
),

typed as (
    select
        row_id,
        order_id,
        product_id,
        quantity,
        discount,
        sales,
        profit
    from extract
)

select * from typed
