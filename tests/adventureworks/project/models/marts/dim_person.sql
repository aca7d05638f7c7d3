with

employee as (
    select * from {{ ref('stg_hr__employee') }}
),

final as (
    select
        employee_key,
        business_entity_id,
        first_name || ' ' || last_name as person_name,
        department_name
    from employee
)

select * from final
