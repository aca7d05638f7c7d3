-- COMPILED by `kpi compile` from metrics/facts/order_line.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order_line. One row per KPI version, grain, span, period, slice and member.
with

dim_span as (
    select * from {{ ref('dim_span') }}
),

agg_order_line as (
    select * from {{ ref('agg_order_line') }}
),

-- each day once per slice
sliced_days as (
    select 'all' as slice, 'all' as member, agg_order_line.*
    from agg_order_line
    union all
    select 'category' as slice, coalesce(cast(category as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, agg_order_line.*
    from agg_order_line
),

-- additive measures over each interval
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_days.slice,
        sliced_days.member,
        cast(sum(row_count) as bigint) as row_count,
        sum(discount_given) as discount_given,
        sum(list_value) as list_value,
        sum(loss_line_share__numerator) as loss_line_share__numerator,
        sum(order_lines) as order_lines,
        sum(profit) as profit,
        sum(revenue) as revenue
    from dim_span
    inner join sliced_days
        on sliced_days.day between dim_span.span_start and dim_span.span_end
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_days.slice,
        sliced_days.member
),

-- average_discount, version 1: discount_given / list_value
average_discount as (
    select
        'average_discount' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(discount_given as decimal(38, 12)) as numerator,
        cast(list_value as decimal(38, 12)) as denominator,
        cast(discount_given / nullif(list_value, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'category')
        and period_start >= date '2014-01-01'
),

-- gross_margin, version 1: profit / revenue
gross_margin as (
    select
        'gross_margin' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(profit as decimal(38, 12)) as numerator,
        cast(revenue as decimal(38, 12)) as denominator,
        cast(profit / nullif(revenue, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'category')
        and period_start >= date '2014-01-01'
),

-- loss_line_share, version 1: loss_line_share__numerator / order_lines
loss_line_share as (
    select
        'loss_line_share' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(loss_line_share__numerator as decimal(38, 12)) as numerator,
        cast(order_lines as decimal(38, 12)) as denominator,
        cast(loss_line_share__numerator / nullif(order_lines, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'category')
        and period_start >= date '2014-01-01'
),

-- revenue, version 1: revenue
revenue as (
    select
        'revenue' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(revenue as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(revenue as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_3', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'category')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from average_discount
    union all
    select * from gross_margin
    union all
    select * from loss_line_share
    union all
    select * from revenue
)

select * from kpi_values
