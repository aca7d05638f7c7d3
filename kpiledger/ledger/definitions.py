"""What makes the numbers of a version of a KPI, in one form for each meaning?

`definition` holds what its numbers come from and nothing else: labels, owners, texts, hints and the order of
keys are not in it, expressions are in the form that all ways to write them share, and what may be left out
is filled in. `docs/guide/recorded-contents.md` says it key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from kpiledger.expressions import canonical
from kpiledger.in_force import all_inputs_in_force
from kpiledger.ledger.canonical import canonical_bytes, plain
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Cumulative, Formula
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.stretches import Stretch
from kpiledger.vocabulary import Aggregation, Grain

_EXPRESSIONS = ("expr", "where")
_FISCAL = {Grain.QUARTER, Grain.YEAR}


def definition_content(project: Project, kpi: Kpi, version: KpiVersion) -> dict[str, Any]:
    """A version of a KPI. Its `valid_to` is left out: the next version sets it, without changing this one."""
    definition = _definition(project, kpi, version)
    return {
        "kpi": kpi.kpi,
        "version": plain(version.version),
        "valid_from": plain(version.valid_from),
        "change": plain(version.change),
        "definition": definition,
        "definition_hash": _hash(definition),
        "depends_on": _depends_on(project, version),
    }


def definition_hash(project: Project, kpi: Kpi, version: KpiVersion) -> str:
    """SHA-256 of the canonical bytes of what makes the numbers of a version, in hexadecimal."""
    return _hash(_definition(project, kpi, version))


def comparable(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A definition as recorded and as found, less what may differ and leaves every recorded number as it was.

    That is another canonical form of the same expression, a slice that was added, the start of weeks or years
    where its grains speak of them on one side only, and the versions of inputs that came or ended since.
    """
    old, new = recorded["definition"], found["definition"]
    calendars = _shared(old["calendar"], new["calendar"])
    inputs = _shared(recorded["depends_on"], found["depends_on"])
    versions = {name: _shared(*(side[name] for side in inputs)) for name in inputs[0]}
    facts = {
        name: {**form, "dimensions": _of(form["dimensions"], old["facts"].get(name, {}).get("dimensions", {}))}
        for name, form in new["facts"].items()
    }
    sides = {**_with_expressions(old), "calendar": calendars[0]}, {**new, "calendar": calendars[1], "facts": facts}
    return (
        {**recorded, "definition": sides[0], "depends_on": {name: one for name, (one, _) in versions.items()}},
        {**found, "definition": sides[1], "depends_on": {name: one for name, (_, one) in versions.items()}},
    )


def _definition(project: Project, kpi: Kpi, version: KpiVersion) -> dict[str, Any]:
    measures, facts = {}, {}
    for name in sorted({given.measure for given in version.formula.inputs.values()}):
        found = project.measure(name)
        if found is None:
            raise ValueError(f"the measure {name!r} of {kpi.kpi} is in no fact")
        fact, measure = found
        measures[name] = _measure_form(fact, measure)
        facts[fact.fact] = _fact_form(fact, kpi)
    return {
        **{name: plain(getattr(kpi, name)) for name in ("unit", "currency", "direction", "missing")},
        "formula": _with_expressions(plain(version.formula.model_dump(mode="json", by_alias=True))),
        "measures": measures,
        "facts": facts,
        "calendar": _calendar_form(project.calendar, kpi, version.formula),
    }


def _measure_form(fact: Fact, measure: Measure) -> dict[str, Any]:
    """The aggregate and the day its rows belong to; a median is what the percentile 0.5 is."""
    form = {name: plain(getattr(measure, name)) for name in ("agg", "expr", "where", "percentile")}
    if measure.percentile == 0.5:
        form |= {"agg": Aggregation.MEDIAN.value, "percentile": None}
    form |= {"fact": fact.fact, "time": measure.time or fact.time, "over": sorted(measure.over)}
    return dict(_with_expressions(form))


def _fact_form(fact: Fact, kpi: Kpi) -> dict[str, Any]:
    """What a KPI takes from a fact besides measures: the rows, the zone of their times, the columns it is cut by."""
    form = {name: plain(getattr(fact, name)) for name in ("model", "key", "zone")}
    sliced = {
        name: {part: plain(getattr(fact.dimensions[name], part)) for part in ("column", "through", "on")}
        for name in sorted(kpi.slices)
        if name in fact.dimensions
    }
    return {**form, "dimensions": sliced}


def _calendar_form(calendar: Calendar, kpi: Kpi, formula: Formula) -> dict[str, Any]:
    """The zone whose days they are, and where weeks and years begin if its grains or spans speak of them."""
    spoken_of = {*kpi.grains, *(Stretch(span).to_date for span in kpi.spans)}
    if isinstance(formula, Cumulative):
        spoken_of.add(formula.to_date)
    form = {"zone": plain(calendar.zone)}
    if Grain.WEEK in spoken_of:
        form["week_starts"] = plain(calendar.week_starts)
    if _FISCAL & spoken_of:
        form["fiscal_year_starts"] = plain(calendar.fiscal_year_starts)
    return form


def _depends_on(project: Project, version: KpiVersion) -> dict[str, dict[str, str]]:
    """The definition hash of each version of a KPI that the numbers pass through, by KPI and version."""
    found: dict[str, dict[str, str]] = {}
    for one in all_inputs_in_force(project, version):
        held = found.setdefault(one.kpi.kpi, {})
        held[plain(one.version.version)] = definition_hash(project, one.kpi, one.version)
    return found


def _with_expressions(form: Any) -> Any:
    """A form with each expression in it as all ways to write it are written."""
    if isinstance(form, list):
        return [_with_expressions(item) for item in form]
    if not isinstance(form, Mapping):
        return form
    return {
        key: plain(canonical(item)) if key in _EXPRESSIONS and isinstance(item, str) else _with_expressions(item)
        for key, item in form.items()
    }


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return _of(one, other), _of(other, one)


def _of(form: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in form.items() if key in keys}


def _hash(definition: Mapping[str, Any]) -> str:
    return sha256(canonical_bytes(definition)).hexdigest()
