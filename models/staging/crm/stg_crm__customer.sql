with

extract as (
    select * from {{ ref('crm_customer') }}
),

typed as (
    select
        customer_id,
        customer_name,
        segment
    from extract
)

select * from typed
