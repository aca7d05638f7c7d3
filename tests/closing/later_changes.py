"""Changes that may come after a close, in any order: of rows, definitions and promises, each with a choice in it.

Beside them stands what was true when a period was closed, in plain Python: which rows March had, which definitions
were changed since, and so which causes a figure that moved may be told with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.closing.closing_world import WEST, ClosingWorld
from tests.closing.test_restatements import AMENDED, NEW_VERSION, OLD_VERSION

MARCH = "2017-03"
FACTS = {
    "revenue": ("order_line",),
    "gross_margin": ("order_line",),
    "orders_shipped": ("shipment",),
    "revenue_per_shipment": ("order_line", "shipment"),
}
DERIVED_FROM = {"revenue_per_shipment": {"revenue", "orders_shipped"}}
SHIPPED = """    change: {reason: first definition, requested_by: head_of_sales}
    formula: {type: simple, measure: shipments}
"""
SHIPPED_ANEW = """    valid_to: 2017-02-28
    change: {reason: first definition, requested_by: head_of_sales}
    formula: {type: simple, measure: shipments}
  - version: 2
    valid_from: 2017-03-01
    change: {reason: only the West ships itself, requested_by: head_of_sales}
    formula: {type: simple, measure: shipments, where: region = 'West'}
"""
DEFINITIONS = {
    "revenue": ("metrics/kpis/order/revenue.yml", OLD_VERSION, NEW_VERSION),
    "orders_shipped": ("metrics/kpis/deliver/orders_shipped.yml", SHIPPED, SHIPPED_ANEW),
}
Rows = dict[str, tuple[Any, ...]]


@dataclass
class Later:
    """A company after a close, and the choices made in what comes later."""

    world: ClosingWorld
    choice: Random
    defined_anew: set[str] = field(default_factory=set)

    def rows(self, fact: str) -> Rows:
        """The rows of March as the KPIs see them, by their keys."""
        if fact == "order_line":
            lines = {key: (*row, self.world.customers[row[1]]) for key, row in self.world.lines.items()}
            return {str(key): row for key, row in lines.items() if row[0].startswith(MARCH)}
        return {key: row for key, row in self.world.shipments.items() if MARCH in (row[0][:7], row[1][:7])}

    def new_line(self, month: str) -> None:
        region, customer = self.choice.choice(("West", "East", "North")), self.choice.choice(("c1", "c2"))
        sales = self.choice.choice((700, 12500))
        self.world.lines[1000 + self.world.runs] = (f"{month}-20", customer, region, sales, 100)

    def line_of_march(self) -> int | None:
        """One of the lines that March still has."""
        keys = [int(key) for key in self.rows("order_line")]
        return self.choice.choice(keys) if keys else None


def late_line(later: Later) -> None:
    later.new_line(MARCH)


def line_before(later: Later) -> None:
    later.new_line("2017-02")


def line_after(later: Later) -> None:
    later.new_line("2017-04")


def corrected_line(later: Later) -> None:
    if (key := later.line_of_march()) is not None:
        *first, sales, profit = later.world.lines[key]
        later.world.lines[key] = (*first, sales + later.choice.choice((-5000, 40)), profit)


def line_moved_away(later: Later) -> None:
    if (key := later.line_of_march()) is not None:
        later.world.lines[key] = ("2017-04-02", *later.world.lines[key][1:])


def line_gone(later: Later) -> None:
    if (key := later.line_of_march()) is not None:
        del later.world.lines[key]


def renamed_segment(later: Later) -> None:
    later.world.customers[later.choice.choice(("c1", "c2"))] = later.choice.choice(("Home office", "Corporate"))


def late_shipment(later: Later) -> None:
    later.world.shipments[f"late{later.world.runs}"] = ("2017-03-30", "2017-03-29", "East", 0)


def shipment_gone(later: Later) -> None:
    if keys := list(later.rows("shipment")):
        del later.world.shipments[later.choice.choice(keys)]


def new_definition(later: Later) -> None:
    left = [kpi for kpi in DEFINITIONS if kpi not in later.defined_anew]
    kpi = later.choice.choice(left)
    later.world.edit(*DEFINITIONS[kpi])
    later.defined_anew.add(kpi)


def amended_target(later: Later) -> None:
    path = later.world.root / WEST
    amended = AMENDED.replace("30000.00", later.choice.choice(("30000.00", "21000.00", "22500.00")))
    path.write_text(path.read_text(encoding="utf-8") + amended, encoding="utf-8")


CHANGES: tuple[Callable[[Later], None], ...] = (
    late_line, line_before, line_after, corrected_line, line_moved_away, line_gone, renamed_segment, late_shipment,
    shipment_gone, new_definition, new_definition, amended_target,
)  # fmt: skip


@dataclass(frozen=True)
class Then:
    """What March was made of when it was closed."""

    rows: dict[str, Rows]
    defined_anew: frozenset[str]

    @classmethod
    def of(cls, later: Later) -> Then:
        facts = ("order_line", "shipment")
        return cls({fact: later.rows(fact) for fact in facts}, frozenset(later.defined_anew))

    def causes(self, later: Later, kpi: str) -> set[str]:
        """Why a figure of a KPI that moved is another now."""
        found = set()
        for fact in FACTS[kpi]:
            was, now = self.rows[fact], later.rows(fact)
            if now.keys() - was.keys():
                found.add("late_data")
            if any(now.get(key) != row for key, row in was.items()):
                found.add("source_correction")
        behind = {kpi} | DERIVED_FROM.get(kpi, set())
        if behind & (later.defined_anew - self.defined_anew):
            found.add("definition_change")
        return found or {"source_correction"}  # rows of other months, which this close does not keep
