with

ledger as (
    select * from {{ ref('stg_finance__ledger') }}
),

account as (
    select * from {{ ref('stg_finance__account') }}
),

department_group as (
    select * from {{ ref('stg_finance__department_group') }}
),

final as (
    select
        ledger.finance_key as finance_key,
        ledger.posting_date as posted_on,
        department_group.department_group_name as department_group_name,
        ledger.scenario as scenario,
        account.account_type as account_type,
        ledger.amount as amount
    from ledger
    left join account
        on ledger.account_key = account.account_key
    left join department_group
        on ledger.department_group_key = department_group.department_group_key
)

select * from final
