with

survey_response as (
    select * from {{ ref('stg_crm__survey_response') }}
),

final as (
    select
        survey_response_key,
        response_date as responded_on,
        customer_key,
        product_category
    from survey_response
)

select * from final
