with

target_period as (
    select * from {{ source('recorded', 'target_period') }}
),

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

-- like for like: a year earlier as the definition in force in the target's period computes it
last_year as (
    select
        target_period.agreement,
        target_period.agreement_version,
        target_period.kpi,
        target_period.slice,
        target_period.member,
        target_period.grain,
        target_period.period_start,
        fct_kpi_value.value as reference_value
    from target_period
    inner join dim_kpi_version
        on target_period.kpi = dim_kpi_version.kpi
        and target_period.period_start >= dim_kpi_version.valid_from
        and target_period.period_start <= coalesce(dim_kpi_version.valid_to, target_period.period_start)
    inner join fct_kpi_value
        on dim_kpi_version.kpi = fct_kpi_value.kpi
        and dim_kpi_version.version = fct_kpi_value.version
        and target_period.slice = fct_kpi_value.slice
        and target_period.member = fct_kpi_value.member
        and target_period.grain = fct_kpi_value.grain
        and cast(target_period.period_start - interval '12 months' as date) = fct_kpi_value.period_start
    where target_period.reference = 'same_period_last_year'
        and fct_kpi_value.span = 'period'
        and fct_kpi_value.is_complete
),

-- nothing measured a year earlier makes no target; it never makes a target of 0
resolved as (
    select
        target_period.*,
        case
            when target_period.reference = 'same_period_last_year'
                then cast(last_year.reference_value * target_period.reference_times as decimal(38, 10))
            else target_period.target_value
        end as resolved_value
    from target_period
    left join last_year
        on target_period.agreement = last_year.agreement
        and target_period.agreement_version = last_year.agreement_version
        and target_period.kpi = last_year.kpi
        and target_period.slice = last_year.slice
        and target_period.member = last_year.member
        and target_period.grain = last_year.grain
        and target_period.period_start = last_year.period_start
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
        resolved_value as target_value,
        comparison,
        cast(coalesce(amber_value, resolved_value * amber_share) as decimal(38, 10)) as amber_value,
        stretch_value,
        weight,
        influence,
        baseline_value,
        valid_from,
        valid_to,
        recorded_at,
        superseded_at,
        upper_value,
        within_value,
        commit_value,
        amber_share,
        amber_outside_by,
        reference,
        reference_times,
        is_pilot,
        is_binding,
        approval_state,
        is_pending,
        named_version
    from resolved
)

select * from final
