"""The tables of schema `recorded`: ledger, definitions, organisation and run, as dbt reads them.

Each run lays them anew; they hold nothing that specs and ledger do not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.folding import AgreementVersionRow, TargetPeriodRow
from kpiledger.in_force import inputs_in_force
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.recording import RecordedDefinition
from kpiledger.scales import is_additive, is_level, is_ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import ApprovalState, Grain, Reference
from kpiledger.warehouse import Table, open_reader, rows_of

SCHEMA = "recorded"
_AMOUNT, _SHARE = "decimal(38,10)", "decimal(9,6)"

RUN_CONTEXT = {"run_id": "varchar", "as_of_on": "date", "started_at": "timestamp"}
KPI = {
    **dict.fromkeys(
        (
            "kpi", "label", "description", "owner", "department", "chain_stage", "timing", "effect", "aspect",
            "level", "direction", "unit", "currency", "cadence",
        ),
        "varchar",
    ),
    "is_missing_zero": "boolean", "deprecated_on": "date", "deprecated_reason": "varchar", "replaced_by": "varchar",
}  # fmt: skip
KPI_VERSION = {
    "kpi": "varchar", "version": "integer", "valid_from": "date", "valid_to": "date",
    "computed_from": "date", "computed_to": "date", "formula": "varchar",
    "definition_hash": "varchar", "change_reason": "varchar", "requested_by": "varchar", "seq": "integer",
    "recorded_at": "timestamp", "entry_hash": "varchar",
    "is_ratio": "boolean", "is_additive": "boolean", "is_level": "boolean",
}  # fmt: skip
KPI_INPUT = {
    "kpi": "varchar", "version": "integer", "input_kpi": "varchar", "input_version": "integer",
    "valid_from": "date", "valid_to": "date", "definition_hash": "varchar",
}  # fmt: skip
UNIT = dict.fromkeys(("unit", "label", "kind", "department", "parent", "lead"), "varchar")
AGREEMENT_VERSION = {
    "agreement": "varchar", "agreement_version": "integer", "holder": "varchar", "event": "varchar",
    "decided_on": "date", "valid_from": "date", "valid_to": "date", "reason_kind": "varchar",
    "reason_text": "varchar", "evidence": "varchar", "proposed_by": "varchar", "approved_by": "varchar",
    "seq": "integer", "recorded_at": "timestamp", "superseded_at": "timestamp", "commit_id": "varchar",
    "entry_hash": "varchar", "is_pilot": "boolean", "is_binding": "boolean", "approval_state": "varchar",
    "approval_seq": "integer", "approval_recorded_at": "timestamp", "is_pending": "boolean",
}  # fmt: skip
TARGET_PERIOD = {
    "agreement": "varchar", "agreement_version": "integer", "holder": "varchar", "kpi": "varchar",
    "slice": "varchar", "member": "varchar", "grain": "varchar", "period_start": "date", "period_end": "date",
    "target_value": _AMOUNT, "comparison": "varchar", "amber_value": _AMOUNT, "stretch_value": _AMOUNT,
    "weight": _SHARE, "influence": _SHARE, "baseline_value": _AMOUNT, "valid_from": "date", "valid_to": "date",
    "recorded_at": "timestamp", "superseded_at": "timestamp",
    "upper_value": _AMOUNT, "within_value": _AMOUNT, "commit_value": _AMOUNT, "amber_share": _AMOUNT,
    "amber_outside_by": _AMOUNT, "reference": "varchar", "reference_times": _AMOUNT,
    "is_pilot": "boolean", "is_binding": "boolean", "approval_state": "varchar", "is_pending": "boolean",
}  # fmt: skip
# What a publication says that was made before trials and approvals: everything binds.
_BEFORE_A_COLUMN = {
    "is_pilot": False, "is_binding": True, "approval_state": ApprovalState.NOT_REQUIRED.value, "is_pending": False,
}  # fmt: skip
_COLUMNS_THERE = "select column_name from information_schema.columns where table_schema = 'kpi' and table_name = ?"
SCORING = {"at_commit": _SHARE, "at_target": _SHARE, "at_stretch": _SHARE}


def recorded_tables(
    project: Project,
    run: tuple[str, date | None, datetime],
    definitions: Mapping[tuple[str, int], RecordedDefinition],
    versions: Iterable[AgreementVersionRow],
    targets: Iterable[TargetPeriodRow],
) -> list[Table]:
    """All tables of the schema; `run` is run id, as-of date asked for, and start in UTC."""
    run_id, as_of_on, started_at = run
    scoring = project.organisation.scoring
    return [
        Table("run_context", RUN_CONTEXT, [(run_id, as_of_on, _utc(started_at))]),
        Table("kpi", KPI, [_kpi_row(project, kpi) for _, kpi in sorted(project.kpis.items())]),
        Table("kpi_version", KPI_VERSION, _version_rows(project, definitions)),
        Table("kpi_input", KPI_INPUT, _input_rows(project, definitions)),
        Table("unit", UNIT, _unit_rows(project)),
        Table("agreement_version", AGREEMENT_VERSION, [_row(version) for version in versions]),
        Table("target_period", TARGET_PERIOD, [_row(target) for target in targets]),
        Table("scoring", SCORING, [(scoring.at_commit, scoring.at_target, scoring.at_stretch)]),
    ]


def projected_rows(warehouse: Path) -> list[AgreementVersionRow | TargetPeriodRow]:
    """What the published tables say of agreements and targets, to be held against the ledger.

    A figure that is relative to the same period last year is computed from data, and no ledger knows it.
    """
    with open_reader(warehouse) as connection:
        agreed = _projected(connection, "dim_agreement_version", AGREEMENT_VERSION)
        promised = _projected(connection, "fct_kpi_target", TARGET_PERIOD)
    for row in promised:
        row["period_end"] = Period(row["period_start"], Grain(row["grain"])).end
        if row["reference"] == Reference.SAME_PERIOD_LAST_YEAR:
            row["target_value"] = None
            row["amber_value"] = row["amber_value"] if row["amber_share"] is None else None
    return [
        *(AgreementVersionRow(**_zoned(row)) for row in agreed),
        *(TargetPeriodRow(**_zoned(row)) for row in promised),
    ]


def _projected(connection: DuckDBPyConnection, table: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a published table; a column that it did not have yet says of all what it says of plain targets."""
    there = {row["column_name"] for row in rows_of(connection, _COLUMNS_THERE, [table])}
    asked = [name for name in columns if name in there]
    missing = {name: _BEFORE_A_COLUMN.get(name) for name in columns if name not in there}
    return [missing | row for row in rows_of(connection, f"select {', '.join(asked)} from kpi.{table}")]


