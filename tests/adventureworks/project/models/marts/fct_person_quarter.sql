with

sales_quota as (
    select * from {{ ref('stg_crm__sales_quota') }}
),

reseller_sale as (
    select * from {{ ref('fct_reseller_sale') }}
),

-- quotas are entered a few days before their quarter; the labels beside the date are wrong
quotas as (
    select
        employee_key,
        cast(date_trunc('quarter', quota_date + 7) as date) as quarter_start,
        sales_amount_quota as quota_amount
    from sales_quota
),

sold as (
    select
        employee_key,
        cast(date_trunc('quarter', ordered_on) as date) as quarter_start,
        sum(sales_amount) as sales_amount
    from reseller_sale
    group by
        employee_key,
        cast(date_trunc('quarter', ordered_on) as date)
),

final as (
    select
        quotas.employee_key as employee_key,
        quotas.quarter_start as quarter_start,
        quotas.quota_amount as quota_amount,
        cast(coalesce(sold.sales_amount, 0) as decimal(19, 4)) as sales_amount,
        coalesce(sold.sales_amount, 0) >= quotas.quota_amount as is_at_quota
    from quotas
    left join sold
        on quotas.employee_key = sold.employee_key
        and quotas.quarter_start = sold.quarter_start
)

select * from final
