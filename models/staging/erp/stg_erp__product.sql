with

extract as (
    select * from {{ source('erp', 'product') }}
),

typed as (
    select
        product_id,
        product_name,
        category,
        sub_category
    from extract
)

select * from typed
