with

ticket as (
    select * from {{ ref('stg_desk__ticket') }}
),

team as (
    select * from {{ ref('dim_team') }}
),

final as (
    select
        ticket.ticket_id as ticket_id,
        ticket.order_id as order_id,
        cast(ticket.opened_at as date) as opened_on,
        ticket.opened_at as opened_at,
        ticket.solved_at as solved_at,
        team.region as region,
        ticket.category as category,
        ticket.status as status,
        ticket.contact_count as contact_count,
        ticket.status = 'solved' and ticket.contact_count = 1 as is_solved_first_time,
        cast(extract(epoch from ticket.solved_at - ticket.opened_at) / 3600 as decimal(18, 4)) as hours_to_solve
    from ticket
    left join team
        on ticket.team = team.team
)

select * from final
