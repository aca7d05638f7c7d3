-- COMPILED by `kpi compile` from metrics/facts/ticket.yml. Do not edit: change the YAML.
-- Additive measures of fct_ticket. One row per day, region, ticket_category.
with

fct_ticket as (
    select * from {{ ref('fct_ticket') }}
),

described as (
    select
        fct_ticket.opened_on,
        fct_ticket.status,
        fct_ticket.is_solved_first_time,
        fct_ticket.region as region,
        fct_ticket.category as ticket_category
    from fct_ticket
),

by_opened_on as (
    select
        opened_on as day,
        region,
        ticket_category,
        count(*) as row_count,
        count(case when status = 'solved' then 1 end) as tickets_solved_first_time__denominator,
        count(case when is_solved_first_time then 1 end) as tickets_solved_first_time__numerator
    from described
    where opened_on is not null
    group by
        opened_on,
        region,
        ticket_category
)

select * from by_opened_on
