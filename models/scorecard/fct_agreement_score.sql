with

fct_scorecard as (
    select * from {{ ref('fct_scorecard') }}
),

-- a target without weight informs; a pilot, and what is not approved, does not bind
weighed as (
    select
        agreement,
        agreement_version,
        holder,
        grain,
        period_start,
        period_end,
        is_complete,
        score,
        case when is_binding and target_value is not null then weight end as agreed,
        case when score is not null then weight end as scored
    from fct_scorecard
    where agreement is not null
),

summed as (
    select
        agreement,
        agreement_version,
        holder,
        grain,
        period_start,
        period_end,
        is_complete,
        sum(score * scored) as points,
        coalesce(sum(scored), 0) as weight_scored,
        coalesce(sum(agreed), 0) as weight_agreed,
        count(nullif(scored, 0)) as kpi_count
    from weighed
    group by agreement, agreement_version, holder, grain, period_start, period_end, is_complete
),

final as (
    select
        agreement,
        agreement_version,
        holder,
        grain,
        period_start,
        period_end,
        is_complete,
        cast(points / nullif(weight_scored, 0) as decimal(38, 12)) as score,
        cast(weight_scored as decimal(9, 6)) as weight_scored,
        cast(weight_agreed as decimal(9, 6)) as weight_agreed,
        cast(kpi_count as integer) as kpi_count
    from summed
)

select * from final
order by agreement, grain, period_start
