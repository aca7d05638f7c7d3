"""Questions 13, 14 and 16 to 18, and `kpi trace`, on the finished demo and on a month of it that was closed."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner

from kpiledger.audit.answer import Asked
from kpiledger.audit.numbers import entries_behind
from kpiledger.checking import check_folder
from kpiledger.cli import kpi
from kpiledger.closing.close import Wish, close_period
from kpiledger.closing.doing import Place
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.opening import open_index
from kpiledger.periods import Period
from kpiledger.settings import load_settings
from kpiledger.tracing.number import Number
from kpiledger.tracing.trace import contributions_of
from kpiledger.tracing.trace import traced as asked_about
from tests.audit.conftest import EXPECTED, AuditWorld

pytestmark = pytest.mark.demo

WEST = {"kpi": "revenue", "period": "2017-06", "member": "West"}
ASKED = {
    "q13_made_of_demo": (13, {**WEST, "rows": "3"}),
    "q14_recompute_demo": (14, WEST),
    "q16_reconciliation_demo": (16, {"period": "2017-06"}),
    "q17_by_hand_demo": (17, {"period": "2017-06"}),
    "q18_not_passed_demo": (18, {"period": "2017-06"}),
}
# Runs, commits, extracts, hashes, entries and the days of this copy of the demo.
_OF_THIS_COPY = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b|\b20[2-9]\d{5}T\d+Z"
    r"|\b20[2-9]\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?: UTC)?|\b20[2-9]\d-\d\d-\d\d\b"
)
_ENTRIES = re.compile(r"\b(entry |tree size: )\d+")


def steady(text: str) -> str:
    """The text without what differs from one copy of the demo to the next."""
    return _ENTRIES.sub(r"\1<n>", _OF_THIS_COPY.sub("<this copy>", text))


@pytest.fixture(scope="module")
def demo(published_demo):
    settings = load_settings(published_demo, {})
    specs, _ = check_folder(published_demo)
    return AuditWorld(settings, Ledger(settings.ledger, anchors=settings.anchors), specs)


@pytest.fixture(scope="module")
def closed(published_demo, tmp_path_factory):
    folder = shutil.copytree(published_demo, tmp_path_factory.mktemp("traced") / "demo", symlinks=True)
    settings = load_settings(folder, {})
    specs, _ = check_folder(folder)
    ledger = Ledger(settings.ledger, anchors=settings.anchors)
    place = Place(settings, specs, ledger, lambda: datetime.now(UTC))
    close_period(place, Period.parse("2017-03"), Wish("p_1003", "p_1001"))
    return AuditWorld(settings, ledger, specs)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_demo_is_as_it_was_read(demo, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", steady(demo.text(number, **words)))


def test_the_trace_of_a_number_of_the_demo_is_as_it_was_read(published_demo, golden):
    golden(EXPECTED / "trace_demo.txt", steady(traced(published_demo, "revenue", "--member", "West", "--rows", "3")))


def test_the_rows_behind_revenue_are_those_that_the_erp_has_for_it(published_demo):
    """Asked of the source system itself, by joins and conditions written here."""
    listed = csv.DictReader(io.StringIO(traced(published_demo, "revenue", "--member", "West", "--output", "csv")))
    shown = {row["row"]: Decimal(row["amount"]) for row in listed}
    with sqlite3.connect(published_demo / "build/sources/erp.sqlite") as source:
        found = source.execute(
            "select row_id, sales from order_line join orders using (order_id) "
            "where region = 'West' and order_date between '2017-06-01' and '2017-06-30'"
        ).fetchall()
    assert shown == {str(row_id): Decimal(str(sales)) for row_id, sales in found}


def test_the_orders_behind_those_not_yet_shipped_are_those_that_the_sources_say(published_demo):
    """Ordered by the end of June and sent after it, by the ERP and the warehouse system."""
    listed = csv.DictReader(io.StringIO(traced(published_demo, "open_orders", "--output", "csv")))
    shown = {row["row"].split(", ")[0] for row in listed}
    with sqlite3.connect(published_demo / "build/sources/erp.sqlite") as source:
        source.execute("attach ? as wms", [str(published_demo / "build/sources/wms.sqlite")])
        found = source.execute(
            "select order_id from orders join wms.shipment using (order_id) "
            "where order_date <= '2017-06-30' and ship_date > '2017-06-30'"
        ).fetchall()
    assert shown == {order for (order,) in found}


def test_the_rows_of_every_kpi_of_the_demo_come_to_its_number(demo):
    """For KPIs that are one measure or one over another; medians, distinct counts and what stands at an end too."""
    with open_index(demo.settings, demo.ledger) as index:
        entries = entries_behind(Asked(demo.settings, demo.ledger, lambda: index, lambda: demo.project, {}))
    for name in demo.project.kpis:
        number = Number(name, Period.parse("2017-06"))
        with asked_about(demo.settings, demo.project, demo.ledger, entries, number) as asked:
            totals = [Decimal(str(one.total)) for one in contributions_of(asked, 0)]
            assert len(totals) in (1, 2), name
            came_out = totals[0] if len(totals) == 1 else totals[0] / totals[1]
            assert abs(came_out - asked.value) < Decimal("0.00000001"), name


# A ratio, a median, what stands at an end of a month, an average, and a count under a condition.
@pytest.mark.parametrize(
    "name", ["gross_margin", "hours_to_solve", "open_orders", "mean_days_to_ship", "new_customers"]
)
def test_kpis_of_every_fact_of_the_demo_come_out_again_from_their_kept_inputs(demo, name):
    found = demo.ask(14, kpi=name, period="2017-Q2")
    assert found.holds, found.summary


def test_a_closed_number_comes_out_again_from_what_its_close_kept(closed):
    found = closed.rows(14, kpi="revenue", period="2017-03", member="West")
    values = [(row["of"], row["recorded"], row["found"]) for row in found if row["item"] == "value"]
    assert [(recorded, again) for _, recorded, again in values] == [(Decimal("29024.098"), Decimal("29024.098"))] * 2
    assert values[1][0] == "close 2017-03/1, closed"


def test_an_extract_of_a_close_that_was_changed_is_named(closed):
    path = closed.settings.closes / "2017-03/1/extracts/erp/product.parquet"
    kept = path.read_bytes()
    path.unlink()  # a link: the publication keeps its own
    found = closed.ask(14, kpi="revenue", period="2017-03", member="West")
    path.write_bytes(kept)
    assert not found.holds
    assert "close 2017-03/1, closed: it cannot be computed again: missing: extract erp.product" in found.summary[1]
    assert "comes out again" in found.summary[0]


def test_the_checks_and_totals_of_a_closed_month_are_also_those_that_it_was_closed_with(closed):
    for number in (16, 18):
        found = closed.rows(number, period="2017-03")
        assert {row["of"] for row in found} == {"published", "close 2017-03/1"}


def test_totals_of_a_month_are_those_of_the_source(demo, published_demo):
    rows = demo.rows(16, period="2017-06")
    shown = {
        row["bucket"]: row["source_value"] for row in rows if row["table"] == "orders" and row["measure"] == "count"
    }
    with sqlite3.connect(published_demo / "build/sources/erp.sqlite") as source:
        found = source.execute(
            "select region, count(*) from orders where order_date like '2017-06-%' group by region"
        ).fetchall()
    assert shown == {f"month=2017-06, region={region}": str(count) for region, count in found}


def test_a_kpi_or_member_that_is_unknown_is_a_slip_of_the_pen(published_demo):
    run = CliRunner().invoke(kpi, ["--project", str(published_demo), "trace", "revenu", "--period", "2017-06"])
    assert "there is no KPI `revenu`" in str(run.exception)
    words = ["trace", "revenue", "--period", "2017-06", "--member", "Wset"]
    assert "Wset" in str(CliRunner().invoke(kpi, ["--project", str(published_demo), *words]).exception)


def test_a_mart_that_was_changed_in_place_is_told_by_trace_and_question(published_demo, tmp_path):
    folder = shutil.copytree(published_demo, tmp_path / "demo", symlinks=True)
    warehouse = (folder / "build/warehouse.duckdb").resolve()
    warehouse.chmod(0o644)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.fct_order_line set customer_id = 'CG-12520' where order_line_id = 98")
    command = ["--project", str(folder), "trace", "revenue", "--period", "2017-06", "--member", "West"]
    run = CliRunner().invoke(kpi, [*command, "--output", "json"])
    assert run.exit_code == 1
    marts = {line["name"]: line for line in json.loads(run.stdout)["lines"] if line["part"] == "mart"}
    assert marts["dim_customer"]["holds"]
    assert not marts["fct_order_line"]["holds"]
    assert "fct_order_line: CHANGED since it was published: entry" in run.stderr
    rows = CliRunner().invoke(kpi, [*command, "--output", "csv"])
    assert (rows.exit_code, rows.stdout[:8]) == (1, "measure,")
    settings = load_settings(folder, {})
    changed = AuditWorld(settings, Ledger(settings.ledger, anchors=settings.anchors), check_folder(folder)[0])
    answer = changed.ask(13, **WEST)
    assert not answer.holds
    assert "fct_order_line changed since it was published: the rows may not be those of the number" in answer.summary


def traced(folder, name, *words):
    run = CliRunner().invoke(kpi, ["--project", str(folder), "trace", name, "--period", "2017-06", *words])
    assert run.exit_code == 0, run.exception
    return run.output
