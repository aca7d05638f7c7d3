-- COMPILED by `kpi compile` from metrics/facts/shipment.yml. Do not edit: change the YAML.
-- Additive measures of fct_shipment. One row per month (cut where last year's comparison ends), region, segment,
-- ship_mode.
with

fct_shipment as (
    select * from {{ ref('fct_shipment') }}
),

dim_day as (
    select * from {{ ref('dim_day') }}
),

described as (
    select
        fct_shipment.shipped_on,
        fct_shipment.days_to_ship,
        fct_shipment.is_within_promise,
        fct_shipment.region,
        fct_shipment.segment,
        fct_shipment.ship_mode
    from fct_shipment
),

by_shipped_on as (
    select
        dim_day.month_tile as tile,
        described.region,
        described.segment,
        described.ship_mode,
        count(*) as row_count,
        count(days_to_ship) as mean_days_from_order__count,
        sum(days_to_ship) as mean_days_from_order__sum,
        count(*) as shipments,
        count(case when is_within_promise then 1 end) as shipped_within_promise__numerator
    from described
    inner join dim_day
        on described.shipped_on = dim_day.day
    group by
        dim_day.month_tile,
        described.region,
        described.segment,
        described.ship_mode
)

select * from by_shipped_on
