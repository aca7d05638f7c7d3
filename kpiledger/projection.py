"""The tables of schema `recorded`: ledger, definitions, organisation and run, as dbt reads them.

Each run lays them anew; they hold nothing that specs and ledger do not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from kpiledger.closing.columns import nothing_closed
from kpiledger.folding import AgreementVersionRow, TargetPeriodRow
from kpiledger.in_force import inputs_in_force
from kpiledger.laid_statistics.columns import no_statistics
from kpiledger.objectives.rows import objective_tables
from kpiledger.project import Project
from kpiledger.scales import is_additive, is_level, is_ratio
from kpiledger.specs.kpi import Kpi
from kpiledger.spot_checks.rows import SPOT_CHECK
from kpiledger.warehouse import Table

if TYPE_CHECKING:
    from kpiledger.recording import RecordedDefinition

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
UNIT = {
    **dict.fromkeys(("unit", "label", "kind", "department", "parent", "lead"), "varchar"),
    "lead_since": "date", "reports_to": "varchar",
}  # fmt: skip
AGREEMENT_VERSION = {
    "agreement": "varchar", "agreement_version": "integer", "holder": "varchar", "event": "varchar",
    "decided_on": "date", "valid_from": "date", "valid_to": "date", "reason_kind": "varchar",
    "reason_text": "varchar", "evidence": "varchar", "proposed_by": "varchar", "approved_by": "varchar",
    "seq": "integer", "recorded_at": "timestamp", "superseded_at": "timestamp", "commit_id": "varchar",
    "entry_hash": "varchar", "is_pilot": "boolean", "is_binding": "boolean", "approval_state": "varchar",
    "approval_seq": "integer", "approval_recorded_at": "timestamp", "is_pending": "boolean",
    "fired_trigger": "varchar",
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
    "named_version": "integer",
}  # fmt: skip
SCORING = {"at_commit": _SHARE, "at_target": _SHARE, "at_stretch": _SHARE}


def recorded_tables(
    project: Project,
    run: tuple[str, date | None, datetime],
    definitions: Mapping[tuple[str, int], RecordedDefinition],
    versions: Sequence[AgreementVersionRow],
    targets: Sequence[TargetPeriodRow],
) -> list[Table]:
    """All tables of the schema; `run` is run id, as-of date asked for, and start in UTC.

    Those of closed periods are empty: `kpiledger.closing.laying` fills them from what was frozen. So is that of spot
    checks and of check-ins: `kpiledger.spot_checks.rows` and `kpiledger.objectives.rows` have them from the ledger.
    """
    run_id, as_of_on, started_at = run
    scoring = project.organisation.scoring
    return [
        Table("run_context", RUN_CONTEXT, [(run_id, as_of_on, _utc(started_at))]),
        Table("kpi", KPI, [_kpi_row(project, kpi) for _, kpi in sorted(project.kpis.items())]),
        Table("kpi_version", KPI_VERSION, _version_rows(project, definitions)),
        Table("kpi_input", KPI_INPUT, _input_rows(project, definitions)),
        Table("unit", UNIT, _unit_rows(project, as_of_on)),
        Table("agreement_version", AGREEMENT_VERSION, laid_rows(versions)),
        Table("target_period", TARGET_PERIOD, laid_rows(targets)),
        Table("scoring", SCORING, [(scoring.at_commit, scoring.at_target, scoring.at_stretch)]),
        Table("spot_check", SPOT_CHECK, []),
        *objective_tables(project),
        *nothing_closed(),
        *no_statistics(),
    ]


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


def _unit_rows(project: Project, as_of_on: date | None) -> list[tuple[object, ...]]:
    """Each unit, with who leads it on the as-of date, or leads it last where none is asked for."""
    language = project.calendar.language
    rows: list[tuple[object, ...]] = []
    for name, unit in sorted(project.organisation.units.items()):
        lead = unit.led_on(as_of_on)
        role = project.organisation.roles.get(lead.role) if lead else None
        label = unit.label.get(language, name)
        led = (lead and lead.role, lead and lead.valid_from, role and role.reports_to)
        rows.append((name, label, unit.kind, unit.department, unit.parent, *led))
    return rows


def laid_rows(records: Sequence[AgreementVersionRow] | Sequence[TargetPeriodRow]) -> list[Sequence[object]]:
    """Records as rows of their table."""
    if not records:
        return []
    names = [one.name for one in fields(records[0])]
    # There may be millions, and most of their columns are as they are laid.
    of_record, moments = attrgetter(*names), [place for place, name in enumerate(names) if name.endswith("_at")]
    return [_with_moments(list(of_record(record)), moments) for record in records]


def _with_moments(row: list[Any], moments: Iterable[int]) -> Sequence[object]:
    for place in moments:
        if row[place] is not None:
            row[place] = _utc(row[place])
    return row


def _utc(moment: datetime) -> datetime:
    """A UTC moment as the warehouse keeps it: without a zone."""
    return moment.replace(tzinfo=None)
