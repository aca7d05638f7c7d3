with

extract as (
    select * from {{ source('finance', 'department_group') }}
),

typed as (
    select
        cast(department_group_key as integer) as department_group_key,
        cast(department_group_name as varchar) as department_group_name
    from extract
)

select * from typed
