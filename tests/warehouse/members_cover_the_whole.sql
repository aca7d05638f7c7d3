-- the rows behind the members of a slice are the rows behind the whole: no join loses or doubles any
with

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

by_slice as (
    select
        kpi,
        version,
        grain,
        span,
        period_start,
        slice,
        sum(row_count) as row_count
    from fct_kpi_value
    group by kpi, version, grain, span, period_start, slice
),

compared as (
    select
        *,
        max(row_count) over (partition by kpi, version, grain, span, period_start) as most,
        min(row_count) over (partition by kpi, version, grain, span, period_start) as least
    from by_slice
)

select *
from compared
where most <> least
