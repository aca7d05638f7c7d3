"""The scorecard of the demo equals what plain Python makes of the seeds and the agreements."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

pytestmark = pytest.mark.demo

REGION_OF = {"sales_west": "West", "sales_east": "East", "sales_central": "Central", "sales_south": "South"}
HOLDERS = (*REGION_OF, "company")
KPIS = ("revenue", "gross_margin", "average_discount", "active_customers")
COMPARED = (
    "actual",
    "target_value",
    "amber_value",
    "comparison",
    "variance",
    "attainment",
    "status",
    "actual_year_to_date",
    "target_year_to_date",
    "same_period_last_year",
    "year_to_date_last_year",
    "rolling_mean",
)
RELATIVE = Decimal("1e-9")
LAST_PLACE = Decimal("1e-12")  # of the table's numbers
MONTHS = {"month": 1, "quarter": 3, "year": 12}

Key = tuple[str, str, str, str, str, date]  # holder, KPI, slice, member, grain, first day
Row = dict[str, Any]


@dataclass
class Cell:
    """What one region sold in one month."""

    customers: set[str] = field(default_factory=set)
    line_count: int = 0
    sales: Decimal = Decimal(0)
    profit: Decimal = Decimal(0)
    list_value: Decimal = Decimal(0)


@dataclass(frozen=True)
class Target:
    """What a holder promised for one period; without a value where last year's number makes it."""

    value: Decimal | None
    amber: Decimal | None
    comparison: str


Cells = dict[tuple[str, date], Cell]
Targets = dict[Key, Target]


# --- read by hand ---------------------------------------------------------------------------------------------


def read(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / "seeds" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_cells(folder: Path) -> Cells:
    cells: Cells = defaultdict(Cell)
    cell_of_order = {}
    for order in read(folder, "erp/erp_order.csv"):
        cell = cells[(order["region"], date.fromisoformat(order["order_date"]).replace(day=1))]
        cell.customers.add(order["customer_id"])
        cell_of_order[order["order_id"]] = cell
    for line in read(folder, "erp/erp_order_line.csv"):
        cell = cell_of_order[line["order_id"]]
        sales = Decimal(line["sales"])
        cell.line_count += 1
        cell.sales += sales
        cell.profit += Decimal(line["profit"])
        cell.list_value += sales / (1 - Decimal(line["discount"]))
    return dict(cells)


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read_targets(folder: Path) -> Targets:
    """Each agreement's base event and then its amendments: the later one holds from its first day on."""
    targets: Targets = {}
    for path in sorted((folder / "metrics/agreements").rglob("*.yml")):
        written = read_yaml(path)
        last_day = written["events"][0]["valid_to"]
        for event in sorted(written["events"], key=lambda event: event["valid_from"]):
            if event["event"] == "retired":
                ended = [key for key in targets if key[0] == written["holder"] and key[-1] >= event["valid_from"]]
                targets = {key: target for key, target in targets.items() if key not in ended}
            for promise in event.get("targets", ()):
                targets |= promised(written["holder"], promise, event["valid_from"], last_day)
    return targets


def promised(holder: str, promise: dict[str, Any], first_day: date, last_day: date) -> Targets:
    ((slice_name, member),) = promise.get("slice", {"all": "all"}).items()
    target, amber = promise["target"], promise["amber"]
    found: Targets = {}
    starts = periods(target["grain"], first_day, last_day)
    for number, start in enumerate(starts):
        value = figure(promise, start, number, len(starts))
        limit = Decimal(amber["absolute"]) if "absolute" in amber else None
        if value is not None and "share_of_target" in amber:
            limit = value * Decimal(amber["share_of_target"])
        key = (holder, promise["kpi"], slice_name, member, target["grain"], start)
        found[key] = Target(value, limit, target["comparison"])
    return found


def figure(promise: dict[str, Any], start: date, number: int, count: int) -> Decimal | None:
    """What is promised for the period of a number, 0 for the first of so many."""
    target = promise["target"]
    if "by_period" in target:
        return Decimal(target["by_period"][f"{start:%Y-%m}"])
    if "ramp" in target:
        first, last = Decimal(target["ramp"]["from"]), Decimal(target["ramp"]["to"])
        return first + number * (last - first) / (count - 1)
    if "relative" in target:
        times = Decimal(target["relative"]["times"])
        is_known = target["relative"]["to"] == "baseline"
        return times * Decimal(promise["baseline"]["value"]) if is_known else None
    return Decimal(target["value"])


def periods(grain: str, first_day: date, last_day: date) -> list[date]:
    starts = [date(year, month, 1) for year in range(2014, 2018) for month in range(1, 13, MONTHS[grain])]
    return [start for start in starts if first_day <= start <= last_day]


# --- worked out by hand ---------------------------------------------------------------------------------------


def ratio(top: Decimal, bottom: Decimal) -> Decimal | None:
    return top / bottom if bottom else None


def value_of(cells: Cells, kpi: str, regions: tuple[str, ...], months: list[date]) -> Decimal | None:
    """A KPI over some months at once: sums, ratios of sums, customers counted once; nothing there is None."""
    picked = [cells[(region, month)] for region in regions for month in months if (region, month) in cells]
    sales = sum((cell.sales for cell in picked), Decimal(0))
    if kpi == "active_customers":
        return Decimal(len(set().union(*(cell.customers for cell in picked)))) if picked else None
    if kpi == "revenue":
        return sales if any(cell.line_count for cell in picked) else None
    if kpi == "gross_margin":
        return ratio(sum((cell.profit for cell in picked), Decimal(0)), sales)
    list_value = sum((cell.list_value for cell in picked), Decimal(0))
    return ratio(list_value - sales, list_value)


def year_to_date(month: date) -> list[date]:
    return [date(month.year, number, 1) for number in range(1, month.month + 1)]


def year_earlier(months: list[date]) -> list[date]:
    return [month.replace(year=month.year - 1) for month in months]


def twelve_months(last: date) -> list[date]:
    ends = last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(ends - 11, ends + 1)]


