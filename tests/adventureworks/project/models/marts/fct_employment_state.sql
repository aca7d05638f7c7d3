with

employee_department_history as (
    select * from {{ ref('stg_hr__employee_department_history') }}
),

began as (
    select
        business_entity_id,
        department_id,
        start_date as state_on,
        1 as person_count
    from employee_department_history
),

-- on the last day the person is counted no more
left_it as (
    select
        business_entity_id,
        department_id,
        end_date as state_on,
        0 as person_count
    from employee_department_history
    where end_date is not null
),

final as (
    select * from began
    union all
    select * from left_it
)

select * from final
