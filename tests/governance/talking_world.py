"""A project with a trigger, its ledger, and a warehouse with as many values as a test writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from ledger_builders import agreed, agreements, clock, project, target

from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.recording import record
from kpiledger.reviews.talking import keep_conversation
from kpiledger.specs.outside import OutsideFigure
from kpiledger.vocabulary import Grain
from kpiledger.warehouse import Table, lay_tables, open_reader, rows_of

AGREED_AT = datetime(2016, 12, 13, 9, tzinfo=UTC)
VALUE = {
    "kpi": "varchar", "version": "integer", "grain": "varchar", "span": "varchar", "period_start": "date",
    "period_end": "date", "slice": "varchar", "member": "varchar", "value": "decimal(38,12)", "is_complete": "boolean",
}  # fmt: skip
VERSION = {"kpi": "varchar", "version": "integer", "valid_from": "date", "valid_to": "date"}


def trigger(name="revenue_falls", **more):
    """A trigger on the revenue of West, 10 percent below the same month last year for two months."""
    when = {"kpi": "revenue", "slice": {"region": "West"}, "grain": "month", "at_most": "-0.10"}
    when |= {"change": "same_period_last_year", **more.pop("when", {})}
    return {
        "id": name, "says": "If revenue falls by a tenth for two months, the targets are looked at again.",
        "when": {key: value for key, value in when.items() if value is not None},
        "for": 2, "then": "review", "asks": "head_of_sales", "within": 14, **more,
    }  # fmt: skip


@dataclass(frozen=True)
class World:
    """A project folder, its specs, its ledger and a warehouse that is built aside."""

    root: Path
    project: Project
    ledger: Ledger
    warehouse: Path

    def agreed(self, *events, holder="sales_west", at=AGREED_AT, **more) -> World:
        """The same with these events recorded, and the files as they are then."""
        specs = replace(self.project, agreements=(agreements(*events, holder=holder),), **more)
        record(specs, self.root, self.ledger, clock(at))
        return replace(self, project=specs)

    def lay(self, values, as_of, unfinished=()) -> None:
        """Values of West's revenue by month, as texts, and the day that they are as of."""
        rows = []
        for month, value in values.items():
            period = Period.parse(month)
            is_complete = month not in unfinished
            rows.append(
                ("revenue", 1, "month", "period", period.start, period.end, "region", "West", value, is_complete)
            )
        versions = [("revenue", 1, date(2014, 1, 1), None)]
        lay_tables(
            self.warehouse,
            "kpi",
            [
                Table("fct_kpi_value", VALUE, rows),
                Table("dim_kpi_version", VERSION, versions),
                Table("as_of", {"as_of_on": "date"}, [(as_of,)]),
            ],
        )

    def run(self, values, as_of, unfinished=(), run_id="run-1") -> int:
        """What a run does for the conversation at the end; how many triggers fired for the first time."""
        self.lay(values, as_of, unfinished)
        moment = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC)
        return keep_conversation(self.warehouse, "kpi", self.project, self.ledger, run_id, clock(moment))

    def rows(self, query):
        with open_reader(self.warehouse) as connection:
            return rows_of(connection, query)

    def kinds(self):
        return [entry.kind.value for entry in read_entries(self.ledger)]


def made_world(folder: Path) -> World:
    root = folder / "project"
    root.mkdir()
    return World(root, project(root=root), Ledger(folder / "ledger"), folder / "warehouse.duckdb")


def west(*triggers, **more):
    """The agreement of West for 2017 with some triggers."""
    baseline = {"from": "2016-01", "to": "2016-12", "method": "mean", "value": "100", "source": "erp", "exclude": []}
    return agreed(target(baseline=baseline), triggers=list(triggers or [trigger()]), **more)


def months(year, *values):
    """The first months of a year with their values."""
    return {f"{year}-{number:02}": value for number, value in enumerate(values, start=1)}


def outside(*values, figure="market", grain=Grain.MONTH):
    """An outside figure with (period, value, noted on)."""
    return OutsideFigure.model_validate(
        {
            "figure": figure, "label": {"en": "Market"}, "description": "The market.", "unit": "index",
            "source": "A bulletin", "grain": grain,
            "values": [
                {"period": period, "value": Decimal(value), "noted_on": noted, "noted_by": "head_of_sales"}
                for period, value, noted in values
            ],
        }
    )  # fmt: skip
