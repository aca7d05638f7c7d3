with

extract as (
    select * from {{ source('finance', 'account') }}
),

typed as (
    select
        cast(account_key as integer) as account_key,
        cast(account_description as varchar) as account_description,
        cast(account_type as varchar) as account_type
    from extract
)

select * from typed
