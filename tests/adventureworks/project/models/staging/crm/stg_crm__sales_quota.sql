with

extract as (
    select * from {{ source('crm', 'sales_quota') }}
),

typed as (
    select
        cast(sales_quota_key as integer) as sales_quota_key,
        cast(employee_key as integer) as employee_key,
        cast(calendar_year_label as integer) as calendar_year_label,
        cast(calendar_quarter_label as integer) as calendar_quarter_label,
        cast(sales_amount_quota as decimal(19, 4)) as sales_amount_quota,
        cast(quota_date as date) as quota_date
    from extract
)

select * from typed
