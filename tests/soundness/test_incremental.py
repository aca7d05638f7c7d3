"""Late rows: what is computed of the changed periods only equals what is computed in full, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.compiling import compile_project
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from tests.rebuilt_models import rebuild
from tests.soundness.small_company import COLUMNS, FACT, KPIS, kpi, project

FIRST = date(2014, 1, 1)
BEGIN = datetime(2016, 6, 1)
MARKED = "loaded_at"
TABLES = ("agg_sale", "measured_sale", "fct_kpi_value")
OURS = "columns(c -> not regexp_matches(c, '__end$|__start$|^built__'))"

DAYS: dict[str, Any] = {"grains": ["day", "week", "month"], "spans": ["period", "rolling_30_days", "month_to_date"]}
OF_DAYS = tuple(
    kpi(one.kpi, one.versions[0].formula.model_dump(exclude_none=True), **DAYS)
    for one in KPIS
    if one.kpi in ("turnover", "cash_in", "buyers", "typical_amount")
)
WITHOUT_STATES = tuple(one for one in KPIS if one.kpi != "standing_amount")
PROJECTS = {"with_states": KPIS, "months": WITHOUT_STATES, "days": OF_DAYS}


def compiled(
    kpis: Sequence[Kpi] = KPIS, kind: str = "timestamp", measures: Mapping[str, Any] = FACT["measures"], **rule: str
) -> dict[str, str]:
    """The compiled models of the small fact, incremental."""
    given = {**FACT, "measures": measures, "incremental": {"changed_at": MARKED, **rule}}
    columns = {"fct_sale": {MARKED: kind}, "dim_customer": {"customer": "varchar"}}
    return compile_project(replace(project(kpis), facts={"sale": Fact.model_validate(given)}, columns=columns))


def opened(kind: str = "timestamp") -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table fct_sale ({COLUMNS}, {MARKED} {kind})")
    connection.execute("create table dim_customer as select 'ann' as customer, 'home' as segment")
    connection.execute("create table run_context as select date '2016-06-01' as as_of_on")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    return sorted(connection.execute(f"select {OURS} from {table}").fetchall(), key=repr)


def assert_equal_to_full(connection: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> None:
    """The same tables computed from nothing, in a database beside, hold the same rows."""
    connection.execute("attach ':memory:' as anew")
    for table in ("fct_sale", "dim_customer", "run_context"):
        connection.execute(f"create table anew.{table} as select * from memory.main.{table}")
    full = connection.cursor()
    full.execute("use anew")
    rebuild(full, files, BEGIN)
    found = {table: (rows(connection, table), rows(full, table)) for table in TABLES}
    full.execute("use memory")
    connection.execute("detach anew")
    for table, (kept, expected) in found.items():
        assert kept == expected, table


@dataclass(frozen=True)
class Batch:
    """What happens before a run: by sale, its new row, or None where it is deleted; the as-of date; the segments."""

    sales: dict[int, tuple[Any, ...] | None]
    as_of: date
    segments: dict[str, str]
    dies_after: str | None


days = st.one_of(st.integers(0, 880), st.integers(850, 880)).map(lambda number: FIRST + timedelta(days=number))
amounts = st.one_of(st.none(), st.integers(0, 200))
sale = st.tuples(
    st.sampled_from(["ann", "bob", "cas"]), days, st.sampled_from(["N", "S", None]), amounts, amounts,
    st.one_of(st.none(), days),
)  # fmt: skip
people = st.dictionaries(st.sampled_from(["ann", "bob"]), st.sampled_from(["home", "work"]), min_size=1)
batches = st.lists(
    st.builds(
        Batch,
        st.dictionaries(st.integers(1, 12), st.one_of(sale, sale, st.none()), max_size=4),
        st.one_of(st.just(FIRST + timedelta(days=860)), days),
        st.one_of(st.just({"ann": "home", "bob": "work"}), people),
        st.sampled_from([None, None, "seen_sale", "agg_sale"]),
    ),
    min_size=2,
    max_size=4,
)
first_rows = st.dictionaries(st.integers(1, 20), sale, min_size=3, max_size=15)


def happen(connection: duckdb.DuckDBPyConnection, batch: Batch, marked_at: datetime) -> None:
    for number, row in batch.sales.items():
        connection.execute("delete from fct_sale where sale_id = ?", [number])
        if row:
            connection.execute(f"insert into fct_sale values ({', '.join('?' * 8)})", [number, *row, marked_at])
    connection.execute("update run_context set as_of_on = ?", [batch.as_of])
    connection.execute("delete from dim_customer")
    connection.executemany("insert into dim_customer values (?, ?)", [list(one) for one in batch.segments.items()])


@pytest.mark.parametrize("which", PROJECTS)
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(first=first_rows, following=batches)
def test_after_every_batch_the_changed_periods_and_the_kept_ones_are_what_a_full_refresh_gives(
    which: str, first: dict[int, tuple[Any, ...]], following: list[Batch]
) -> None:
    files, connection = compiled(PROJECTS[which]), opened()
    begin = Batch(dict(first), FIRST + timedelta(days=860), {"ann": "home", "bob": "work"}, None)
    for number, batch in enumerate([begin, *following]):
        moment = BEGIN + timedelta(hours=number)
        happen(connection, batch, moment)
        if batch.dies_after:
            rebuild(connection, files, moment, only=batch.dies_after)
            continue
        rebuild(connection, files, moment + timedelta(minutes=1))
        assert_equal_to_full(connection, files)


def small(kpis: Sequence[Kpi] = WITHOUT_STATES, **given: Any) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
    """Ten sales, one each quarter, computed once."""
    connection, files = opened(given.get("kind", "timestamp")), compiled(kpis, **given)
    sales = {
        number: ("ann", FIRST + timedelta(days=90 * number), "N", 10 * number, number, None) for number in range(1, 10)
    }
    happen(connection, Batch(sales, date(2016, 6, 1), {"ann": "home"}, None), BEGIN)
    rebuild(connection, files, BEGIN)
    return connection, files


def tamper(connection: duckdb.DuckDBPyConnection) -> None:
    """Put a figure into every kept row that nobody would compute."""
    connection.execute("update agg_sale set amount_sold = 7777")
    connection.execute("update measured_sale set amount_sold = 7777")


def turnover(connection: duckdb.DuckDBPyConnection, table: str = "measured_sale") -> dict[Any, Any]:
    if table == "agg_sale":
        query = "select tile, amount_sold from agg_sale where amount_sold is not null"
    else:
        query = """select period_start, amount_sold from measured_sale
            where grain = 'month' and span = 'period' and slice = 'all' and amount_sold is not null"""
    return dict(connection.execute(query).fetchall())


def late_row(connection: duckdb.DuckDBPyConnection, day: date, marked_at: datetime | None) -> None:
    connection.execute("insert into fct_sale values (99, 'ann', ?, 'N', 5, 1, null, ?)", [day, marked_at])


def untouched(figures: Mapping[Any, Any]) -> set[Any]:
    return {start for start, amount in figures.items() if amount == 7777}


def test_what_did_not_change_is_not_computed_again() -> None:
    connection, files = small()
    before = turnover(connection)
    tamper(connection)
    late_row(connection, date(2015, 3, 30), BEGIN + timedelta(days=1))
    rebuild(connection, files, BEGIN + timedelta(days=1))
    assert before.keys() - untouched(turnover(connection)) == {date(2015, 3, 1)}
    tiles = turnover(connection, "agg_sale")
    assert tiles.keys() - untouched(tiles) == {date(2015, 3, 1)}


def test_a_run_without_changes_computes_nothing_again() -> None:
    connection, files = small()
    tamper(connection)
    rebuild(connection, files, BEGIN + timedelta(days=1))
    assert untouched(turnover(connection)) == turnover(connection).keys()


def test_a_deleted_row_is_missed_by_its_day() -> None:
    connection, files = small()
    connection.execute("delete from fct_sale where sale_id = 3")
    rebuild(connection, files, BEGIN + timedelta(days=1))
    assert_equal_to_full(connection, files)


def test_a_row_without_a_mark_is_looked_at_in_every_run() -> None:
    connection, files = small()
    late_row(connection, date(2015, 3, 30), None)
    rebuild(connection, files, BEGIN + timedelta(days=1))
    connection.execute("update fct_sale set amount = 500 where sale_id = 99")
    rebuild(connection, files, BEGIN + timedelta(days=2))
    assert_equal_to_full(connection, files)


@pytest.mark.parametrize("rule", [{"look_back": "3 days"}, {"kind": "date"}], ids=["looking_back", "marked_by_day"])
def test_a_change_that_keeps_its_mark_is_seen_within_the_time_looked_back(rule: dict[str, str]) -> None:
    connection, files = small(**rule)
    connection.execute("update fct_sale set amount = 500 where sale_id = 3")
    rebuild(connection, files, BEGIN + timedelta(hours=1))
    assert_equal_to_full(connection, files)


def test_a_changed_dimension_model_has_everything_computed_anew() -> None:
    connection, files = small()
    connection.execute("update dim_customer set segment = 'work'")
    rebuild(connection, files, BEGIN + timedelta(hours=1))
    assert_equal_to_full(connection, files)


def test_a_changed_measure_has_everything_computed_anew() -> None:
    connection, _ = small()
    measures = {**FACT["measures"], "amount_sold": {"agg": "sum", "expr": "amount + 1"}}
    files = compiled(WITHOUT_STATES, measures=measures)
    rebuild(connection, files, BEGIN + timedelta(hours=1))
    assert_equal_to_full(connection, files)


def test_a_clock_that_goes_back_hides_no_change() -> None:
    connection, files = small()
    late_row(connection, date(2015, 3, 30), BEGIN + timedelta(days=1))
    rebuild(connection, files, BEGIN - timedelta(days=30))
    assert_equal_to_full(connection, files)


def test_a_fact_without_the_key_has_no_model_of_what_was_seen() -> None:
    files = compile_project(project())
    assert not [name for name, text in files.items() if name.startswith("seen_") or "this" in _templates(text)]


def test_a_fact_whose_conversions_depend_on_other_days_is_computed_in_full() -> None:
    formula = {
        "type": "conversion", "base": {"measure": "sales"}, "converted": {"measure": "dear_sales"},
        "entity": "customer", "window": "7 days",
    }  # fmt: skip
    files = compiled([*KPIS, kpi("came_back", formula)])
    assert "seen_sale.sql" not in files


def _templates(text: str) -> Iterable[str]:
    return [part.split("}}")[0].strip() for part in text.split("{{")[1:]]