def _kpi_row(project: Project, kpi: Kpi) -> tuple[object, ...]:
    language = project.calendar.language
    return (
        kpi.kpi, kpi.label_in(language), " ".join(kpi.description.split()), kpi.owner, kpi.department,
        kpi.chain_stage, kpi.timing, kpi.effect, kpi.aspect, kpi.level, kpi.direction, kpi.unit, kpi.currency,
        kpi.cadence, kpi.missing == "zero",
        kpi.deprecated and kpi.deprecated.on, kpi.deprecated and kpi.deprecated.reason,
        kpi.deprecated and kpi.deprecated.replaced_by,
    )  # fmt: skip


def _version_rows(
    project: Project, definitions: Mapping[tuple[str, int], RecordedDefinition]
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, kpi in sorted(project.kpis.items()):
        for version in kpi.versions:
            recorded = definitions[name, version.version]
            formula = json.dumps(version.formula.model_dump(mode="json", by_alias=True), sort_keys=True)
            rows.append((
                name, version.version, version.valid_from, version.valid_to,
                version.first_day, version.last_day, formula, recorded.definition_hash,
                version.change.reason, version.change.requested_by, recorded.seq, _utc(recorded.recorded_at),
                recorded.entry_hash, is_ratio(project, version), is_additive(project, version),
                is_level(project, version),
            ))  # fmt: skip
    return rows


def _input_rows(
    project: Project, definitions: Mapping[tuple[str, int], RecordedDefinition]
) -> list[tuple[object, ...]]:
    return [
        (
            name, version.version, found.kpi.kpi, found.version.version, found.first_day, found.last_day,
            definitions[found.kpi.kpi, found.version.version].definition_hash,
        )
        for name, kpi in sorted(project.kpis.items())
        for version in kpi.versions
        for found in inputs_in_force(project, version)
    ]  # fmt: skip


def _unit_rows(project: Project) -> list[tuple[object, ...]]:
    language = project.calendar.language
    return [
        (name, unit.label.get(language, name), unit.kind, unit.department, unit.parent, unit.lead)
        for name, unit in sorted(project.organisation.units.items())
    ]


def _row(record: AgreementVersionRow | TargetPeriodRow) -> Sequence[object]:
    return [_utc(value) if isinstance(value, datetime) else value for value in astuple(record)]


def _zoned(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was before `_utc` took the zone from its moments."""
    return {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}


def _utc(moment: datetime) -> datetime:
    """A UTC moment as the warehouse keeps it: without a zone."""
    return moment.replace(tzinfo=None)
