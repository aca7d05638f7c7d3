with

territory as (
    select * from {{ ref('stg_crm__sales_territory') }}
)

select * from territory
