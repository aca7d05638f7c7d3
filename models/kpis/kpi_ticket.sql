-- COMPILED by `kpi compile` from metrics/facts/ticket.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_ticket. One row per KPI version, grain, span, period, slice and member.
with

-- hours_to_solve, version 1: median_hours_open
hours_to_solve as (
    select
        'hours_to_solve' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(median_hours_open as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(median_hours_open as decimal(38, 12)) as value,
        row_count
    from {{ ref('measured_ticket') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'ticket_category')
        and period_start >= date '2014-01-01'
),

-- tickets_solved_first_time, version 1: (tickets where is_solved_first_time) / (tickets where status = 'solved')
tickets_solved_first_time as (
    select
        'tickets_solved_first_time' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(tickets_solved_first_time__numerator as decimal(38, 12)) as numerator,
        cast(tickets_solved_first_time__denominator as decimal(38, 12)) as denominator,
        cast(
            cast(tickets_solved_first_time__numerator as decimal(38, 12))
            / nullif(tickets_solved_first_time__denominator, 0)
            as decimal(38, 12)
        ) as value,
        row_count
    from {{ ref('measured_ticket') }}
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'ticket_category')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from hours_to_solve
    union all
    select * from tickets_solved_first_time
)

select * from kpi_values
