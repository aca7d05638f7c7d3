with

kpi_version as (
    select * from {{ source('recorded', 'kpi_version') }}
)

select * from kpi_version
