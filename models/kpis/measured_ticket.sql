-- COMPILED by `kpi compile` from metrics/facts/ticket.yml and the KPIs over it. Do not edit: change the YAML.
-- Measures of fct_ticket. One row per grain, span, period, slice and member.
with

dim_span as not materialized (
    select * from {{ ref('dim_span') }}
),

dim_day as not materialized (
    select * from {{ ref('dim_day') }}
),

agg_ticket as not materialized (
    select * from {{ ref('agg_ticket') }}
),

fct_ticket as not materialized (
    select * from {{ ref('fct_ticket') }}
),

described as not materialized (
    select
        fct_ticket.opened_on,
        fct_ticket.ticket_id,
        fct_ticket.hours_to_solve,
        fct_ticket.region,
        fct_ticket.category as ticket_category
    from fct_ticket
),

-- each row once per slice
sliced as (
    select 'all' as slice, 'all' as member, agg_ticket.*
    from agg_ticket
    union all
    select 'region' as slice, coalesce(cast(region as varchar), '(not set)') as member, agg_ticket.*
    from agg_ticket
    union all
    select 'ticket_category' as slice, coalesce(cast(ticket_category as varchar), '(not set)') as member, agg_ticket.*
    from agg_ticket
),

-- by tile of days, slice and member
tiles as (
    select
        tile,
        slice,
        member,
        sum(row_count) as row_count,
        sum(tickets_solved_first_time__denominator) as tickets_solved_first_time__denominator,
        sum(tickets_solved_first_time__numerator) as tickets_solved_first_time__numerator
    from sliced
    group by
        tile,
        slice,
        member
),

-- the tiles of each stretch of days, each stretch once
stretches as (
    select distinct
        dim_span.span_start,
        dim_span.span_end,
        dim_day.month_tile as tile
    from dim_span
    inner join dim_day
        on dim_day.day between dim_span.span_start and dim_span.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
),

-- additive measures over each stretch of days
summed as (
    select
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member,
        cast(sum(tiles.row_count) as bigint) as row_count,
        sum(tiles.tickets_solved_first_time__denominator) as tickets_solved_first_time__denominator,
        sum(tiles.tickets_solved_first_time__numerator) as tickets_solved_first_time__numerator
    from stretches
    inner join tiles
        on stretches.tile = tiles.tile
    group by
        stretches.span_start,
        stretches.span_end,
        tiles.slice,
        tiles.member
),

-- computed anew for each stretch of days: it does not add up
ranked__opened_on as (
    select
        stretches.span_start,
        stretches.span_end,
        'all' as slice,
        'all' as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(hours_to_solve as double)) as median_hours_open
    from described
    inner join dim_day
        on described.opened_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'region' as slice,
        coalesce(cast(described.region as varchar), '(not set)') as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(hours_to_solve as double)) as median_hours_open
    from described
    inner join dim_day
        on described.opened_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(described.region as varchar), '(not set)')
    union all
    select
        stretches.span_start,
        stretches.span_end,
        'ticket_category' as slice,
        coalesce(cast(described.ticket_category as varchar), '(not set)') as member,
        count(*) as row_count,
        percentile_cont(0.5) within group (order by cast(hours_to_solve as double)) as median_hours_open
    from described
    inner join dim_day
        on described.opened_on = dim_day.day
    inner join stretches
        on dim_day.month_tile = stretches.tile
    group by
        stretches.span_start,
        stretches.span_end,
        coalesce(cast(described.ticket_category as varchar), '(not set)')
),

-- every stretch of days and member that any measure has
all_members as (
    select span_start, span_end, slice, member from summed
    union
    select span_start, span_end, slice, member from ranked__opened_on
),

together as (
    select
        all_members.span_start,
        all_members.span_end,
        all_members.slice,
        all_members.member,
        coalesce(summed.row_count, ranked__opened_on.row_count) as row_count,
        summed.tickets_solved_first_time__denominator,
        summed.tickets_solved_first_time__numerator,
        ranked__opened_on.median_hours_open
    from all_members
    left join summed
        on all_members.span_start = summed.span_start
        and all_members.span_end = summed.span_end
        and all_members.slice = summed.slice
        and all_members.member = summed.member
    left join ranked__opened_on
        on all_members.span_start = ranked__opened_on.span_start
        and all_members.span_end = ranked__opened_on.span_end
        and all_members.slice = ranked__opened_on.slice
        and all_members.member = ranked__opened_on.member
),

-- for every period and span that covers these days
measured as (
    select
        dim_span.grain,
        dim_span.span,
        dim_span.period_start,
        dim_span.period_end,
        dim_span.is_complete,
        together.slice,
        together.member,
        together.row_count,
        together.tickets_solved_first_time__denominator,
        together.tickets_solved_first_time__numerator,
        together.median_hours_open
    from dim_span
    inner join together
        on dim_span.span_start = together.span_start
        and dim_span.span_end = together.span_end
    where dim_span.grain in ('month', 'quarter', 'year')
        and dim_span.span in ('period', 'period_last_year', 'rolling_12', 'year_to_date', 'year_to_date_last_year')
)

select * from measured
