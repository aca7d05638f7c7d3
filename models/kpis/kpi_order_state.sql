-- COMPILED by `kpi compile` from metrics/facts/order_state.yml and the KPIs over it. Do not edit: change the YAML.
-- KPIs over fct_order_state. One row per KPI version, grain, span, period, slice and member.
with

dim_span as (
    select * from {{ ref('dim_span') }}
),

fct_order_state as (
    select * from {{ ref('fct_order_state') }}
),

described as (
    select
        fct_order_state.order_id,
        fct_order_state.state_number,
        fct_order_state.state_on,
        fct_order_state.open_count,
        fct_order_state.region as region,
        fct_order_state.segment as segment
    from fct_order_state
),

-- each row holds until the next one of the same order_id
states as (
    select
        *,
        lead(state_on) over (partition by order_id order by state_on, order_id, state_number) as replaced_on
    from described
),

-- each state once per slice
sliced_states as (
    select 'all' as slice, 'all' as member, states.*
    from states
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, states.*
    from states
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, states.*
    from states
),

-- what stands at the end of each interval
measured_latest as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_states.slice,
        sliced_states.member,
        count(*) as row_count,
        sum(open_count) as orders_not_shipped
    from dim_span
    inner join sliced_states
        on sliced_states.state_on <= dim_span.span_end
        and (sliced_states.replaced_on is null or sliced_states.replaced_on > dim_span.span_end)
    group by
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        sliced_states.slice,
        sliced_states.member
),

-- open_orders, version 1: orders_not_shipped
open_orders as (
    select
        'open_orders' as kpi,
        1 as version,
        grain, span, period_start, period_end, is_complete, slice, member,
        cast(orders_not_shipped as decimal(38, 12)) as numerator,
        cast(null as decimal(38, 12)) as denominator,
        cast(orders_not_shipped as decimal(38, 12)) as value,
        measured_latest.row_count as row_count
    from measured_latest
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'year_to_date', 'year_to_date_last_year', 'rolling_12')
        and slice in ('all', 'region', 'segment')
        and period_start >= date '2014-01-01'
),

kpi_values as (
    select * from open_orders
)

select * from kpi_values
