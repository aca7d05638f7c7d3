with

kpi_input as (
    select * from {{ source('recorded', 'kpi_input') }}
)

select * from kpi_input
