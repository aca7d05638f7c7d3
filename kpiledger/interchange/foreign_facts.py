"""Semantic models of dbt that no export of ours wrote, as facts: what is not exactly ours is told and left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kpiledger.interchange.foreign import Entry
from kpiledger.interchange.foreign_measures import foreign_measure
from kpiledger.interchange.given import Given, fact_source
from kpiledger.interchange.layer import Unsaid
from kpiledger.interchange.told import Told
from kpiledger.specs.fact import Fact
from kpiledger.vocabulary import is_name

Columns = Mapping[str, Mapping[str, str]]
_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)\Z")
_MOMENT = re.compile(r"timestamp|datetime", re.IGNORECASE)


@dataclass(slots=True)
class ForeignFact:
    """A fact, the columns that filters know its dimensions by, and the entities by which it is counted."""

    fact: Fact
    filter_columns: Mapping[str, str]
    entities: Mapping[str, tuple[str, str]]  # name -> column, kind
    fills: dict[str, Any] = field(default_factory=dict)


def model_of(entry: Entry) -> str:
    """The dbt model of a semantic model."""
    found = _REF.match(str(entry.value.get("model", "")).strip())
    if found is None:
        raise Unsaid("its `model` is no plain ref('...')")
    return found.group(1)


def foreign_fact(
    entry: Entry, others: Sequence[Entry], given: Given, columns: Columns
) -> tuple[ForeignFact, list[Told]]:
    """A semantic model as a fact, with what is left out of it; Unsaid where nothing of it can be taken."""
    model = model_of(entry)
    known = columns.get(model, {})
    told: list[Told] = []
    times = _times(entry)
    entities = dict(_entities(entry))
    time = times.get(str(_mapping(entry.value.get("defaults")).get("agg_time_dimension")))
    if time is None:
        raise Unsaid("its `defaults: agg_time_dimension` names no date column of the grain day")
    dimensions = {**dict(_own_dimensions(entry, told)), **dict(_reached(entry, others, entities, told))}
    measures = dict(_measures(entry, times, time, known, told))
    used = {measure["time"] for measure in measures.values() if "time" in measure}
    if not entry.value.get("description"):
        raise Unsaid("it has no description")
    moment = {"zone": given.zone} if _MOMENT.search(known.get(time, "")) else {}
    try:
        fact = Fact.model_validate({
            "fact": entry.name, "model": model, "description": entry.value["description"], "key": _key(entities),
            "time": time, "times": sorted(used - {time}), **moment, "source": fact_source(given, entry.ours),
            "dimensions": dimensions, "measures": measures,
        })  # fmt: skip
    except ValidationError as problem:
        raise Unsaid(first_problem(problem)) from problem
    return ForeignFact(fact, _filter_columns(entry, entities, dimensions), entities), told


def first_problem(problem: ValidationError) -> str:
    """The first complaint about a spec, with the key it is about."""
    error = problem.errors()[0]
    return f"{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _parts(entry: Entry, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    found = entry.value.get(key)
    for index, part in enumerate(found if isinstance(found, list) else ()):
        if isinstance(part, dict) and isinstance(part.get("name"), str):
            yield index, part


def _column(part: dict[str, Any]) -> str | None:
    """The column that an entity or dimension is; None where it is an expression."""
    column = str(part.get("expr") or part["name"])
    return column if is_name(column) else None


def _entities(entry: Entry) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(entry.value.get("primary_entity"), str):
        yield entry.value["primary_entity"], ("", "primary")
    for _, part in _parts(entry, "entities"):
        yield part["name"], (_column(part) or "", str(part.get("type")))


def _key(entities: Mapping[str, tuple[str, str]]) -> list[str]:
    found = [column for column, kind in entities.values() if kind == "primary"]
    if not found or not found[0]:
        raise Unsaid("it has no primary entity that is a column: the key of its rows is not known")
    return found


def _times(entry: Entry) -> dict[str, str]:
    """The columns of time dimensions that go by days, by their names."""
    found = {}
    for _, part in _parts(entry, "dimensions"):
        granularity = _mapping(part.get("type_params")).get("time_granularity")
        column = _column(part)
        if part.get("type") == "time" and granularity == "day" and column:
            found[part["name"]] = column
    return found


def _own_dimensions(entry: Entry, told: list[Told]) -> Iterator[tuple[str, Any]]:
    for index, part in _parts(entry, "dimensions"):
        column = _column(part)
        if part.get("type") != "categorical":
            continue
        if column:
            yield part["name"], {"column": column}
        else:
            reason = f"its dimension {part['name']} is an expression; make it a column of the mart"
            told.append(entry.told(reason, "dimensions", index))


def _reached(
    entry: Entry, others: Sequence[Entry], entities: Mapping[str, tuple[str, str]], told: list[Told]
) -> Iterator[tuple[str, Any]]:
    """The dimensions of models one step away, under their own names, or with the entity's where one is taken."""
    taken = {part["name"] for key in ("dimensions", "measures") for _, part in _parts(entry, key)}
    for name, (column, kind) in entities.items():
        for other in others if kind == "foreign" else ():
            theirs = dict(_entities(other)).get(name)
            if other is entry or theirs is None or theirs[1] != "primary":
                continue
            if not column or theirs[0] != column:
                told.append(entry.told(f"its way to {other.name} joins columns that are not of one name", "entities"))
                continue
            for _, part in _parts(other, "dimensions"):
                found = _column(part)
                if part.get("type") == "categorical" and found:
                    own = part["name"] if part["name"] not in taken else f"{name}_{part['name']}"
                    taken.add(own)
                    yield own, {"through": model_of(other), "on": column, "column": found}


def _measures(
    entry: Entry, times: Mapping[str, str], default: str, known: Mapping[str, str], told: list[Told]
) -> Iterator[tuple[str, Any]]:
    for index, part in _parts(entry, "measures"):
        try:
            measure = foreign_measure(part, times, known)
        except Unsaid as problem:
            told.append(entry.told(f"its measure {part['name']}: {problem}", "measures", index))
            continue
        if measure.get("time") == default:
            del measure["time"]
        if part.get("create_metric") == "true":
            reason = f"its measure {part['name']} has `create_metric`; write the metric out to import it as a KPI"
            told.append(entry.told(reason, "measures", index))
        yield part["name"], measure


def _filter_columns(
    entry: Entry, entities: Mapping[str, tuple[str, str]], dimensions: Mapping[str, Any]
) -> dict[str, str]:
    primary = [name for name, (_, kind) in entities.items() if kind == "primary"]
    own = {name: one["column"] for name, one in dimensions.items() if "through" not in one}
    return {f"{entity}__{name}": column for entity in primary for name, column in own.items()}
