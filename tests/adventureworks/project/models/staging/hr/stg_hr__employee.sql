with

extract as (
    select * from {{ source('hr', 'employee') }}
),

typed as (
    select
        cast(employee_key as integer) as employee_key,
        cast(business_entity_id as integer) as business_entity_id,
        cast(first_name as varchar) as first_name,
        cast(last_name as varchar) as last_name,
        cast(title as varchar) as title,
        cast(department_name as varchar) as department_name,
        cast(sales_territory_key as integer) as sales_territory_key
    from extract
)

select * from typed
