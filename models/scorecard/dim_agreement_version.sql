with

agreement_version as (
    select * from {{ source('recorded', 'agreement_version') }}
)

select * from agreement_version
