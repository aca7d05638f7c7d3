-- COMPILED by `kpi compile` from metrics/kpis/. Do not edit: change the YAML.
-- The values of every KPI. One row per KPI version, grain, span, period, slice and member.
with

all_values as (
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        period_end,
        slice,
        member,
        numerator,
        denominator,
        value,
        row_count,
        is_complete
    from {{ ref('kpi_order_line') }}
    union all
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        period_end,
        slice,
        member,
        numerator,
        denominator,
        value,
        row_count,
        is_complete
    from {{ ref('kpi_order_state') }}
    union all
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        period_end,
        slice,
        member,
        numerator,
        denominator,
        value,
        row_count,
        is_complete
    from {{ ref('kpi_sales_order') }}
    union all
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        period_end,
        slice,
        member,
        numerator,
        denominator,
        value,
        row_count,
        is_complete
    from {{ ref('kpi_shipment') }}
    union all
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        period_end,
        slice,
        member,
        numerator,
        denominator,
        value,
        row_count,
        is_complete
    from {{ ref('kpi_ticket') }}
)

select * from all_values
order by kpi, version, grain, span, period_start, slice, member
