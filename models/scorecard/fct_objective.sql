-- How far each key result has come: by the agreement that promises it, or by the figure that the objective gives.
with

as_of as (
    select * from {{ ref('as_of') }}
),

check_in as (
    select * from {{ source('recorded', 'check_in') }}
),

dim_kpi_version as (
    select * from {{ ref('dim_kpi_version') }}
),

dim_period as (
    select * from {{ ref('dim_period') }}
),

fct_kpi_value as (
    select * from {{ ref('fct_kpi_value') }}
),

fct_scorecard as (
    select * from {{ ref('fct_scorecard') }}
),

key_result as (
    select * from {{ source('recorded', 'key_result') }}
),

-- a key result is of the year: what was reached since it began, where that can be told, else in the period
promised as (
    select
        key_result.year,
        key_result.key_result,
        fct_scorecard.holder,
        fct_scorecard.grain,
        fct_scorecard.period_start,
        fct_scorecard.period_end,
        fct_scorecard.is_complete,
        fct_scorecard.baseline_value as start_value,
        fct_scorecard.comparison,
        fct_scorecard.target_value,
        fct_scorecard.upper_value,
        fct_scorecard.actual,
        case
            when fct_scorecard.attainment is null then null
            when fct_scorecard.comparison = 'at_least' and fct_scorecard.target_year_to_date > 0
                then coalesce(
                    fct_scorecard.actual_year_to_date / fct_scorecard.target_year_to_date, fct_scorecard.attainment
                )
            when fct_scorecard.comparison = 'at_most' and fct_scorecard.actual_year_to_date > 0
                then coalesce(
                    fct_scorecard.target_year_to_date / fct_scorecard.actual_year_to_date, fct_scorecard.attainment
                )
            else fct_scorecard.attainment
        end as way,
        cast(null as decimal(38, 12)) as way_expected,
        fct_scorecard.status,
        fct_scorecard.is_pilot
    from key_result
    inner join fct_scorecard
        on key_result.agreement = fct_scorecard.agreement
        and key_result.kpi = fct_scorecard.kpi
        and key_result.slice = fct_scorecard.slice
        and key_result.member = fct_scorecard.member
),

-- a period of its own figure: the way from the first day of the year to the day by which it is wanted
travelled as (
    select
        key_result.*,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.is_complete,
        fct_kpi_value.value as actual,
        cast(
            (fct_kpi_value.value - key_result.start_value) / (key_result.target_value - key_result.start_value)
            as decimal(38, 12)
        ) as way,
        cast(
            (dim_period.period_end - key_result.since_on + 1) * 1.0 / (key_result.by_on - key_result.since_on + 1)
            as decimal(38, 12)
        ) as way_expected
    from key_result
    inner join dim_period
        on key_result.grain = dim_period.grain
        and key_result.since_on <= dim_period.period_start
        and key_result.by_on >= dim_period.period_end
    left join dim_kpi_version
        on key_result.kpi = dim_kpi_version.kpi
        and dim_period.period_start >= dim_kpi_version.valid_from
        and dim_period.period_start <= coalesce(dim_kpi_version.valid_to, dim_period.period_start)
    left join fct_kpi_value
        on key_result.kpi = fct_kpi_value.kpi
        and dim_kpi_version.version = fct_kpi_value.version
        and key_result.slice = fct_kpi_value.slice
        and key_result.member = fct_kpi_value.member
        and dim_period.grain = fct_kpi_value.grain
        and dim_period.period_start = fct_kpi_value.period_start
        and fct_kpi_value.span = 'period'
),

own as (
    select
        year,
        key_result,
        unit as holder,
        grain,
        period_start,
        period_end,
        is_complete,
        start_value,
        case when start_value < target_value then 'at_least' else 'at_most' end as comparison,
        target_value,
        cast(null as decimal(38, 10)) as upper_value,
        actual,
        way,
        way_expected,
        case
            when not is_complete then 'incomplete'
            when way is null then 'no_data'
            when way >= way_expected then 'green'
            when way >= 0.7 * way_expected then 'amber'
            else 'red'
        end as status,
        false as is_pilot
    from travelled
),

followed as (
    select * from promised
    union all
    select * from own
),

