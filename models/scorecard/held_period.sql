-- What holders are held to in each period up to the as-of date, and what nobody promised anything about.
{{ config(materialized='ephemeral') }}

with

dim_kpi as (
    select * from {{ ref('dim_kpi') }}
),

dim_unit as (
    select * from {{ ref('dim_unit') }}
),

dim_agreement_version as (
    select * from {{ ref('dim_agreement_version') }}
),

dim_period as (
    select * from {{ ref('dim_period') }}
),

fct_kpi_target as (
    select * from {{ ref('fct_kpi_target') }}
),

numbered_targets as (
    select
        fct_kpi_target.*,
        row_number() over (
            partition by holder, kpi, slice, member, grain, period_start
            order by case when approval_state in ('approved', 'not_required') then 0 else 1 end, recorded_at, agreement
        ) as place
    from fct_kpi_target
    where superseded_at is null
        and not is_pending
),

-- an agreement that waits for its approval is not shown beside one on the same that counts, or that came first
current_targets as (
    select * from numbered_targets
    where place = 1
        or approval_state in ('approved', 'not_required')
),

-- what holders are held to: dense, a period without data is a row too
promised as (
    select
        current_targets.holder,
        current_targets.agreement,
        current_targets.agreement_version,
        current_targets.kpi,
        current_targets.slice,
        current_targets.member,
        current_targets.grain,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        current_targets.target_value,
        current_targets.comparison,
        current_targets.amber_value,
        current_targets.stretch_value,
        current_targets.weight,
        current_targets.baseline_value,
        current_targets.recorded_at,
        current_targets.upper_value,
        current_targets.within_value,
        current_targets.commit_value,
        current_targets.amber_outside_by,
        current_targets.is_pilot,
        current_targets.is_binding,
        current_targets.approval_state,
        -- what waits for an approval that it needs is shown, and is no target
        current_targets.approval_state in ('approved', 'not_required') as is_agreed,
        dim_agreement_version.seq as entry_seq,
        dim_agreement_version.entry_hash,
        dim_agreement_version.reason_kind
    from current_targets
    inner join dim_period
        on current_targets.grain = dim_period.grain
        and current_targets.period_start = dim_period.period_start
    left join dim_agreement_version
        on current_targets.agreement = dim_agreement_version.agreement
        -- reason and entry are those of the event that named the target, also where a later version carries it on
        and current_targets.named_version = dim_agreement_version.agreement_version
),

-- the company also sees every KPI that nobody promised anything about
unpromised as (
    select
        dim_unit.unit as holder,
        cast(null as varchar) as agreement,
        cast(null as integer) as agreement_version,
        dim_kpi.kpi,
        'all' as slice,
        'all' as member,
        dim_period.grain,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        cast(null as decimal(38, 10)) as target_value,
        cast(null as varchar) as comparison,
        cast(null as decimal(38, 10)) as amber_value,
        cast(null as decimal(38, 10)) as stretch_value,
        cast(null as decimal(9, 6)) as weight,
        cast(null as decimal(38, 10)) as baseline_value,
        cast(null as timestamp) as recorded_at,
        cast(null as decimal(38, 10)) as upper_value,
        cast(null as decimal(38, 10)) as within_value,
        cast(null as decimal(38, 10)) as commit_value,
        cast(null as decimal(38, 10)) as amber_outside_by,
        cast(null as boolean) as is_pilot,
        cast(null as boolean) as is_binding,
        cast(null as varchar) as approval_state,
        false as is_agreed,
        cast(null as integer) as entry_seq,
        cast(null as varchar) as entry_hash,
        cast(null as varchar) as reason_kind
    from dim_unit
    cross join dim_kpi
    inner join dim_period
        on dim_kpi.cadence = dim_period.grain
    left join promised
        on dim_unit.unit = promised.holder
        and dim_kpi.kpi = promised.kpi
        and promised.slice = 'all'
        and dim_period.grain = promised.grain
        and dim_period.period_start = promised.period_start
    where dim_unit.kind = 'company'
        and promised.holder is null
),

held as (
    select * from promised
    union all
    select * from unpromised
)

select * from held
