with

extract as (
    select * from {{ source('crm', 'customer') }}
),

typed as (
    select
        customer_id,
        customer_name,
        segment
    from extract
)

select * from typed
