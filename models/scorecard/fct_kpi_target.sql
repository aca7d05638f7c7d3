with

target_period as (
    select * from {{ source('recorded', 'target_period') }}
),

final as (
    select
        agreement,
        agreement_version,
        holder,
        kpi,
        slice,
        member,
        grain,
        period_start,
        target_value,
        comparison,
        amber_value,
        stretch_value,
        weight,
        influence,
        baseline_value,
        valid_from,
        valid_to,
        recorded_at,
        superseded_at
    from target_period
)

select * from final
