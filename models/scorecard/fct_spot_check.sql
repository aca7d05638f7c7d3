with

spot_check as (
    select * from {{ source('recorded', 'spot_check') }}
)

select * from spot_check
