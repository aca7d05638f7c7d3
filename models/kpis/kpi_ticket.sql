-- COMPILED by `kpi compile` from metrics/facts/ticket.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_ticket. One row per KPI version, grain, span, period, slice and member.
with

dim_span as (
    select * from {{ ref('dim_span') }}
),

agg_ticket as (
    select * from {{ ref('agg_ticket') }}
),

fct_ticket as (
    select * from {{ ref('fct_ticket') }}
),

described as (
    select
        fct_ticket.ticket_id,
        fct_ticket.opened_on,
        fct_ticket.hours_to_solve,
        fct_ticket.region as region,
        fct_ticket.category as ticket_category
    from fct_ticket
),

-- each day once per slice
sliced_days as (
    select 'all' as slice, 'all' as member, agg_ticket.*
    from agg_ticket
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_ticket.*
    from agg_ticket
    union all
    select 'ticket_category' as slice, coalesce(cast(ticket_category as varchar), '(not set)') as member, agg_ticket.*
    from agg_ticket
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
        sum(tickets_solved_first_time__denominator) as tickets_solved_first_time__denominator,
        sum(tickets_solved_first_time__numerator) as tickets_solved_first_time__numerator
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

-- each row once per slice
sliced_rows as (
    select 'all' as slice, 'all' as member, described.*
    from described
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, described.*
    from described
    union all
    select 'ticket_category' as slice, coalesce(cast(ticket_category as varchar), '(not set)') as member, described.*
    from described
),

-- measures that do not add up: computed anew for each interval
measured_rows as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_rows.slice,
        sliced_rows.member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by hours_to_solve) as median_hours_open
    from dim_span
    inner join sliced_rows
        on sliced_rows.opened_on between dim_span.span_start and dim_span.span_end
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_rows.slice,
        sliced_rows.member
),

-- hours_to_solve, version 1: median_hours_open
hours_to_solve as (
    select
        'hours_to_solve' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(median_hours_open as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(median_hours_open as decimal(38, 12)) as value,
        measured_rows.row_count as row_count
    from measured_rows
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'ticket_category')
        and period_start >= date '2014-01-01'
),

-- tickets_solved_first_time, version 1: tickets_solved_first_time__numerator / tickets_solved_first_time__denominator
tickets_solved_first_time as (
    select
        'tickets_solved_first_time' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(tickets_solved_first_time__numerator as decimal(38, 12)) as numerator,
        cast(tickets_solved_first_time__denominator as decimal(38, 12)) as denominator,
        cast(tickets_solved_first_time__numerator / nullif(tickets_solved_first_time__denominator, 0) as decimal(38, 12)) as value,
        measured.row_count as row_count
    from measured
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
