with

extract as (
    select * from {{ source('desk', 'ticket') }}
),

typed as (
    select
        ticket_id,
        order_id,
        team,
        opened_at,
        registered_at,
        solved_at,
        category,
        status,
        contact_count,
        reason_code
    from extract
)

select * from typed
