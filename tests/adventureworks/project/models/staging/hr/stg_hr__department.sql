with

extract as (
    select * from {{ source('hr', 'department') }}
),

typed as (
    select
        cast(department_id as integer) as department_id,
        cast(department_name as varchar) as department_name,
        cast(group_name as varchar) as group_name
    from extract
)

select * from typed
