with

extract as (
    select * from {{ source('service_desk', 'call_center') }}
),

typed as (
    select
        cast(call_center_id as integer) as call_center_id,
        cast(call_date as date) as call_date,
        cast(wage_type as varchar) as wage_type,
        cast(shift as varchar) as shift,
        cast(total_operators as integer) as total_operators,
        cast(calls as integer) as calls,
        cast(issues_raised as integer) as issues_raised,
        cast(service_grade as decimal(9, 4)) as service_grade
    from extract
)

select * from typed
