with

period_close as (
    select * from {{ source('recorded', 'period_close') }}
)

select * from period_close
order by seq
