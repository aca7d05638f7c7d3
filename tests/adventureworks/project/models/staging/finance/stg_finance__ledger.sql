with

extract as (
    select * from {{ source('finance', 'ledger') }}
),

typed as (
    select
        cast(finance_key as integer) as finance_key,
        cast(posting_date as date) as posting_date,
        cast(organization_key as integer) as organization_key,
        cast(department_group_key as integer) as department_group_key,
        cast(scenario as varchar) as scenario,
        cast(account_key as integer) as account_key,
        cast(amount as decimal(19, 4)) as amount
    from extract
)

select * from typed
