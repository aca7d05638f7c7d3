"""Who is held to what: one number with two targets, weights that pull apart, and what both sides share or could."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kpiledger.conflicts.conflict import Basis, Conflict
from kpiledger.conflicts.finding import find_conflicts
from kpiledger.conflicts.held import held_now
from kpiledger.conflicts.series import monthly_series
from kpiledger.conflicts.table import COLUMNS, NAME, conflicts_in, lay_conflicts
from kpiledger.errors import BrokenWorld
from kpiledger.specs.kpi import Tension
from tests.conflicts.made_company import (
    CALLS,
    COST,
    FIRST_TIME,
    PROFIT,
    SALES,
    company,
    promise,
    series_of,
    warehouse_of,
    worlds,
)
from tests.soundness.tiny import derived, kpi


def of(basis: Basis, found: tuple[Conflict, ...]) -> list[Conflict]:
    return [one for one in found if one.basis is basis]


def test_a_declared_conflict_is_told_in_the_words_of_whoever_declared_it() -> None:
    eager = kpi("eager", {"type": "simple", "measure": "sales"}, department="sales",
                conflicts_with=[{"kpi": "calls_taken", "reason": "promises bring calls"}])  # fmt: skip
    (one,) = find_conflicts(company(eager, CALLS)).found
    assert (one.basis, one.kpi, one.other_kpi, one.says) == (
        Basis.DECLARED,
        "eager",
        "calls_taken",
        "promises bring calls",
    )
    assert (one.department, one.other_department) == ("sales", "service")
    assert one.is_between_departments


def test_one_number_with_two_targets_is_a_conflict_of_the_two_holders() -> None:
    held = [promise("desk", "sales_made", target="10"), promise("field", "sales_made", target="12.5")]
    (one,) = find_conflicts(company(SALES), held).found
    assert one.basis is Basis.TARGETS
    assert one.says == (
        "desk is held to sales_made at least 10 a month, field to at least 12.5: one number, two targets"
    )
    assert (one.holders, one.other_holders) == (("desk",), ("field",))
    assert (one.department, one.other_department) == ("service", "sales")


def test_the_same_target_for_both_is_a_shared_number_and_so_is_another_part_of_it() -> None:
    held = [
        promise("desk", "sales_made"),
        promise("field", "sales_made"),
        promise("company", "sales_made", slice="region", member="West", target="3"),
    ]
    assert find_conflicts(company(SALES), held).found == ()


def test_a_team_that_asks_more_of_itself_than_the_company_does_is_in_no_conflict_and_one_that_asks_less_is() -> None:
    stricter = [promise("company", "sales_made", target="10"), promise("desk", "sales_made", target="11")]
    looser = [promise("company", "sales_made", target="10"), promise("desk", "sales_made", target="9")]
    assert find_conflicts(company(SALES), stricter).found == ()
    (one,) = find_conflicts(company(SALES), looser).found
    assert one.suggestion == "agree on one target for both"


def test_weights_pull_apart_where_nobody_is_held_to_both() -> None:
    held = [promise("desk", "calls_taken", "0.6"), promise("field", "solved_first", "0.3")]
    found = find_conflicts(company(CALLS, FIRST_TIME), held).found
    (one,) = of(Basis.WEIGHTS, found)
    assert one.says == ("desk (0.6) is weighed by calls_taken and not by solved_first, field (0.3) the other way round")
    assert (one.department, one.other_department) == ("service", "sales")


def test_whoever_is_held_to_both_holds_them_together() -> None:
    held = [promise("desk", "calls_taken", "0.6"), promise("desk", "solved_first", "0.4")]
    (one,) = find_conflicts(company(CALLS, FIRST_TIME), held).found
    assert one.basis is Basis.STRUCTURE
    assert one.held_together_by == ("desk (0.6 and 0.4)",)
    assert one.suggestion is None


def test_a_target_without_weight_pulls_nobody() -> None:
    held = [promise("desk", "calls_taken", None), promise("field", "solved_first", None)]
    assert of(Basis.WEIGHTS, find_conflicts(company(CALLS, FIRST_TIME), held).found) == []


def test_a_kpi_that_both_departments_are_held_to_is_named() -> None:
    held = [
        promise("desk", "calls_taken"),
        promise("field", "cost_of_calls"),
        promise("desk", "profit"),
        promise("field", "profit"),
    ]
    declared = CALLS.model_copy(update={"conflicts_with": (_tension("cost_of_calls"),)})
    (one,) = of(Basis.DECLARED, find_conflicts(company(declared, COST, PROFIT), held).found)
    assert one.shared_kpis == ("profit",)
    assert one.suggestion is None


def test_where_nothing_is_shared_the_kpi_that_is_made_of_both_is_suggested() -> None:
    apart = SALES.model_copy(update={"conflicts_with": (_tension("cost_of_calls"),)})
    (one,) = find_conflicts(company(apart, COST, PROFIT)).found
    assert one.suggested_kpi == "profit"
    assert one.suggestion == "profit is made of what both are made of: let both sides be held to it"


def test_a_counterweight_that_both_name_is_suggested_and_an_outcome_before_an_output() -> None:
    named = {"counter_kpis": ("busy", "loyal"), "conflicts_with": (_tension("cost_of_calls"),)}
    one = SALES.model_copy(update=named)
    other = COST.model_copy(update={"counter_kpis": ("busy", "loyal")})
    busy = kpi("busy", {"type": "simple", "measure": "solved"}, effect="output")
    loyal = kpi("loyal", {"type": "simple", "measure": "stock"})
    (found,) = find_conflicts(company(one, other, busy, loyal)).found
    assert found.suggested_kpi == "loyal"
    assert found.suggestion == "loyal is the counterweight that both name: let both sides be held to it"


def test_where_no_kpi_balances_both_a_new_one_is_asked_for() -> None:
    apart = SALES.model_copy(update={"conflicts_with": (_tension("calls_taken"),)})
    (one,) = find_conflicts(company(apart, CALLS)).found
    assert one.suggested_kpi is None
    assert one.suggestion == "a new KPI that balances sales_made and calls_taken, held by both"


def test_a_pair_that_is_apart_in_its_formula_and_in_figures_comes_twice() -> None:
    made = worlds(72, 2, seed=6, planted=[(0, 1)], strength=0.9)
    figures = dict(zip(("calls_taken", "solved_first"), map(list, made), strict=True))
    found = find_conflicts(company(CALLS, FIRST_TIME), (), series_of(figures))
    assert [one.basis for one in found.found] == [Basis.STRUCTURE, Basis.FIGURES]
    seen = found.found[1]
    assert "seen together, not shown to be a cause" in seen.says
    assert seen.correlation is not None
    assert seen.correlation < -0.6


def test_promises_in_force_are_read_with_the_target_of_the_last_period_and_without_single_people() -> None:
    promises = [promise("desk", "calls_taken", target="7"), promise("p_1", "calls_taken", target="9")]
    connection = warehouse_of({}, promises)
    assert held_now(connection, company(CALLS)) == (promises[0],)


def test_series_are_read_over_the_months_that_any_kpi_has() -> None:
    one, other = monthly_series(warehouse_of({"a": [1.0, 2.0, 3.0], "b": [5.0, 6.0]}, []))
    assert (one.kpi, list(one.values), one.way) == ("a", [1.0, 2.0, 3.0], 1)
    assert (other.kpi, list(other.values)) == ("b", [5.0, 6.0, None])


def test_a_month_without_rows_is_zero_where_the_kpi_says_so() -> None:
    with warehouse_of({"a": [1.0, 2.0, 3.0, 4.0], "b": [5.0, 6.0, 7.0, 8.0]}, []) as made:
        made.execute("update kpi.dim_kpi set is_missing_zero = (kpi = 'b')")
        made.execute("delete from kpi.fct_kpi_value where month(period_start) in (1, 3)")
        made.execute(
            "insert into kpi.fct_kpi_value values ('c', 1, 'month', 'period', '2014-01-01', 'all', 'all', 1, true)"
        )
        made.execute("insert into kpi.dim_kpi values ('c', 'increase', null, false)")
        made.execute("insert into kpi.dim_kpi_version values ('c', 1, date '2014-01-01', null)")
        plain, zero, _ = monthly_series(made)
    assert (list(plain.values), list(plain.stretches)) == ([None, 2.0, None, 4.0], [0, 1, 1, 1])
    assert (list(zero.values), list(zero.stretches)) == ([None, 6.0, 0.0, 8.0], [0, 1, 1, 1])


def test_the_table_says_what_was_found(tmp_path: Path) -> None:
    made = worlds(60, 2, seed=6, planted=[(0, 1)], strength=0.9)
    figures = {
        name: [float(value) for value in row] for name, row in zip(("calls_taken", "solved_first"), made, strict=True)
    }
    promises = [promise("desk", "calls_taken", "0.6"), promise("field", "solved_first", "0.3")]
    given, path = company(CALLS, FIRST_TIME), tmp_path / "warehouse.duckdb"
    with warehouse_of(figures, promises) as connection:
        connection.execute(f"attach '{path}' as kept; copy from database memory to kept")
    found = lay_conflicts(given, path)
    assert conflicts_in(given, path) == found
    with duckdb.connect(str(path), read_only=True) as reader:
        rows = reader.execute(f"select * from kpi.{NAME}").fetchall()
        names = [column[0] for column in reader.description or ()]
    assert names == list(COLUMNS)
    assert [row[names.index("basis")] for row in rows] == ["structure", "weights", "figures"]
    seen = dict(zip(names, rows[-1], strict=True))
    assert seen["holders"] == "desk (0.6)"
    assert round(float(seen["correlation"]), 6) == round(found.found[-1].correlation or 0, 6)


def test_what_waits_for_an_approval_is_promised_by_nobody_yet() -> None:
    with warehouse_of({}, [promise("desk", "calls_taken", "0.6"), promise("field", "solved_first", "0.3")]) as made:
        made.execute("update kpi.fct_kpi_target set is_pending = true where holder = 'field'")
        assert [one.holder for one in held_now(made, company(CALLS, FIRST_TIME))] == ["desk"]


def test_a_warehouse_of_another_version_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("create schema kpi")
    with pytest.raises(BrokenWorld, match=r"was made by another version: .*fct_kpi_target"):
        conflicts_in(company(CALLS, FIRST_TIME), path)


def test_without_a_warehouse_the_specs_alone_are_looked_at(tmp_path: Path) -> None:
    found = conflicts_in(company(CALLS, FIRST_TIME), tmp_path / "none.duckdb")
    assert [one.basis for one in found.found] == [Basis.STRUCTURE]
    assert found.pairs_tested == 0


def test_a_derived_kpi_and_what_it_is_derived_from_may_pull_apart() -> None:
    rest = kpi("rest", derived("income - own", income={"measure": "stock"}, own={"kpi": "sales_made"}))
    found = find_conflicts(company(SALES, rest)).found
    assert [one.measure for one in found] == ["sales"]


def _tension(name: str) -> Tension:
    return Tension(kpi=name, reason="one is bought with the other")