-- how often it went well so far, of the finished periods that could be judged
counted as (
    select
        *,
        count(case when status = 'green' then 1 end) over so_far as met_count,
        count(case when status in ('green', 'amber', 'red') then 1 end) over so_far as judged_count
    from followed
    window so_far as (
        partition by year, key_result, grain
        order by period_start
    )
),

-- the last finished period speaks for the key result, the running one where none is finished
placed as (
    select
        key_result.year,
        key_result.objective,
        key_result.objective_label,
        key_result.unit,
        key_result.owner,
        key_result.parent,
        key_result.key_result,
        key_result.says,
        key_result.kpi,
        key_result.slice,
        key_result.member,
        key_result.agreement,
        key_result.by_on,
        key_result.is_signed,
        key_result.unsigned,
        counted.holder,
        counted.grain,
        counted.period_start,
        counted.period_end,
        counted.is_complete,
        counted.start_value,
        counted.comparison,
        coalesce(counted.target_value, key_result.target_value) as target_value,
        counted.upper_value,
        counted.actual,
        -- greatest and least pass over what is missing
        case when counted.way is not null then least(greatest(counted.way, 0), 1) end as progress,
        counted.way_expected as progress_expected,
        coalesce(counted.met_count, 0) as met_count,
        coalesce(counted.judged_count, 0) as judged_count,
        case
            when counted.status is not null then counted.status
            when key_result.agreement is null and key_result.target_value is null then 'no_target'
            else 'no_data'
        end as status,
        coalesce(counted.is_pilot, false)
        or (
            key_result.has_pilot
            and (
                key_result.widened_on is null
                or coalesce(counted.period_start, as_of.as_of_on) < key_result.widened_on
            )
        ) as is_pilot,
        as_of.as_of_on,
        row_number() over (
            partition by key_result.year, key_result.key_result
            order by case when counted.is_complete then 0 else 1 end, counted.period_start desc, counted.grain
        ) as place
    from key_result
    cross join as_of
    left join counted
        on key_result.year = counted.year
        and key_result.key_result = counted.key_result
),

-- what was said last by the end of the period; of the latest one, by the as-of date
said as (
    select
        placed.year,
        placed.key_result,
        placed.grain,
        placed.period_start,
        check_in.checked_in_on,
        check_in.checked_in_by,
        check_in.confidence,
        check_in.note,
        row_number() over (
            partition by placed.year, placed.key_result, placed.place
            order by check_in.checked_in_on desc, check_in.seq desc
        ) as place,
        placed.place as of_place
    from placed
    inner join check_in
        on placed.year = check_in.year
        and placed.key_result = check_in.key_result
        and check_in.checked_in_on <= placed.as_of_on
        and (placed.place = 1 or check_in.checked_in_on <= placed.period_end)
),

final as (
    select
        placed.year,
        placed.objective,
        placed.objective_label,
        placed.unit,
        placed.owner,
        placed.parent,
        placed.key_result,
        placed.says,
        placed.kpi,
        placed.slice,
        placed.member,
        placed.agreement,
        placed.holder,
        placed.grain,
        placed.period_start,
        placed.period_end,
        placed.is_complete,
        placed.by_on,
        cast(placed.start_value as decimal(38, 10)) as start_value,
        placed.comparison,
        cast(placed.target_value as decimal(38, 10)) as target_value,
        cast(placed.upper_value as decimal(38, 10)) as upper_value,
        cast(placed.actual as decimal(38, 12)) as actual,
        cast(placed.progress as decimal(38, 12)) as progress,
        cast(placed.progress_expected as decimal(38, 12)) as progress_expected,
        placed.status,
        cast(placed.met_count as integer) as met_count,
        cast(placed.judged_count as integer) as judged_count,
        placed.is_pilot,
        placed.is_signed,
        placed.unsigned,
        said.confidence,
        said.checked_in_on,
        said.checked_in_by,
        said.note,
        cast(placed.as_of_on - said.checked_in_on as integer) as days_since_check_in,
        placed.place = 1 as is_latest
    from placed
    left join said
        on placed.year = said.year
        and placed.key_result = said.key_result
        and placed.place = said.of_place
        and said.place = 1
)

select * from final
order by year, objective, key_result, grain, period_start
