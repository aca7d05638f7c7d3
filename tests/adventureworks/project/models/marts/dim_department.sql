with

department as (
    select * from {{ ref('stg_hr__department') }}
)

select * from department
