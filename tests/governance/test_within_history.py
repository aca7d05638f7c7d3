"""KPI220: a target that is far from what was ever reached, held against made figures whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from good_specs import agreement, target, targets, write, write_good

from kpiledger.checking import check_against_published, check_folder
from kpiledger.finding import Finding, Severity

# By how much each month differs from the rest of its year, and what chance adds, which comes anew after eleven months.
SEASON = (0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8, 1.2, 1.2, 1.5, 1.5)
NOISE = (1.10, 0.88, 1.04, 0.95, 1.12, 0.92, 1.00, 0.86, 1.09, 1.05, 0.97)
_FIRST, _YEARS = 2014, 3


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    write_good(tmp_path)
    return tmp_path


def publish(root: Path, *, growth: float = 0.0, years: int = _YEARS) -> Path:
    """Months of revenue of about 1000, with seasons, noise and a growth a month."""
    path = root / "build/warehouse.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema kpi")
        connection.execute(
            """
            create table kpi.fct_kpi_value (
                kpi varchar, version integer, slice varchar, member varchar, grain varchar, span varchar,
                period_start date, value decimal(18, 4), is_complete boolean
            )
            """
        )
        for at in range(12 * years):
            year, month = divmod(at, 12)
            value = (1000 + growth * at) * SEASON[month] * NOISE[(at * 7) % 11]
            row = [f"{_FIRST + _YEARS - years + year}-{month + 1:02}-01", round(Decimal(value), 4)]
            connection.execute(
                "insert into kpi.fct_kpi_value values ('revenue', 1, 'all', 'all', 'month', 'period', ?, ?, true)", row
            )
    return path


def promise(root: Path, form: str) -> None:
    rest = targets({"visits_to_orders": "0.3", "shipped_in_time": "0.2"})
    write(root, dict([agreement("coast", target("revenue", "0.5", target=f"target: {form}"), *rest)]))


def found(root: Path, warehouse: Path) -> list[Finding]:
    project, findings = check_folder(root)
    assert project is not None
    assert findings == []
    return [one for one in check_against_published(project, warehouse) if "coast" in one.position.path]


def test_a_slip_of_the_pen_is_found(specs: Path) -> None:
    promise(specs, "{grain: month, by_period: {2017-01: '550', 2017-03: '13000'}, comparison: at_least}")
    (one,) = found(specs, publish(specs))
    assert (one.rule, one.severity, one.position.path) == (
        "KPI220",
        Severity.WARNING,
        "metrics/agreements/2017/coast.yml",
    )
    assert one.message.startswith("the target 13000 for 2017-03, 12580 without its season, is ")
    assert "away from what `revenue` was in 24 periods" in one.message
    assert one.hint.startswith("is it a slip of the pen?")


def test_a_month_is_held_against_its_season(specs: Path) -> None:
    warehouse = publish(specs)
    promise(specs, "{grain: month, by_period: {2017-12: '1600'}, comparison: at_least}")
    assert found(specs, warehouse) == []
    promise(specs, "{grain: month, by_period: {2017-01: '1600'}, comparison: at_least}")
    assert [one.rule for one in found(specs, warehouse)] == ["KPI220"]


def test_it_tells_how_the_kpi_was_in_numbers_as_people_write_them(specs: Path) -> None:
    promise(specs, "{grain: month, value: '900000', comparison: at_least}")
    (one,) = found(specs, publish(specs, growth=300.0))
    low, high = (float(word) for word in one.message.rsplit(": ", 1)[1].split(" to "))
    assert 0 <= low < 6000 < high < 20000
    assert "e" not in one.message.rsplit(": ", 1)[1].replace(" to ", "")


def test_a_kpi_that_grew_may_go_on_growing(specs: Path) -> None:
    promise(specs, "{grain: month, by_period: {2017-12: '3200'}, comparison: at_least}")
    assert found(specs, publish(specs, growth=25.0)) == []


def test_a_kpi_that_fell_may_come_back(specs: Path) -> None:
    promise(specs, "{grain: month, by_period: {2017-06: '700'}, comparison: at_least}")
    assert found(specs, publish(specs, growth=-15.0)) == []


@pytest.mark.parametrize("form", ["value: '9000'", "ramp: {from: '900', to: '9000'}"])
def test_every_form_of_a_figure_is_held_against_history(specs: Path, form: str) -> None:
    promise(specs, f"{{grain: month, {form}, comparison: at_least}}")
    assert [one.rule for one in found(specs, publish(specs))] == ["KPI220"]


@pytest.mark.parametrize(
    "form",
    [
        "value: '1100', comparison: at_least",
        "value: '100', comparison: at_least",  # easier than ever is no matter of this rule
        "value: '9000', upper: '9900', comparison: between",
        "relative: {to: same_period_last_year, times: '9'}, comparison: at_least",
    ],
)
def test_what_is_near_easy_or_follows_from_data_is_not_found(specs: Path, form: str) -> None:
    promise(specs, f"{{grain: month, {form}}}")
    assert found(specs, publish(specs)) == []


def test_less_than_eight_periods_tell_nothing(specs: Path) -> None:
    promise(specs, "{grain: month, value: '9000', comparison: at_least}")
    warehouse = publish(specs, years=1)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from kpi.fct_kpi_value where period_start < date '2016-06-01'")
    assert found(specs, warehouse) == []


def test_a_month_without_rows_counts_as_zero_where_the_kpi_says_so(specs: Path) -> None:
    promise(specs, "{grain: month, value: '9000', comparison: at_least}")
    warehouse = publish(specs)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from kpi.fct_kpi_value where month(period_start) % 3 > 0")
    (plain,) = found(specs, warehouse)
    assert "in 12 periods" in plain.message
    project, _ = check_folder(specs)
    assert project is not None
    kpi = project.kpis["revenue"].model_copy(update={"missing": "zero"})
    zero = replace(project, kpis={**project.kpis, "revenue": kpi})
    told = [one.message for one in check_against_published(zero, warehouse) if "coast" in one.position.path]
    assert ["in 24 periods" in one for one in told] == [True]


def test_how_far_is_too_far_is_said_by_the_project(specs: Path) -> None:
    warehouse = publish(specs)
    promise(specs, "{grain: month, value: '1400', comparison: at_least}")
    (one,) = found(specs, warehouse)
    sigmas = Decimal(one.message.split(" is ")[1].split(" standard")[0])
    assert 4 < sigmas < 9
    organisation = specs / "metrics/organisation.yml"
    text = organisation.read_text(encoding="utf-8")
    for most, codes in ((sigmas + 1, []), (sigmas - 1, ["KPI220"])):
        limit = f"thresholds:\n  most_sigmas_from_history: {{value: '{most}', reason: We plan a second shop}}\n"
        organisation.write_text(text + limit, encoding="utf-8")
        assert [one.rule for one in found(specs, warehouse)] == codes


def test_a_limit_that_is_narrower_finds_what_the_usual_one_lets_pass(specs: Path) -> None:
    warehouse = publish(specs)
    promise(specs, "{grain: month, value: '1100', comparison: at_least}")
    assert found(specs, warehouse) == []
    with (specs / "metrics/organisation.yml").open("a", encoding="utf-8") as file:
        file.write("thresholds:\n  most_sigmas_from_history: {value: '0.5', reason: What we reach is never far}\n")
    assert [one.rule for one in found(specs, warehouse)] == ["KPI220"]


def test_without_published_figures_nothing_is_said(specs: Path) -> None:
    promise(specs, "{grain: month, value: '9000', comparison: at_least}")
    assert found(specs, specs / "build/warehouse.duckdb") == []
    (specs / "other.duckdb").write_bytes(b"no database")
    assert found(specs, specs / "other.duckdb") == []


def test_it_can_be_waived_as_any_other_rule(specs: Path) -> None:
    promise(specs, "{grain: month, value: '9000', comparison: at_least}")
    waiver = "waivers:\n  - {rule: KPI220, of: coast, reason: The second shop opens, requested_by: head_of_sales, "
    waiver += "approved_by: cfo, valid_from: 2017-01-01, expires_on: 2017-12-31}\n"
    write(specs, {"metrics/waivers.yml": waiver})
    assert [one.severity for one in found(specs, publish(specs))] == [Severity.WAIVED]
