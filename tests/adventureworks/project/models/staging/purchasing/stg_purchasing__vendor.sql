with

extract as (
    select * from {{ source('purchasing', 'vendor') }}
),

typed as (
    select
        cast(vendor_id as integer) as vendor_id,
        cast(vendor_name as varchar) as vendor_name,
        cast(credit_rating as integer) as credit_rating
    from extract
)

select * from typed
