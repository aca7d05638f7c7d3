"""Is every waiver of a check or rule that there is, accepted by another than who asks, for a while that ends?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, warning
from kpiledger.rules.governance import LESSONS
from kpiledger.rules.persons import one_person
from kpiledger.rules.waiver_chains import chain_rules, is_followed, named
from kpiledger.specs.automatic import WAREHOUSE, automatic_checks
from kpiledger.specs.base import Path
from kpiledger.specs.waiver import LONGEST, Accepted, RuleWaiver, Waiver, Waivers


def waiver_rules(project: Project) -> Iterable[Finding]:
    """Findings in waivers.yml."""
    spec = project.waivers
    if spec is None:
        return
    for index, waiver in enumerate(spec.waivers):
        path = ("waivers", index)
        yield from _people(project, spec, path, waiver)
        if isinstance(waiver, RuleWaiver):
            yield from _ruled(project, spec, path, waiver)
        else:
            yield from _checked(project, spec, path, waiver)
        yield from _days(project, spec, path, waiver)
        yield from _once(spec, path, index, waiver)
    yield from chain_rules(spec)


def _people(project: Project, spec: Waivers, path: Path, waiver: Accepted) -> Iterable[Finding]:
    if waiver.requested_by == waiver.approved_by:
        message = f"`{waiver.approved_by}` asks for the waiver and accepts it"
        yield error("KPI180", spec, (*path, "approved_by"), message, "let another role accept it")
    if "organisation" in project.unread:
        return
    yield from _two_people(project, spec, path, waiver)
    organisation = project.organisation
    known = {*organisation.roles, *organisation.units, *organisation.departments}
    for key in ("requested_by", "approved_by"):
        yield from unknown("KPI023", spec, (*path, key), getattr(waiver, key), known, "role")


def _two_people(project: Project, spec: Waivers, path: Path, waiver: Accepted) -> Iterable[Finding]:
    asks, accepts, day = waiver.requested_by, waiver.approved_by, waiver.valid_from
    person = None if asks == accepts or "authority" in project.unread else one_person(project, asks, accepts, day)
    if person is not None:
        message = f"`{person}` alone is behind `{asks}` and `{accepts}` on {day}, and so asks and accepts"
        hint = "let a role accept it that somebody else has"
        yield error("KPI194", spec, (*path, "approved_by"), message, hint)


def _checked(project: Project, spec: Waivers, path: Path, waiver: Waiver) -> Iterable[Finding]:
    if waiver.source == WAREHOUSE:
        yield from _of_fact(project, spec, path, waiver)
        return
    expectations = project.expectations.get(waiver.source)
    if expectations is None:
        if not project.unread.get("expectations"):
            known = [*project.expectations, WAREHOUSE]
            yield from unknown("KPI179", spec, (*path, "source"), waiver.source, known, "source")
        return
    tables = {table.table: table for table in expectations.tables}
    table = tables.get(waiver.table)
    if table is None:
        of = f"{waiver.source} in {expectations.path}"
        yield from unknown("KPI179", spec, (*path, "table"), waiver.table, tables, "table", of)
        return
    checks = [rule.id for rule in table.rules]
    checks += ["reconciliation"] if table.reconcile else []
    checks += ["freshness"] if table.freshness else []
    yield from _known(spec, path, waiver, checks)


def _ruled(project: Project, spec: Waivers, path: Path, waiver: RuleWaiver) -> Iterable[Finding]:
    if waiver.rule not in LESSONS:
        message = f"there is no rule `{waiver.rule}` that can be waived"
        yield error("KPI179", spec, (*path, "rule"), message, suggestion(waiver.rule, LESSONS, "rules"))
    if {"kpi", "fact", "holder", "chain", "organisation"} & project.unread.keys():
        return
    stages = (stage.stage for stage in project.chain.stages)
    agreements = (event.agreement for file in project.agreements for event in file.events)
    holders = (file.holder for file in project.agreements)
    departments = project.organisation.departments
    known = {*project.kpis, *project.facts, *stages, *agreements, *holders, *departments}
    kind = "KPI, fact, holder, agreement, chain stage or department"
    if waiver.of not in known:
        hint = suggestion(waiver.of, known, "names of these")
        yield error("KPI179", spec, (*path, "of"), f"there is no {kind} `{waiver.of}`", hint)


def _of_fact(project: Project, spec: Waivers, path: Path, waiver: Waiver) -> Iterable[Finding]:
    fact = project.facts.get(waiver.table)
    if fact is None:
        if waiver.table not in project.unread.get("fact", ()):
            yield from unknown("KPI179", spec, (*path, "table"), waiver.table, project.facts, "fact")
        return
    yield from _known(spec, path, waiver, automatic_checks(fact))


def _known(spec: Waivers, path: Path, waiver: Waiver, checks: Iterable[str]) -> Iterable[Finding]:
    known = tuple(checks)
    if waiver.check not in known:
        message = f"there is no check `{waiver.check}` of {waiver.source}.{waiver.table}"
        hint = suggestion(waiver.check, known, "checks of it") if known else "delete the waiver"
        yield error("KPI179", spec, (*path, "check"), message, hint)


def _days(project: Project, spec: Waivers, path: Path, waiver: Accepted) -> Iterable[Finding]:
    place = (*path, "expires_on")
    if waiver.expires_on < waiver.valid_from:
        message = f"the waiver ends on {waiver.expires_on}, before it begins on {waiver.valid_from}"
        yield error("KPI180", spec, place, message, "write a day after `valid_from`")
    elif waiver.expires_on - waiver.valid_from > LONGEST:
        message = f"the waiver holds until {waiver.expires_on}, more than a year"
        hint = f"write a day until {waiver.valid_from + LONGEST}; it can be asked for again then"
        yield error("KPI180", spec, place, message, hint)
    is_over = project.day is not None and waiver.valid_from <= waiver.expires_on < project.day
    if is_over and not is_followed(spec, waiver):  # one that was asked for again is told of as a chain
        what = "rule" if isinstance(waiver, RuleWaiver) else "check"
        message = f"the waiver of {_short(waiver)} expired on {waiver.expires_on}, and the {what} counts again"
        yield warning("KPI181", spec, place, message, "delete it, or ask for it again with a new reason")


def _once(spec: Waivers, path: Path, index: int, waiver: Accepted) -> Iterable[Finding]:
    for earlier in spec.waivers[:index]:
        is_same = named(earlier) == named(waiver)
        if is_same and earlier.valid_from <= waiver.expires_on and waiver.valid_from <= earlier.expires_on:
            message = f"{named(waiver)} is waived until {earlier.expires_on} already"
            yield error("KPI180", spec, (*path, "valid_from"), message, "keep one of the two, or let them follow")
            return


def _short(waiver: Accepted) -> str:
    return waiver.check if isinstance(waiver, Waiver) else named(waiver)
