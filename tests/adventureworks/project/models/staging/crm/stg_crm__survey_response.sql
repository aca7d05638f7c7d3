with

extract as (
    select * from {{ source('crm', 'survey_response') }}
),

typed as (
    select
        cast(survey_response_key as integer) as survey_response_key,
        cast(response_date as date) as response_date,
        cast(customer_key as integer) as customer_key,
        cast(product_category as varchar) as product_category,
        cast(product_subcategory as varchar) as product_subcategory
    from extract
)

select * from typed