def status_of(actual: Decimal | None, target: Target) -> str:
    if actual is None:
        return "no_data"
    assert target.value is not None
    assert target.amber is not None
    sign = 1 if target.comparison == "at_least" else -1
    if sign * (actual - target.value) >= 0:
        return "green"
    return "amber" if sign * (actual - target.amber) >= 0 else "red"


def rolling_mean(cells: Cells, kpi: str, regions: tuple[str, ...], month: date) -> Decimal | None:
    months = twelve_months(month)
    if kpi in ("gross_margin", "average_discount"):
        return value_of(cells, kpi, regions, months)
    values = [value for one in months if (value := value_of(cells, kpi, regions, [one])) is not None]
    return sum(values, Decimal(0)) / 12 if len(values) == 12 else None


def target_year_to_date(targets: Targets, key: Key) -> Decimal | None:
    *same, month = key
    if key[1] == "active_customers":
        return None
    if key[1] != "revenue":
        return targets[key].value
    found = [targets.get((*same, one)) for one in year_to_date(month)]  # type: ignore[arg-type]
    return None if None in found else sum((one.value for one in found if one and one.value), Decimal(0))


def expected_row(cells: Cells, targets: Targets, key: Key) -> Row:
    holder, kpi, _, _, _, month = key
    regions = (REGION_OF[holder],) if holder in REGION_OF else tuple(REGION_OF.values())
    target, to_date = targets[key], year_to_date(month)
    actual = value_of(cells, kpi, regions, [month])
    row: Row = {"actual": actual, "status": status_of(actual, target), "variance": None, "attainment": None}
    if actual is not None:
        assert target.value is not None
        row["variance"] = actual - target.value
        pair = (actual, target.value) if target.comparison == "at_least" else (target.value, actual)
        row["attainment"] = ratio(*pair)
    return row | {
        "target_value": target.value,
        "amber_value": target.amber,
        "comparison": target.comparison,
        "actual_year_to_date": value_of(cells, kpi, regions, to_date),
        "target_year_to_date": target_year_to_date(targets, key),
        "same_period_last_year": value_of(cells, kpi, regions, year_earlier([month])),
        "year_to_date_last_year": value_of(cells, kpi, regions, year_earlier(to_date)),
        "rolling_mean": rolling_mean(cells, kpi, regions, month),
    }


