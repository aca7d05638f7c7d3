-- COMPILED by `kpi compile` from metrics/facts/shipment.yml. Do not edit: change the YAML.
-- Additive measures of fct_shipment. One row per day, region, segment, ship_mode.
with

fct_shipment as (
    select * from {{ ref('fct_shipment') }}
),

described as (
    select
        fct_shipment.shipped_on,
        fct_shipment.days_to_ship,
        fct_shipment.is_within_promise,
        fct_shipment.region as region,
        fct_shipment.segment as segment,
        fct_shipment.ship_mode as ship_mode
    from fct_shipment
),

by_shipped_on as (
    select
        shipped_on as day,
        region,
        segment,
        ship_mode,
        count(*) as row_count,
        count(days_to_ship) as mean_days_from_order__count,
        sum(days_to_ship) as mean_days_from_order__sum,
        count(*) as shipments,
        count(case when is_within_promise then 1 end) as shipped_within_promise__numerator
    from described
    where shipped_on is not null
    group by
        shipped_on,
        region,
        segment,
        ship_mode
)

select * from by_shipped_on
