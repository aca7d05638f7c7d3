with

closed_value as (
    select * from {{ source('recorded', 'closed_value') }}
),

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

-- the number of the version in force, which is the one that readers see
value_now as (
    select fct_kpi_value.*
    from fct_kpi_value
    inner join dim_kpi_version
        on fct_kpi_value.kpi = dim_kpi_version.kpi
        and fct_kpi_value.version = dim_kpi_version.version
        and fct_kpi_value.period_start >= dim_kpi_version.valid_from
        and fct_kpi_value.period_start <= coalesce(dim_kpi_version.valid_to, fct_kpi_value.period_start)
),

final as (
    select
        closed_value.kpi,
        closed_value.version,
        closed_value.grain,
        closed_value.span,
        closed_value.period_start,
        closed_value.period_end,
        closed_value.slice,
        closed_value.member,
        closed_value.as_closed,
        value_now.value as current,
        value_now.version as current_version,
        case when closed_value.restated_by_seq is not null then closed_value.value end as restated,
        closed_value.value as official,
        closed_value.close_period,
        closed_value.close_ordinal,
        closed_value.close_state,
        closed_value.closed_at,
        closed_value.restated_by_seq
    from closed_value
    left join value_now
        on closed_value.kpi = value_now.kpi
        and closed_value.grain = value_now.grain
        and closed_value.span = value_now.span
        and closed_value.period_start = value_now.period_start
        and closed_value.slice = value_now.slice
        and closed_value.member = value_now.member
)

select * from final
order by kpi, grain, span, period_start, slice, member
