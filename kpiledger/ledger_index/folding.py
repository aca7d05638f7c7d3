"""How do the events of agreements become versions, promises and changes, for a hundred thousand of them at once?

The definition of the fold is `kpiledger.folding`; these statements say the same of all agreements in
`touched`. A test holds the two equal on random histories.

Versions and promises are folded as if no event needed an approval. Changes are held against what stood before: where an
event of an agreement is kept as pending, they are folded a second time.
"""

from __future__ import annotations

# Each event with the agreement's last day as known after it: an amendment that names one moves it, once it stands.
_KNOWN = """
    create or replace temp table known as
    with told as (
        select event.seq, event.agreement, event.agreement_version as number, event.event, event.valid_from,
            entry.recorded_at, {is_standing} as is_standing,
            case when event.event in ('agreed', 'amended') then event.valid_to end as said_end
        from event join entry using (seq) join touched using (agreement) left join approval_state using (seq)
    )
    select * exclude (said_end), coalesce(said_end, last_value(case when is_standing then said_end end ignore nulls)
        over (partition by agreement order by number rows between unbounded preceding and 1 preceding)) as ends_on
    from told
"""
# The first event stands in any case: before it there is nothing to keep.
_STANDS = "event.agreement_version = 1 or coalesce(approval_state.state in ('approved', 'not_required'), true)"
# In force until a later event begins or gives the days up; without a day left, displaced by the first to take it.
_VERSION = """
    insert into version
    with followed as (
        select known.seq, min(least(later.ends_on, later.valid_from - 1)) as last_on,
            arg_min(later.recorded_at, later.number)
                filter (where later.ends_on < known.valid_from or later.valid_from <= known.valid_from) as displaced_at
        from known join known as later on later.agreement = known.agreement and later.number > known.number
        group by known.seq
    ),
    settled as (
        select known.*, followed.last_on,
            case when known.ends_on < known.valid_from then known.recorded_at else followed.displaced_at end
                as superseded_at
        from known left join followed using (seq)
    )
    select seq, agreement, number, valid_from,
        case when superseded_at is null then least(ends_on, coalesce(last_on, ends_on)) else ends_on end as valid_to,
        superseded_at
    from settled order by seq
"""
# For each event the runs of days on which it may have changed something; within one nothing begins or is given up.
_RUN = """
    create or replace temp table run as
    with cut as (
        select agreement, number, is_standing, valid_from as first_on from known
        union
        select agreement, number, is_standing, ends_on + 1 as first_on from known
    ),
    cut_known as (
        select distinct known.seq, known.agreement, known.number, known.event, known.valid_from, known.ends_on,
            cut.first_on
        from known join cut on cut.agreement = known.agreement
            and (cut.number = known.number or (cut.number < known.number and cut.is_standing))
    ),
    parted as (
        select *, lead(first_on) over (partition by seq order by first_on) - 1 as last_on from cut_known
    )
    select *, ends_on < first_on or (event = 'retired' and valid_from <= first_on) as clears from parted
    where last_on is not null and (valid_from <= first_on or ends_on < first_on)
"""
# What held on these days before the event: the last naming of each target that nothing cleared since.
_HELD = """
    create or replace temp table held as
    with cleared as (
        select run.seq, run.first_on, max(earlier.number) as cleared_by
        from run join known as earlier on earlier.agreement = run.agreement and earlier.number < run.number
            and earlier.is_standing
        where earlier.ends_on < run.first_on or (earlier.event = 'retired' and earlier.valid_from <= run.first_on)
        group by run.seq, run.first_on
    )
    select run.seq, run.first_on, target.kpi, target.slice, target.member, max(earlier.seq) as target_seq
    from run
    left join cleared on cleared.seq = run.seq and cleared.first_on = run.first_on
    join known as earlier on earlier.agreement = run.agreement and earlier.number < run.number
        and earlier.is_standing and earlier.number > coalesce(cleared.cleared_by, 0)
        and earlier.valid_from <= run.first_on
    join target on target.seq = earlier.seq
    group by run.seq, run.first_on, target.kpi, target.slice, target.member
"""
# Old and new naming of every target that held or is named, on each run of days.
_MOVE = """
    create or replace temp table move as
    with named as (
        select run.seq, run.first_on, target.kpi, target.slice, target.member
        from run join target using (seq) where not run.clears
    ),
    sides as (
        select coalesce(held.seq, named.seq) as seq, coalesce(held.first_on, named.first_on) as first_on,
            coalesce(held.kpi, named.kpi) as kpi, coalesce(held.slice, named.slice) as slice,
            coalesce(held.member, named.member) as member, held.target_seq as old_seq, named.seq as named_seq
        from held full outer join named on named.seq = held.seq and named.first_on = held.first_on
            and named.kpi = held.kpi and named.slice = held.slice and named.member = held.member
    )
    select run.seq, run.agreement, run.number, run.first_on, run.last_on, run.clears, run.valid_from, run.ends_on,
        sides.kpi, sides.slice, sides.member, sides.old_seq,
        case when run.clears then null else coalesce(sides.named_seq, sides.old_seq) end as new_seq
    from sides join run on run.seq = sides.seq and run.first_on = sides.first_on
"""
_PROMISE = """
    insert into promise
    select seq, agreement, number, first_on, last_on, kpi, slice, member, new_seq from move
    where new_seq is not null and first_on >= valid_from and first_on <= ends_on
    order by seq, first_on, kpi, slice, member
"""
# Neighbouring runs with the same old and new are one change; the same figures promised again are none.
_CHANGE = """
    insert into change
    with moved as (select * from move where old_seq is distinct from new_seq),
    begun as (
        select *, coalesce(
            lag(last_on) over pieces + 1 = first_on
            and lag(old_seq) over pieces is not distinct from old_seq
            and lag(new_seq) over pieces is not distinct from new_seq, false
        ) as goes_on
        from moved window pieces as (partition by seq, kpi, slice, member order by first_on)
    ),
    numbered as (
        select *, sum(case when goes_on then 0 else 1 end) over (
            partition by seq, kpi, slice, member order by first_on rows between unbounded preceding and current row
        ) as piece
        from begun
    ),
    pieced as (
        select seq, agreement, number, kpi, slice, member, old_seq, new_seq, min(first_on) as changed_from,
            max(last_on) as changed_to
        from numbered group by seq, agreement, number, kpi, slice, member, old_seq, new_seq, piece
    )
    select pieced.seq, pieced.agreement, pieced.number, pieced.kpi, pieced.slice, pieced.member,
        coalesce(new_target.grain, old_target.grain),
        case when pieced.old_seq is null then 'set' when pieced.new_seq is null then 'dropped' else 'changed' end,
        pieced.changed_from, pieced.changed_to, pieced.old_seq, pieced.new_seq,
        old_named.valid_from, old_named.ends_on, new_named.valid_from, new_named.ends_on
    from pieced
    left join known as old_named on old_named.seq = pieced.old_seq
    left join known as new_named on new_named.seq = pieced.new_seq
    left join target as old_target on old_target.seq = pieced.old_seq and old_target.kpi = pieced.kpi
        and old_target.slice = pieced.slice and old_target.member = pieced.member
    left join target as new_target on new_target.seq = pieced.new_seq and new_target.kpi = pieced.kpi
        and new_target.slice = pieced.slice and new_target.member = pieced.member
    where old_target.content is distinct from new_target.content
    order by pieced.seq, pieced.kpi, pieced.slice, pieced.member, pieced.changed_from
"""
# Of agreements with a pending event, which displaces nothing.
_PENDING = f"""
    delete from touched where agreement not in (
        select agreement from event join approval_state using (seq) where not ({_STANDS})
    )
"""
_UNSAID = "delete from change where agreement in (select agreement from touched)"
FOLD = (
    _KNOWN.format(is_standing="true"), _VERSION, _RUN, _HELD, _MOVE, _PROMISE, _CHANGE,
    _PENDING, _UNSAID, _KNOWN.format(is_standing=_STANDS), _RUN, _HELD, _MOVE, _CHANGE,
)  # fmt: skip