def is_same(found: Any, expected: Any) -> bool:
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= max(RELATIVE * abs(expected), LAST_PLACE)
    return bool(found == expected)


# --- held against the table -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(published_demo: Path) -> list[tuple[Key, Row]]:
    """Every row of the scorecard with its key."""
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select * from kpi.fct_scorecard")
        names = [column[0] for column in found.description]
        read_rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    keys = ("holder", "kpi", "slice", "member", "grain", "period_start")
    return [(tuple(row[name] for name in keys), row) for row in read_rows]


@pytest.fixture(scope="module")
def cells(published_demo: Path) -> Cells:
    return read_cells(published_demo)


@pytest.fixture(scope="module")
def targets(published_demo: Path) -> Targets:
    return read_targets(published_demo)


@pytest.mark.parametrize("kpi", KPIS)
@pytest.mark.parametrize("holder", HOLDERS)
def test_each_month_equals_the_calculation_by_hand(
    holder: str, kpi: str, rows: list[tuple[Key, Row]], cells: Cells, targets: Targets
) -> None:
    cut = ("region", REGION_OF[holder]) if holder in REGION_OF else ("all", "all")
    found = dict(rows)
    wrong = []
    for month in periods("month", date(2015, 1, 1), date(2017, 12, 31)):
        key = (holder, kpi, *cut, "month", month)
        expected, row = expected_row(cells, targets, key), found[key]
        assert set(expected) == set(COMPARED)
        wrong += [
            f"{month:%Y-%m} {column}: found {row[column]}, expected {expected[column]}"
            for column in COMPARED
            if not is_same(row[column], expected[column])
        ]
    assert wrong == []


def test_every_promised_and_every_unpromised_period_is_there_exactly_once(
    published_demo: Path, rows: list[tuple[Key, Row]], targets: Targets
) -> None:
    expected = set(targets)
    for path in (published_demo / "metrics/kpis").rglob("*.yml"):
        kpi = read_yaml(path)
        starts = periods(kpi["cadence"], date(2014, 1, 1), date(2017, 12, 31))
        expected |= {("company", kpi["kpi"], "all", "all", kpi["cadence"], start) for start in starts}
    assert Counter(key for key, _ in rows) == Counter(expected)


def test_only_the_company_has_rows_without_target_and_they_say_so(
    rows: list[tuple[Key, Row]], targets: Targets
) -> None:
    without = [(key, row) for key, row in rows if row["target_value"] is None]
    assert {key for key, _ in without} == {key for key, _ in rows} - set(targets)
    assert {(row["holder"], row["status"]) for _, row in without} == {("company", "no_target")}
    assert "no_target" not in {row["status"] for _, row in rows if row["target_value"] is not None}


def test_new_customers_are_counted_by_first_order_and_none_is_zero(
    published_demo: Path, rows: list[tuple[Key, Row]], targets: Targets
) -> None:
    first_day: dict[str, str] = {}
    for order in read(published_demo, "erp/erp_order.csv"):
        customer = order["customer_id"]
        first_day[customer] = min(order["order_date"], first_day.get(customer, "9"))
    counts = Counter(day[:7] for day in first_day.values())
    months = periods("month", date(2015, 1, 1), date(2017, 12, 31))
    keys = {month: ("company", "new_customers", "all", "all", "month", month) for month in months}
    found = dict(rows)
    assert {month: found[key]["actual"] for month, key in keys.items()} == {
        month: counts[f"{month:%Y-%m}"] for month in months
    }
    for month, key in keys.items():
        assert found[key]["status"] == status_of(Decimal(counts[f"{month:%Y-%m}"]), targets[key])
    assert counts["2017-12"] == 0
    assert found[keys[date(2017, 12, 1)]]["status"] == "red"


def test_nothing_is_shown_after_the_as_of_date(published_demo: Path, rows: list[tuple[Key, Row]]) -> None:
    as_of = read_yaml(published_demo / "metrics/calendar.yml")["as_of"]
    assert max(row["period_start"] for _, row in rows) <= as_of
    assert max(row["period_end"] for _, row in rows) <= as_of
    assert all(row["is_complete"] for _, row in rows)
