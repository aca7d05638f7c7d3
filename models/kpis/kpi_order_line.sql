-- COMPILED by `kpi compile` from metrics/facts/order_line.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order_line. One row per KPI version, grain, span, period, slice and member.
with

-- average_discount, version 1: discount_given / list_value
average_discount as (
    select
        'average_discount' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(discount_given as decimal(38, 12)) as numerator,
        cast(list_value as decimal(38, 12)) as denominator,
        cast(cast(discount_given as decimal(38, 12)) / nullif(list_value, 0) as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_order_line') }}
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
        cast(cast(profit as decimal(38, 12)) / nullif(revenue, 0) as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_order_line') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment', 'category')
        and period_start >= date '2014-01-01'
),

-- loss_line_share, version 1: (order_lines where profit_amount < 0) / order_lines
loss_line_share as (
    select
        'loss_line_share' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(loss_line_share__numerator as decimal(38, 12)) as numerator,
        cast(order_lines as decimal(38, 12)) as denominator,
        cast(cast(loss_line_share__numerator as decimal(38, 12)) / nullif(order_lines, 0) as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_order_line') }}
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
        row_count
    from {{ ref('measured_order_line') }}
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
