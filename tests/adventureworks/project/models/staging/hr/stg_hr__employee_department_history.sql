with

extract as (
    select * from {{ source('hr', 'employee_department_history') }}
),

typed as (
    select
        cast(business_entity_id as integer) as business_entity_id,
        cast(department_id as integer) as department_id,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date
    from extract
)

select * from typed
