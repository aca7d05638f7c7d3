with

extract as (
    select * from {{ source('crm', 'sales_territory') }}
),

typed as (
    select
        cast(sales_territory_key as integer) as sales_territory_key,
        cast(region as varchar) as region,
        cast(country as varchar) as country,
        cast(territory_group as varchar) as territory_group
    from extract
)

select * from typed
