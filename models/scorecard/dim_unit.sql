with

unit as (
    select * from {{ source('recorded', 'unit') }}
)

select * from unit
