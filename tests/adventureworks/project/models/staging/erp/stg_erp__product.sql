with

extract as (
    select * from {{ source('erp', 'product') }}
),

typed as (
    select
        cast(product_key as integer) as product_key,
        cast(product_code as varchar) as product_code,
        cast(product_name as varchar) as product_name,
        cast(product_subcategory as varchar) as product_subcategory,
        cast(product_category as varchar) as product_category,
        cast(standard_cost as decimal(19, 4)) as standard_cost,
        cast(status as varchar) as status
    from extract
)

select * from typed
