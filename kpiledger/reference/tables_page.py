"""The page of tables: what schema `kpi` of the warehouse offers to readers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from kpiledger.closing import restating
from kpiledger.conflicts import table as conflict_table
from kpiledger.extracts.table import COLUMNS, MEANING
from kpiledger.quality.tables import FCT_CHECK_GROUP, FCT_CHECK_RESULT, FCT_RECONCILIATION, FCT_REGISTRATION_ISSUE
from kpiledger.reference.markdown import page, table
from kpiledger.reviews.tables import CONVERSATION_TABLES

_FOLDERS = ("models/kpis", "models/scorecard")
_CHECKED = (FCT_CHECK_RESULT, FCT_CHECK_GROUP, FCT_REGISTRATION_ISSUE, FCT_RECONCILIATION)


@dataclass(frozen=True, slots=True)
class Described:
    """A table, what one row of it is, and its columns: name, type and meaning."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str, str], ...]


def tables_page(root: Path, facts: Collection[str]) -> str:
    """The page, from the dbt YAML of a project; tables of which each fact has one are shown once."""
    shared, by_fact = [], dict[str, Described]()
    for described in described_tables(root):
        family = family_of(described.name, facts)
        if family is None:
            shared.append(described)
        else:
            by_fact.setdefault(family, described)
    return page(
        "Tables",
        "Schema `kpi` of the warehouse. Dates are days, columns in `_at` are UTC, ratios are 0 to 1, and null means "
        "that there is nothing to say.",
        *(_section(described.name, "", described) for described in shared),
        *(
            _section(family, f"Each fact has one; this is `{described.name}`.", described)
            for family, described in sorted(by_fact.items())
        ),
    )


def described_tables(root: Path) -> Iterator[Described]:
    """Every table of schema `kpi`, those of dbt first, then those that a run lays itself."""
    for folder in _FOLDERS:
        for path in sorted((root / folder).glob("*.yml")):
            written = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            yield from (_model(model) for model in written.get("models", ()))
    for checked in _CHECKED:
        columns = tuple((column.name, column.kind, column.meaning) for column in checked.columns)
        yield Described(checked.name, checked.meaning, columns)
    yield Described("dim_extract", MEANING, tuple((name, *said) for name, said in COLUMNS.items()))
    for laid in (restating, conflict_table):
        yield Described(laid.NAME, laid.MEANING, tuple((name, *said) for name, said in laid.COLUMNS.items()))
    for talked in CONVERSATION_TABLES:
        yield Described(talked.name, talked.meaning, tuple((name, *said) for name, said in talked.columns.items()))


def family_of(name: str, facts: Collection[str]) -> str | None:
    """The name that the tables of all facts share, as kpi_<fact>; None for a table that stands by itself."""
    fact = next((fact for fact in sorted(facts, key=len, reverse=True) if name.endswith(f"_{fact}")), None)
    return f"{name.removesuffix(fact)}<fact>" if fact else None


def _model(model: Mapping[str, object]) -> Described:
    columns = model.get("columns")
    told = columns if isinstance(columns, list) else []
    return Described(
        str(model["name"]),
        str(model.get("description", "")),
        tuple(
            (column["name"], column.get("data_type", "as its measure"), column.get("description", ""))
            for column in told
        ),
    )


def _section(name: str, note: str, described: Described) -> str:
    rows = [(f"`{column}`", kind, meaning) for column, kind, meaning in described.columns]
    parts = [f"## {name}", described.meaning, note, table(("column", "type", "means"), rows)]
    return "\n\n".join(part for part in parts if part)
