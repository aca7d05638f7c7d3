-- COMPILED by `kpi compile` from metrics/calendar.yml. Do not edit: change the YAML.
-- The day all numbers are as of: nothing after it is shown. One row per run.
with

run_context as (
    select * from {{ source('recorded', 'run_context') }}
),

-- the last day of each fact
last_days as (
    select max(ordered_on) as last_on
    from {{ ref('fct_order') }}
    union all
    select max(ordered_on) as last_on
    from {{ ref('fct_order_line') }}
    union all
    select max(state_on) as last_on
    from {{ ref('fct_order_state') }}
    union all
    select max(shipped_on) as last_on
    from {{ ref('fct_shipment') }}
    union all
    select max(opened_on) as last_on
    from {{ ref('fct_ticket') }}
),

chosen as (
    select coalesce(max(run_context.as_of_on), min(last_days.last_on)) as as_of_on
    from last_days
    cross join run_context
)

select * from chosen
