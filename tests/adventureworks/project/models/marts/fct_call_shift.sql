with

call_center as (
    select * from {{ ref('stg_service_desk__call_center') }}
),

final as (
    select
        call_center_id,
        call_date as called_on,
        shift,
        wage_type,
        total_operators as operator_count,
        calls as call_count,
        issues_raised as issue_count,
        service_grade as abandoned_ratio
    from call_center
)

select * from final
