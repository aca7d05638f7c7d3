-- COMPILED by `kpi compile` from metrics/facts/order_state.yml and the KPIs over it. Do not edit: change the YAML.
-- Measures of fct_order_state. One row per grain, span, period, slice and member.
with

dim_span as not materialized (
    select * from {{ ref('dim_span') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

fct_order_state as (
    select * from {{ ref('fct_order_state') }}
),

described as (
    select
        fct_order_state.state_on,
        fct_order_state.order_id,
        fct_order_state.state_number,
        fct_order_state.open_count,
        fct_order_state.region,
        fct_order_state.segment
    from fct_order_state
),

-- each row holds until the next one of the same order_id
states__state_on as (
    select
        *,
        lead(state_on) over (partition by order_id order by state_on, order_id, state_number) as replaced_on
    from described
    where state_on is not null
),

-- each stretch of days once: only its last day counts
ends__state_on as (
    select distinct span_start, span_end
    from dim_span
    where grain in ('month', 'quarter', 'year')
        and span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
),

-- for each day the first end at or after it
first_ends__state_on as (
    select
        dim_day.day,
        min(ends__state_on.span_end) as first_end
    from dim_day
    inner join ends__state_on
        on ends__state_on.span_end >= dim_day.day
    group by dim_day.day
),

-- the states that stand at some end
seen__state_on as (
    select states__state_on.*
    from states__state_on
    left join first_ends__state_on
        on states__state_on.state_on = first_ends__state_on.day
    where states__state_on.replaced_on is null
        or first_ends__state_on.first_end is null
        or states__state_on.replaced_on > first_ends__state_on.first_end
),

-- each of them once per slice
sliced__seen__state_on as (
    select 'all' as slice, 'all' as member, seen__state_on.*
    from seen__state_on
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, seen__state_on.*
    from seen__state_on
    union all
    select 'segment' as slice, coalesce(cast(segment as varchar), '(not set)') as member, seen__state_on.*
    from seen__state_on
),

-- what stands at the end of each stretch of days
standing__state_on as (
    select
        ends__state_on.span_start,
        ends__state_on.span_end,
        sliced__seen__state_on.slice,
        sliced__seen__state_on.member,
        count(*) as row_count,
        sum(open_count) as orders_not_shipped
    from ends__state_on
    inner join sliced__seen__state_on
        on sliced__seen__state_on.state_on <= ends__state_on.span_end
        and (
            sliced__seen__state_on.replaced_on is null
            or sliced__seen__state_on.replaced_on > ends__state_on.span_end
        )
    group by
        ends__state_on.span_start,
        ends__state_on.span_end,
        sliced__seen__state_on.slice,
        sliced__seen__state_on.member
),

-- for every period and span that covers these days
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        standing__state_on.slice,
        standing__state_on.member,
        standing__state_on.row_count,
        standing__state_on.orders_not_shipped
    from dim_span
    inner join standing__state_on
        on dim_span.span_start = standing__state_on.span_start
        and dim_span.span_end = standing__state_on.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
)

select * from measured
