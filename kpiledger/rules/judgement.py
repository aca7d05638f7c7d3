"""What may be right and is worth a second look: warnings, which stop nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.timelines import told_events
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import Comparison, Direction, Grain

_FITTING = {Direction.INCREASE: Comparison.AT_LEAST, Direction.DECREASE: Comparison.AT_MOST}
_OPPOSITE = {Comparison.AT_LEAST: Comparison.AT_MOST, Comparison.AT_MOST: Comparison.AT_LEAST}
_ORDER = list(Grain)


def judgement_rules(project: Project) -> Iterable[Finding]:
    """Warnings about KPIs and agreements."""
    yield from _counter_kpis(project)
    yield from _cadence(project)
    yield from _comparison(project)
    yield from _sides(project)
    yield from _approval(project)


def _counter_kpis(project: Project) -> Iterable[Finding]:
    for kpi in project.kpis.values():
        if not kpi.counter_kpis:
            message = f"the KPI `{kpi.kpi}` names no counter-KPI"
            hint = "add `counter_kpis: [...]`: what gets worse when this one is pushed too hard?"
            yield warning("KPI080", kpi, ("kpi",), message, hint)


def _cadence(project: Project) -> Iterable[Finding]:
    for kpi in project.kpis.values():
        finest = min(kpi.grains, key=_ORDER.index)
        if _ORDER.index(kpi.cadence) < _ORDER.index(finest):
            message = f"`{kpi.kpi}` is reviewed every {kpi.cadence}, and computed by {finest} at the finest"
            more = f", or add {kpi.cadence} to `grains`"
            yield warning("KPI083", kpi, ("cadence",), message, f"write `cadence: {finest}`{more}")


def _comparison(project: Project) -> Iterable[Finding]:
    for told in told_events(project):
        for index, target in enumerate(told.event.targets):
            kpi = project.kpis.get(target.kpi)
            fitting = _FITTING.get(kpi.direction) if kpi else None
            if kpi and fitting and target.target.comparison is _OPPOSITE[fitting]:
                message = f"`{kpi.kpi}` should {kpi.direction}, and its target is `{target.target.comparison}`"
                path = told.path("targets", index, "target", "comparison")
                yield warning(
                    "KPI081", told.file, path, message, f"write `comparison: {fitting}`, if that is what was agreed"
                )


def _sides(project: Project) -> Iterable[Finding]:
    for told in told_events(project):
        for index, target in enumerate(told.event.targets):
            for key, bound, promised in _misplaced(target):
                side = "below" if (key == "amber") == _is_at_least(target) else "above"
                held = f"the target is {promised:f}, `{target.target.comparison}`"
                message = f"`{key}` of {target.kpi} is {bound:f}, and {held}"
                path = told.path("targets", index, key)
                yield warning("KPI084", told.file, path, message, f"write a figure {side} the target")


def _is_at_least(target: AgreedTarget) -> bool:
    return target.target.comparison is Comparison.AT_LEAST


def _misplaced(target: AgreedTarget) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The first figure for which amber or stretch, each with its name, lies on the wrong side."""
    if target.target.has_two_sides:
        return
    sign = 1 if _is_at_least(target) else -1
    for promised in target.figures:
        if target.amber:
            share, absolute = target.amber.share_of_target, target.amber.absolute
            amber = promised * share if share is not None else absolute
            if amber is not None and promised and (promised - amber) * sign <= 0:
                yield "amber", amber, promised
                return
        if target.stretch is not None and (target.stretch - promised) * sign <= 0:
            yield "stretch", target.stretch, promised
            return


def _approval(project: Project) -> Iterable[Finding]:
    for told in told_events(project):
        if told.event.proposed_by == told.event.approved_by:
            message = f"`{told.event.approved_by}` proposes and approves"
            hint = "let another role approve: nobody decides alone on a target"
            yield warning("KPI082", told.file, told.path("approved_by"), message, hint)
