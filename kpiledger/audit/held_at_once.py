"""To how many KPIs is each holder held at once, at most, and from which day on?

A run of days of one version promises each of its KPIs once, however many of its members. So where no version of a
holder lies over another, the KPIs of each run are counted; of other holders the days on which each KPI is promised are
joined first.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

# Numbers stand for the names, since there are millions of days to sort. Each KPI marks one of 63 bits: as many marks
# as promises are as many KPIs, and the few runs with fewer are counted by their names, which takes far longer.
# Then how many KPIs begin and end on each day, and the first day with the most.
_AT_ONCE = """
    with holder_name as materialized (
        select holder, cast(row_number() over () as integer) as holder_id from (select distinct holder from event)
    ),
    kpi_name as (
        select kpi, row_number() over () as kpi_id from (select distinct kpi from promise)
    ),
    standing as materialized (
        select version.seq, holder_name.holder_id, version.valid_from, version.valid_to
        from version
        join event on event.seq = version.seq
        join holder_name on holder_name.holder = event.holder
        where version.superseded_at is null
    ),
    followed as (
        select holder_id, valid_to, lead(valid_from) over (partition by holder_id order by valid_from) as next_from
        from standing
    ),
    crowded as (select distinct holder_id from followed where valid_to >= next_from),
    parted as materialized (
        select standing.*, crowded.holder_id is not null as is_crowded
        from standing
        left join crowded on crowded.holder_id = standing.holder_id
    ),
    marked_run as materialized (
        select seq, segment_from, segment_to, count(*) as promises,
            bit_count(bit_or(1::bigint << cast(hash(kpi) % 63 as integer))) as marks
        from promise
        where seq in (select seq from parted where not is_crowded)
        group by seq, segment_from, segment_to
    ),
    run as (
        select seq, segment_from, segment_to, cast(promises as integer) as kpis
        from marked_run
        where promises = marks
        union all
        select seq, segment_from, segment_to, cast(count(distinct kpi) as integer) as kpis
        from promise
        join marked_run using (seq, segment_from, segment_to)
        where promises <> marks
        group by seq, segment_from, segment_to
    ),
    alone as (
        select
            parted.holder_id,
            greatest(run.segment_from, parted.valid_from) as first_day,
            least(run.segment_to, parted.valid_to) as last_day,
            run.kpis
        from run
        join parted on parted.seq = run.seq
    ),
    held as (
        select distinct
            parted.holder_id,
            kpi_name.kpi_id,
            greatest(promise.segment_from, parted.valid_from) as first_day,
            least(promise.segment_to, parted.valid_to) as last_day
        from promise
        join parted on parted.seq = promise.seq and parted.is_crowded
        join kpi_name on kpi_name.kpi = promise.kpi
        where greatest(promise.segment_from, parted.valid_from) <= least(promise.segment_to, parted.valid_to)
    ),
    marked as (
        select *, max(last_day) over (
            partition by holder_id, kpi_id order by first_day, last_day rows between unbounded preceding and 1 preceding
        ) as held_until
        from held
    ),
    span as (
        select holder_id, first_day, last_day, kpis from alone where first_day <= last_day
        union all
        select holder_id, greatest(first_day, coalesce(held_until + 1, first_day)) as first_day, last_day, 1 as kpis
        from marked
        where held_until is null or last_day > held_until
    ),
    steps as (
        select holder_id, first_day as day, kpis as step from span
        union all
        select holder_id, last_day + 1 as day, -kpis as step from span
    ),
    days as (
        select holder_id, day, cast(sum(step) as integer) as step
        from steps
        group by holder_id, day
    ),
    counted as (
        select holder_id, day, sum(step) over (partition by holder_id order by day) as kpi_count
        from days
    )
    select
        any_value(holder_name.holder) as holder,
        max(kpi_count) as most,
        arg_max(day, kpi_count * 10000000::bigint - (day - date '0001-01-01')) as from_day
    from counted
    join holder_name using (holder_id)
    group by holder_id
    order by holder
"""


def most_at_once(index: DuckDBPyConnection) -> list[tuple[str, int, date]]:
    """Each holder as the index has it, the most KPIs on one day, and the first such day; in the order of holders."""
    found: list[tuple[str, int, date]] = index.execute(_AT_ONCE).fetchall()
    return found
