"""dbt's semantic models and metrics as facts and KPIs: what was ours comes back as it was, the rest as it reads.

What an export of ours wrote holds the whole of our spec in its meta. It is taken from there, exported again and
held against the file: where the two differ, somebody changed dbt's side, and which of the two is meant is not ours
to guess. Everything else is read from dbt's own keys. Whatever dbt would answer otherwise is left out, and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from kpiledger.expressions import DEFAULT_DIALECT
from kpiledger.interchange.exporting import export_layer
from kpiledger.interchange.foreign import Entry, Foreign
from kpiledger.interchange.foreign_facts import ForeignFact, first_problem, foreign_fact, model_of
from kpiledger.interchange.foreign_formulas import Known, foreign_formula
from kpiledger.interchange.given import Given, kpi_keys
from kpiledger.interchange.layer import Unsaid
from kpiledger.interchange.sameness import edits
from kpiledger.interchange.told import Told
from kpiledger.project import Project
from kpiledger.specs.fact import Fact
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Kpi


@dataclass(slots=True)
class Imported:
    """Facts and KPIs by name, and what was left out."""

    facts: dict[str, Fact] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    left_out: list[Told] = field(default_factory=list)


def import_layer(foreign: Foreign, given: Given, project: Project, dialect: str = DEFAULT_DIALECT) -> Imported:
    """What the files say, as specs that fit into a project."""
    imported = Imported(left_out=list(foreign.not_read))
    facts = {name: _known_fact(fact) for name, fact in project.facts.items()}
    for entry in foreign.semantic_models:
        found = _fact(entry, foreign, given, project, imported)
        if found:
            imported.facts[entry.name] = found.fact
            facts[entry.name] = found
    known = Known(
        {measure: one for one in facts.values() for measure in one.fact.measures},
        {entry.name: entry for entry in foreign.metrics},
        project.columns,
    )
    for entry in foreign.metrics:
        _kpi(entry, known, given, imported)
    _leave_out_what_misses_something(foreign, project, imported)
    _leave_out_what_dbt_says_otherwise(foreign, project, imported, dialect)
    _leave_out_what_misses_something(foreign, project, imported)
    imported.left_out.sort()
    return imported


def _known_fact(fact: Fact) -> ForeignFact:
    """A fact of the project itself, which metrics may speak of too."""
    own = {f"{fact.model}__{name}": one.column for name, one in fact.dimensions.items() if not one.through}
    return ForeignFact(fact, own, {})


def _fact(entry: Entry, foreign: Foreign, given: Given, project: Project, imported: Imported) -> ForeignFact | None:
    try:
        if entry.is_whole:
            said = {"fact": entry.name, "model": model_of(entry), "description": entry.value.get("description")}
            return _known_fact(Fact.model_validate({**entry.ours, **said}))
        if not entry.value.get("measures"):
            return None  # a dimension model: facts reach it
        found, told = foreign_fact(entry, foreign.semantic_models, given, project.columns)
        imported.left_out += told
        return found
    except ValidationError as problem:
        imported.left_out.append(entry.told(first_problem(problem)))
    except Unsaid as problem:
        imported.left_out.append(entry.told(str(problem)))
    return None


def _kpi(entry: Entry, known: Known, given: Given, imported: Imported) -> None:
    ours = entry.ours
    if entry.is_part:
        return
    said = {"kpi": entry.name, "description": entry.value.get("description", "")}
    try:
        if entry.is_whole:
            imported.kpis[entry.name] = Kpi.model_validate({**ours, **said})
            return
        formula, is_zero = foreign_formula(entry, known)
        keys = kpi_keys(given, ours)
        change = {"reason": "imported from dbt", "requested_by": keys["owner"]}
        version = {"version": 1, "valid_from": given.starts_on, "change": change, "formula": formula}
        label = ours.get("label", {given.language: entry.value.get("label", entry.name)})
        missing = {"missing": "zero"} if is_zero else {}
        imported.kpis[entry.name] = Kpi.model_validate(
            {**said, **keys, **missing, "label": label, "versions": [version]}
        )
    except ValidationError as problem:
        imported.left_out.append(entry.told(first_problem(problem)))
    except Unsaid as problem:
        imported.left_out.append(entry.told(str(problem)))


def _leave_out_what_misses_something(foreign: Foreign, project: Project, imported: Imported) -> None:
    """Leave out KPIs whose measures or KPIs are not there, until nothing more is missing."""
    entries = {entry.name: entry for entry in foreign.metrics}
    while True:
        whole = together(project, imported)
        lacking = {name: needed for name in imported.kpis for needed in _lacking(whole, imported.kpis[name])}
        for name, needed in lacking.items():
            del imported.kpis[name]
            imported.left_out.append(entries[name].told(f"it needs {needed}, which is not there or was left out"))
        if not lacking:
            return


def _lacking(whole: Project, kpi: Kpi) -> Iterator[str]:
    for version in kpi.versions:
        measures = [one.measure for one in version.formula.inputs.values()]
        yield from (f"the measure {name}" for name in measures if not whole.measure(name))
        yield from (f"the KPI {name}" for name in kpis_in(version.formula).values() if name not in whole.kpis)


def _leave_out_what_dbt_says_otherwise(foreign: Foreign, project: Project, imported: Imported, dialect: str) -> None:
    exported = export_layer(together(project, imported), dialect)
    reasons = {told.name: told.reason for told in exported.left_out}
    edited = edits(exported.layer, foreign)
    for entry in foreign.metrics:
        reason = reasons.get(entry.name) or edited.get(entry.name)
        if reason and entry.name in imported.kpis:
            del imported.kpis[entry.name]
            imported.left_out.append(entry.told(reason))
    for entry in foreign.semantic_models:
        if entry.name in imported.facts and entry.name in edited:
            del imported.facts[entry.name]
            imported.left_out.append(entry.told(edited[entry.name]))


def together(project: Project, imported: Imported) -> Project:
    """The project with what was imported."""
    facts: Mapping[str, Fact] = {**project.facts, **imported.facts}
    kpis: Mapping[str, Kpi] = {**project.kpis, **imported.kpis}
    return replace(project, facts=facts, kpis=kpis)
