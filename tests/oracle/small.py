"""The hand-made examples: a few sales and visits, our answer to one KPI, and MetricFlow's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from tests.oracle.company import Company, Row, answers, kpi, project, tables
from tests.oracle.comparing import Cell, cells
from tests.oracle.metricflow_manifest import manifest
from tests.oracle.metricflow_metrics import Spec
from tests.oracle.metricflow_oracle import Oracle

Change = Callable[[Spec], None]
Within = tuple[datetime, datetime] | None
SEGMENTS = {"ann": "home", "bob": "work"}
STARTS_ON, AS_OF = date(2022, 1, 1), date(2023, 12, 31)


def sale(day: date | None, amount: str | int | None = None, customer: str | None = "ann", **more: Any) -> Row:
    """A sale; its key is its place among the others."""
    return {"sold_on": day, "amount": None if amount is None else Decimal(amount), "customer": customer, **more}


def visit(day: date, customer: str = "ann", **more: Any) -> Row:
    """A visit; its key is its place among the others."""
    return {"seen_on": day, "customer": customer, **more}


@dataclass(frozen=True)
class Example:
    """A company of hand-written rows, and one KPI asked of both sides; `made_of` are the KPIs that it is made of."""

    formula: Mapping[str, Any]
    sales: Sequence[Row] = ()
    visits: Sequence[Row] = ()
    as_of: date = AS_OF
    grain: str = "month"
    slice: str = "all"
    calendar: Mapping[str, Any] = field(default_factory=dict)
    made_of: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def ours(self) -> dict[Cell, Any]:
        """Our rows of the KPI."""
        company = self._company
        found = cells(answers(tables(company), company, self._kpis), self.kpi, self.grain, self.slice)
        return _floats(found)

    def theirs(
        self, change: Change | None = None, known_to: date | None = None, within: Within = None, twice: str = ""
    ) -> dict[Cell, Any]:
        """MetricFlow's rows: of a changed manifest, up to another day, within a time, or with a customer twice."""
        oracle = self._oracle(change, known_to or self.as_of, twice)
        return _floats(oracle.rows(self.kpi, self.grain, self.slice, within))

    def theirs_as_they_come(self) -> list[tuple[Any, ...]]:
        """MetricFlow's rows with their nulls and infinities, without an order."""
        return self._oracle(None, self.as_of, "").found(self.kpi, self.grain, self.slice)

    def _oracle(self, change: Change | None, known_to: date, twice: str) -> Oracle:
        company = replace(self._company, as_of=known_to)
        connection = tables(company)
        if twice:
            connection.execute("insert into dim_customer select * from dim_customer where customer = ?", [twice])
        spec = manifest(self._kpis)
        if change:
            change(spec)
        return Oracle(connection, company, spec)

    @property
    def kpi(self) -> Kpi:
        """The KPI that is asked for."""
        return kpi("asked", self.formula, grains=[self.grain], slices=[] if self.slice == "all" else [self.slice])

    @property
    def project(self) -> Project:
        """The project that our answer is compiled from."""
        return project(self._kpis, self._company.calendar)

    @property
    def _kpis(self) -> list[Kpi]:
        return [*(kpi(name, formula, grains=[self.grain]) for name, formula in self.made_of.items()), self.kpi]

    @property
    def _company(self) -> Company:
        sales = tuple({"sale_id": number, **row} for number, row in enumerate(self.sales, 1))
        visits = tuple({"visit_id": number, **row} for number, row in enumerate(self.visits, 1))
        return Company(sales, visits, SEGMENTS, self.as_of, STARTS_ON, **self.calendar)


def month(number: int, member: str = "all", year: int = 2023) -> Cell:
    """The month of a year for a member."""
    return date(year, number, 1), member


def _floats(found: Mapping[Cell, Any]) -> dict[Cell, float | None]:
    return {cell: None if value is None else float(value) for cell, value in found.items()}
