"""From agreement events to the scorecard: the fold, and the scorecard's own models over made numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.compiling.calendar_models import day_model, period_model, span_model
from kpiledger.folding import Approval, RecordedEvent, agreement_version_rows, fold, target_period_rows
from kpiledger.projection import AGREEMENT_VERSION, TARGET_PERIOD
from kpiledger.specs.agreement import AgreementEvent
from kpiledger.specs.calendar import Calendar
from tests.compiled_models import plain_sql
from tests.soundness.scorecard_of import lay_no_statistics, lay_nothing_closed

MODELS = Path(__file__).parents[2] / "models" / "scorecard"
CALENDAR = Calendar.model_validate({"starts_on": date(2015, 1, 1), "zone": "UTC"})
NOW = datetime(2018, 1, 1, tzinfo=UTC)
Values = Mapping[tuple[str, date], str | None]
_GIVEN = """
    create table as_of as select cast(? as date) as as_of_on;
    create table dim_unit as select 'company' as unit, 'company' as kind;
    create table dim_kpi (kpi varchar, cadence varchar, is_missing_zero boolean, direction varchar);
    create table dim_kpi_version (
        kpi varchar, version integer, valid_from date, valid_to date, is_ratio boolean, is_additive boolean,
        is_level boolean
    );
    create table scoring as select
        cast(? as decimal(9, 6)) as at_commit, cast(? as decimal(9, 6)) as at_target,
        cast(? as decimal(9, 6)) as at_stretch
"""
_VALUES = """
    create table given_value (kpi varchar, version integer, period_start date, value decimal(38, 12));
    create table fct_kpi_value as select
        kpi, version, grain, span, period_start, 'all' as slice, 'all' as member, value, is_complete
    from dim_span
    inner join given_value using (period_start)
    where span = 'period' and grain = 'month'
"""


class Judged:
    """The tables that a set of events makes over monthly values of KPIs for the whole."""

    def __init__(
        self,
        events: Iterable[Mapping[str, Any]],
        values: Values,
        *,
        approvals: Mapping[str, Approval] | None = None,
        as_of: date = date(2017, 12, 31),
        scoring: tuple[str, str, str] = ("0.5", "1", "1.2"),
        versions: Iterable[tuple[str, int, date, date | None]] = (),
        older_values: Mapping[tuple[str, int, date], str] | None = None,
        is_additive: bool = True,
    ) -> None:
        self.connection = duckdb.connect()
        for statement, bound in zip(_GIVEN.strip().split(";\n"), ([as_of], [], [], [], [*scoring]), strict=True):
            self.connection.execute(statement, bound)
        self._define({kpi for kpi, _ in values}, list(versions), is_additive)
        for name, text in (
            ("dim_day", day_model(CALENDAR, [])),
            ("dim_period", period_model(CALENDAR, [])),
            ("dim_span", span_model(CALENDAR, [], [])),
        ):
            self.connection.execute(f"create table {name} as {plain_sql(text)}")
        self._measure(values, older_values or {})
        self._agree(events, approvals or {})
        lay_nothing_closed(self.connection)
        lay_no_statistics(self.connection)
        for name in ("fct_kpi_target", "held_period", "scorecard_now", "fct_scorecard", "fct_agreement_score"):
            text = (MODELS / f"{name}.sql").read_text(encoding="utf-8")
            self.connection.execute(f"create table {name} as {plain_sql(text)}")

    def rows(self, table: str, where: str = "true") -> list[dict[str, Any]]:
        """Rows of a table by column, by first day."""
        result = self.connection.execute(f"select * from {table} where {where} order by period_start")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def only(self, table: str, where: str = "true") -> dict[str, Any]:
        """The one row there is."""
        (row,) = self.rows(table, where)
        return row

    def _define(
        self, kpis: Iterable[str], versions: list[tuple[str, int, date, date | None]], is_additive: bool
    ) -> None:
        for kpi in sorted(kpis):
            self.connection.execute("insert into dim_kpi values (?, 'year', false, 'increase')", [kpi])
        for version in versions or [(kpi, 1, date(2015, 1, 1), None) for kpi in sorted(kpis)]:
            self.connection.execute(
                "insert into dim_kpi_version values (?, ?, ?, ?, false, ?, ?)",
                [*version, is_additive, not is_additive],
            )

    def _measure(self, values: Values, older: Mapping[tuple[str, int, date], str]) -> None:
        first, second = _VALUES.strip().split(";\n")
        self.connection.execute(first)
        given = [(kpi, 1, month, value) for (kpi, month), value in values.items()]
        given += [(kpi, version, month, value) for (kpi, version, month), value in older.items()]
        for row in given:
            self.connection.execute("insert into given_value values (?, ?, ?, cast(? as decimal(38, 12)))", row)
        self.connection.execute(second)

    def _agree(self, events: Iterable[Mapping[str, Any]], approvals: Mapping[str, Approval]) -> None:
        recorded = [
            RecordedEvent(
                number,
                NOW + timedelta(hours=number),
                f"{event['agreement']}/{number}",
                event.get("holder", "company"),
                AgreementEvent.model_validate({key: value for key, value in event.items() if key != "holder"}),
                None,
                f"{number:064x}",
            )
            for number, event in enumerate(events, 1)
        ]
        versions = fold(recorded, approvals)
        self._lay("dim_agreement_version", AGREEMENT_VERSION, agreement_version_rows(versions))
        self._lay("target_period", TARGET_PERIOD, target_period_rows(versions))

    def _lay(self, name: str, columns: Mapping[str, str], rows: Iterable[Any]) -> None:
        self.connection.execute(f"create table {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
        marks = ", ".join("?" for _ in columns)
        for row in rows:
            bound = [str(value) if isinstance(value, Decimal) else value for value in astuple(row)]
            self.connection.execute(f"insert into {name} values ({marks})", bound)


def event(kind: str, *targets: Mapping[str, Any], agreement: str = "budget", **more: Any) -> dict[str, Any]:
    """An agreement event of 2017."""
    shown = {
        "event": kind,
        "agreement": agreement,
        "decided_on": "2016-12-12",
        "valid_from": "2017-01-01",
        "reason": {"kind": "annual_agreement", "text": "as discussed"},
        "proposed_by": "head_of_sales",
        "approved_by": "cfo",
        **more,
    }
    if kind == "agreed":
        shown.setdefault("valid_to", "2017-12-31")
    return shown | ({"targets": list(targets)} if targets else {})


def target(kpi: str = "sales", comparison: str = "at_least", **more: Any) -> dict[str, Any]:
    """A monthly target for the whole: keys of the target itself, and those beside it."""
    beside = {key: more.pop(key) for key in ("amber", "commit", "stretch", "weight", "baseline") if key in more}
    return {"kpi": kpi, "target": {"grain": "month", "comparison": comparison, **more}, **beside}
