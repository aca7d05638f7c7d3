-- COMPILED by `kpi compile` from metrics/facts/ticket.yml. Do not edit: change the YAML.
-- Additive measures of fct_ticket. One row per month (cut where last year's comparison ends), region,
-- ticket_category.
with

fct_ticket as (
    select * from {{ ref('fct_ticket') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

described as (
    select
        fct_ticket.opened_on,
        fct_ticket.status,
        fct_ticket.is_solved_first_time,
        fct_ticket.region,
        fct_ticket.category as ticket_category
    from fct_ticket
),

by_opened_on as (
    select
        dim_day.month_tile as tile,
        described.region,
        described.ticket_category,
        count(*) as row_count,
        count(case when status = 'solved' then 1 end) as tickets_solved_first_time__denominator,
        count(case when is_solved_first_time then 1 end) as tickets_solved_first_time__numerator
    from described
    inner join dim_day
        on described.opened_on = dim_day.day
    group by
        dim_day.month_tile,
        described.region,
        described.ticket_category
)

select * from by_opened_on
