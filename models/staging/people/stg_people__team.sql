with

extract as (
    select * from {{ ref('people_team') }}
),

typed as (
    select
        team,
        region,
        lead_role
    from extract
)

select * from typed
