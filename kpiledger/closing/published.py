"""What of the published warehouse goes into the entry of a close: definitions, models, inputs, influence, KPIs?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.extracts.choosing import SET, chosen_inputs
from kpiledger.project import Project
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.warehouse import rows_of

_DEFINITIONS = """
    select kpi, version, definition_hash from kpi.dim_kpi_version
    where valid_from <= $last and coalesce(valid_to, $last) >= $first
    order by kpi, version
"""
_KPIS = """
    select distinct kpi from kpi.fct_kpi_value
    where period_start >= $first and period_end <= $last
    order by kpi
"""
_INFLUENCES = """
    select kpi, influence from kpi.fct_kpi_target
    where period_start between $first and $last and superseded_at is null and not is_pending
    group by all order by all
"""
_HOLDERS = "select distinct holder from kpi.scorecard_now union select distinct holder from kpi.fct_scorecard"
# What a close reads: a publication that lacks one of them was made by an older version of ours.
_READ = (
    "fct_scorecard",
    "scorecard_now",
    "fct_closed_value",
    "fct_period_close",
    "fct_restatement",
    "fct_check_result",
)
_THERE = "select table_name from information_schema.tables where table_schema = 'kpi'"


@dataclass(frozen=True, slots=True)
class Published:
    """What the published warehouse says of a period."""

    kpis: Sequence[str]
    definitions: Mapping[str, Mapping[str, str]]
    influences: Mapping[str, Sequence[Decimal | None]]
    models: Mapping[str, str]
    inputs: Mapping[str, str]

    def sources_of(self, project: Project) -> frozenset[str]:
        """The sources that the KPIs of the period rest on, and the warehouse, whose facts are checked too."""
        facts = (fact for name in self.kpis for fact, _ in project.measured_by(project.kpis[name]))
        return frozenset((WAREHOUSE, *(source for fact in facts for source in fact.source)))


def published_in(
    warehouse: DuckDBPyConnection, publication: Path, project: Project, days: tuple[date, date]
) -> Published:
    """Read it; KPIs that the files do not have any more are left out."""
    words = {"first": days[0], "last": days[1]}
    definitions: dict[str, dict[str, str]] = {}
    for kpi, version, digest in warehouse.execute(_DEFINITIONS, words).fetchall():
        definitions.setdefault(kpi, {})[str(version)] = digest
    influences: dict[str, list[Decimal | None]] = {}
    for kpi, influence in warehouse.execute(_INFLUENCES, words).fetchall():
        influences.setdefault(kpi, []).append(influence)
    kpis = [kpi for (kpi,) in warehouse.execute(_KPIS, words).fetchall() if kpi in project.kpis]
    inputs = chosen_inputs(publication) if (publication / SET).exists() else {}
    return Published(kpis, definitions, influences, _models(project.root), inputs)


def lacking(warehouse: DuckDBPyConnection) -> list[str]:
    """The tables that a close reads and the publication does not have."""
    there = {name for (name,) in warehouse.execute(_THERE).fetchall()}
    return [name for name in _READ if name not in there]


def as_of_in(warehouse: DuckDBPyConnection) -> str:
    """The day that the published figures are as of."""
    (row,) = rows_of(warehouse, "select as_of_on from kpi.as_of")
    return str(row["as_of_on"].isoformat())


def holders_in(warehouse: DuckDBPyConnection) -> frozenset[str]:
    """Everybody who is held to something, or was when a period was closed."""
    return frozenset(holder for (holder,) in warehouse.execute(_HOLDERS).fetchall())


def _models(root: Path) -> dict[str, str]:
    """The SHA-256 of each model's text, by its path."""
    found = sorted((root / "models").rglob("*.sql"))
    return {path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in found}
