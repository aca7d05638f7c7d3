with

product as (
    select * from {{ ref('stg_erp__product') }}
),

final as (
    select
        product_key,
        product_code,
        product_name,
        product_category as category,
        product_subcategory as subcategory
    from product
)

select * from final
