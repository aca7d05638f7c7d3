with

team as (
    select * from {{ ref('stg_people__team') }}
)

select * from team
