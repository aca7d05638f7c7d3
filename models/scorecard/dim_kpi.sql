with

kpi as (
    select * from {{ source('recorded', 'kpi') }}
)

select * from kpi
