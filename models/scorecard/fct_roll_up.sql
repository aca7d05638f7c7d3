-- Do the targets of those below add up to the target above, and do their figures? Only where the KPI adds up at all.
with

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

fct_scorecard as (
    select * from {{ ref('fct_scorecard') }}
),

holder_above as (
    select * from {{ source('recorded', 'holder_above') }}
),

rolls_up as (
    select * from {{ source('recorded', 'rolls_up') }}
),

held as (
    select * from fct_scorecard
    where agreement is not null
),

-- who is above whom by a target on the same KPI; a unit between the two that has none is passed over
pairs as (
    select
        above.holder,
        above.kpi,
        above.slice,
        above.member,
        above.grain,
        above.period_start,
        below.slice as below_slice,
        below.kpi || ' ' || below.member as below_part,
        below.target_value,
        below.actual,
        below.comparison,
        holder_above.distance,
        min(holder_above.distance) over (
            partition by below.holder, below.kpi, below.slice, below.member, below.grain, below.period_start
        ) as nearest
    from held as below
    inner join rolls_up
        on below.kpi = rolls_up.kpi
    inner join holder_above
        on below.holder = holder_above.holder
    inner join held as above
        on holder_above.above = above.holder
        and rolls_up.team_kpi = above.kpi
        and below.grain = above.grain
        and below.period_start = above.period_start
        and (above.slice = 'all' or (above.slice = below.slice and above.member = below.member))
),

summed as (
    select
        holder,
        kpi,
        slice,
        member,
        grain,
        period_start,
        count(*) as below_count,
        count(distinct below_part) as part_count,
        count(distinct below_slice) as slice_count,
        min(comparison) as comparison_below,
        count(distinct comparison) as comparison_count,
        sum(target_value) as target_below,
        sum(actual) as actual_below,
        count(target_value) as target_count,
        count(actual) as actual_count
    from pairs
    where distance = nearest
    group by holder, kpi, slice, member, grain, period_start
),

joined as (
    select
        held.holder,
        held.agreement,
        held.kpi,
        held.slice,
        held.member,
        held.grain,
        held.period_start,
        held.period_end,
        held.is_complete,
        held.comparison,
        held.target_value,
        held.actual,
        summed.below_count,
        dim_kpi_version.is_additive
        and held.comparison in ('at_least', 'at_most')
        and held.comparison = summed.comparison_below
        and summed.comparison_count = 1 as is_additive,
        -- the same part twice, or parts of two dimensions, would be counted twice
        summed.part_count < summed.below_count or summed.slice_count > 1 as is_overlapping,
        case when summed.target_count = summed.below_count then summed.target_below end as target_below,
        case when summed.actual_count = summed.below_count then summed.actual_below end as actual_below
    from held
    inner join summed
        on held.holder = summed.holder
        and held.kpi = summed.kpi
        and held.slice = summed.slice
        and held.member = summed.member
        and held.grain = summed.grain
        and held.period_start = summed.period_start
    left join dim_kpi_version
        on held.kpi = dim_kpi_version.kpi
        and held.period_start >= dim_kpi_version.valid_from
        and held.period_start <= coalesce(dim_kpi_version.valid_to, held.period_start)
),

final as (
    select
        holder,
        agreement,
        kpi,
        slice,
        member,
        grain,
        period_start,
        period_end,
        is_complete,
        cast(below_count as integer) as below_count,
        cast(target_value as decimal(38, 10)) as target_value,
        cast(case when is_additive and not is_overlapping then target_below end as decimal(38, 10)) as target_below,
        cast(case when is_additive and not is_overlapping then target_below - target_value end as decimal(38, 10)) as target_gap,
        cast(actual as decimal(38, 12)) as actual,
        cast(case when is_additive and not is_overlapping then actual_below end as decimal(38, 12)) as actual_below,
        cast(case when is_additive and not is_overlapping then actual_below - actual end as decimal(38, 12)) as actual_gap,
        case
            when not is_additive then 'does_not_add'
            when is_overlapping then 'overlaps'
            when target_below is null then 'unknown'
            when target_below = target_value then 'adds_up'
            when (target_below > target_value) = (comparison = 'at_least') then 'covers'
            else 'falls_short'
        end as adding
    from joined
)

select * from final
order by holder, kpi, slice, member, grain, period_start
