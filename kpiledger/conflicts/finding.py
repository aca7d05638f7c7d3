"""Every conflict between KPIs that is known, from wherever: declared, in the formulas, in the targets, in the figures.

One pair may come several times, once for each reason to think so. Whoever reads it sees both departments, both stages
of the customer chain, who is held to what, which KPI the two sides share, and if none, which one they could.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kpiledger.conflicts.conflict import Basis, Conflict, Conflicts
from kpiledger.conflicts.held import Held, by_kpi, two_targets
from kpiledger.conflicts.movements import Compared, Opposed, moved_apart
from kpiledger.conflicts.sharing import Candidates, held_together, shared_by
from kpiledger.conflicts.structure import PulledApart, pulled_apart
from kpiledger.conflicts.surprises import Series
from kpiledger.project import Project


def find_conflicts(project: Project, held: Sequence[Held] = (), series: Sequence[Series] = ()) -> Conflicts:
    """Every conflict of a project, with the promises in force and the figures by month as far as there are any."""
    seen = moved_apart(series)
    pairs = [*_declared(project), *_structural(project), *_moved(project, seen)]
    weighed = [*pairs, *_targets(project, held), *_weights(pairs, held)]
    completed = _completed(project, held, weighed)
    order = list(Basis)
    found = sorted(completed, key=lambda one: (one.pair, order.index(one.basis), one.measure or "", one.holders))
    return Conflicts(tuple(found), seen.pairs, seen.too_short)


def _between(project: Project, kpi: str, other: str, basis: Basis, says: str) -> Conflict:
    one, two = project.kpis[kpi], project.kpis[other]
    return Conflict(kpi, other, basis, says, one.department, two.department, one.chain_stage, two.chain_stage)


def _declared(project: Project) -> Iterator[Conflict]:
    for name, kpi in sorted(project.kpis.items()):
        for tension in kpi.conflicts_with:
            if tension.kpi in project.kpis:
                yield _between(project, name, tension.kpi, Basis.DECLARED, tension.reason)


def _structural(project: Project) -> Iterator[Conflict]:
    for apart in pulled_apart(project):
        conflict = _between(project, apart.up, apart.down, Basis.STRUCTURE, _told(apart))
        yield replace(conflict, measure=apart.measure)


def _told(apart: PulledApart) -> str:
    rows = f" where {apart.where}" if apart.where else ""
    return f"{apart.up} does well by more of `{apart.measure}`{rows}, {apart.down} by less of it"


def _moved(project: Project, seen: Compared) -> Iterator[Conflict]:
    for one in seen.opposed:
        if one.first in project.kpis and one.second in project.kpis:
            conflict = _between(project, one.first, one.second, Basis.FIGURES, _seen(one))
            yield replace(
                conflict,
                correlation=one.correlation,
                lag_months=one.lag,
                month_count=one.months,
                p_value=one.p_value,
                q_value=one.q_value,
            )


def _seen(one: Opposed) -> str:
    later = "in the same month" if one.lag == 0 else f"{one.lag} month{'s' if one.lag > 1 else ''} later"
    return (
        f"when {one.first} did better than its season and trend, {one.second} did worse {later} "
        f"(r = {one.correlation:.2f} over {one.months} months): seen together, not shown to be a cause"
    )


def _targets(project: Project, held: Iterable[Held]) -> Iterator[Conflict]:
    for one, other in two_targets(held, project.organisation):
        if one.kpi in project.kpis:
            part = "" if one.slice == "all" else f" of {one.slice} {one.member}"
            says = (
                f"{one.holder} is held to {one.kpi}{part} {_figure(one)} a {one.grain}, "
                f"{other.holder} to {_figure(other)}: one number, two targets"
            )
            conflict = _between(project, one.kpi, one.kpi, Basis.TARGETS, says)
            yield replace(
                conflict,
                department=one.department,
                other_department=other.department,
                holders=(one.holder,),
                other_holders=(other.holder,),
            )


def _figure(one: Held) -> str:
    comparison = (one.comparison or "").replace("_", " ")
    return f"{comparison} {one.target.normalize():f}" if one.target is not None else comparison


def _weights(pairs: Iterable[Conflict], held: Sequence[Held]) -> Iterator[Conflict]:
    """Of each pair and each two departments the holders whose weights pull hardest."""
    holding = by_kpi(held)
    kpis: dict[str, set[str]] = {}
    for promise in held:
        kpis.setdefault(promise.holder, set()).add(promise.kpi)
    done: set[tuple[str, str]] = set()
    for pair in pairs:
        if pair.pair in done:
            continue
        done.add(pair.pair)
        apart = [
            (one, other)
            for one in holding.get(pair.kpi, ())
            for other in holding.get(pair.other_kpi, ())
            if one.weight and other.weight and not _holds_both(kpis, one, other)
        ]
        strongest: dict[tuple[str | None, str | None], tuple[Held, Held]] = {}
        for one, other in sorted(apart, key=lambda both: (-_pull(*both), both[0].holder, both[1].holder)):
            strongest.setdefault((one.department, other.department), (one, other))
        for one, other in strongest.values():
            says = f"{one.told} is weighed by {one.kpi} and not by {other.kpi}, {other.told} the other way round"
            yield replace(
                pair,
                basis=Basis.WEIGHTS,
                says=says,
                department=one.department,
                other_department=other.department,
                measure=None,
                holders=(one.holder,),
                other_holders=(other.holder,),
                correlation=None,
                lag_months=None,
                month_count=None,
                p_value=None,
                q_value=None,
            )


def _holds_both(kpis: dict[str, set[str]], one: Held, other: Held) -> bool:
    return other.kpi in kpis[one.holder] or one.kpi in kpis[other.holder]


def _pull(one: Held, other: Held) -> float:
    return float(min(one.weight or 0, other.weight or 0))


def _completed(project: Project, held: Sequence[Held], conflicts: Iterable[Conflict]) -> Iterator[Conflict]:
    """Each with who is held to what, what both sides share, and what they could share where they share nothing."""
    holding, candidates = by_kpi(held), Candidates(project)
    for one in conflicts:
        together = held_together(holding, one.kpi, one.other_kpi) if one.kpi != one.other_kpi else ()
        shared = shared_by(holding, one.department, one.other_department) if one.is_between_departments else ()
        conflict = replace(
            one,
            holders=one.holders or tuple(promise.told for promise in holding.get(one.kpi, ())),
            other_holders=one.other_holders or tuple(promise.told for promise in holding.get(one.other_kpi, ())),
            held_together_by=together,
            shared_kpis=shared,
        )
        if one.basis is Basis.TARGETS:
            conflict = replace(
                conflict, shared_kpis=(), suggested_kpi=one.kpi, suggestion="agree on one target for both"
            )
        elif not together and not shared:
            named = candidates.suggestion(project.kpis[one.kpi], project.kpis[one.other_kpi])
            conflict = replace(conflict, suggested_kpi=named.kpi, suggestion=named.why)
        yield conflict
