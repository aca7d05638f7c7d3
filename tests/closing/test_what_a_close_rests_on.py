"""What a close rests on: marts and rules as published, recorded files, and inputs that a restatement keeps too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from kpiledger.closing.doing import Pair
from kpiledger.closing.overriding import overridden_now, override_for
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import faults
from kpiledger.errors import RunStopped
from kpiledger.extracts.manifest import Manifest, manifests_bytes
from kpiledger.file_hash import file_hash
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries, writing
from kpiledger.mart_hashes import mart_hashes
from kpiledger.recipe import Recipe, Statement
from kpiledger.rule_hashes import rule_hashes
from tests.audit.conftest import AuditWorld
from tests.closing.closing_world import WEST, ClosingWorld
from tests.closing.test_evading_closes import altered, refused
from tests.closing.test_restatements import AMENDED, corrected_row

CRM = "expectations/crm.yml"
VALUE = """
    select 'revenue' as kpi, 1 as version, 'month' as grain, date '2017-03-01' as period_start, 'all' as slice,
        'all' as member, 'period' as span, sum(amount)::decimal(38, 12) as value
    from extracts."crm.line"
"""


def test_a_mart_that_was_changed_in_place_is_not_frozen_as_the_rows_of_a_close(world: ClosingWorld) -> None:
    altered(world, "update marts.fct_order_line set customer_id = 'c2' where order_line_id = 1")
    assert "the published fct_order_line is not as the ledger recorded it" in refused(lambda: world.close("2017-03"))


def test_a_close_says_which_marts_it_is_of_and_where_its_publication_did_not(world: ClosingWorld) -> None:
    (published,) = [one for one in read_entries(world.ledger) if one.kind is EntryKind.RUN_PUBLISHED]
    assert set(published.content["marts"]) == {"dim_customer", "fct_order_line", "fct_shipment"}
    assert world.close("2017-02").entry.content["marts"] == published.content["marts"]
    older = {name: said for name, said in published.content.items() if name not in ("marts", "rules")}
    with writing(world.ledger, world.tick) as writer:
        writer.append([Draft(EntryKind.RUN_PUBLISHED, published.key, older)])
    content = world.close("2017-03").entry.content
    assert (content.get("marts"), content["is_mart_unchecked"]) == (None, True)
    notes = AuditWorld(world.settings, world.ledger, world.project).ask(19, period="2017-03").notes
    assert (
        "its publication has no hashes of the tables that facts read: their frozen rows are as they were found" in notes
    )


MARTS: dict[str, tuple[str, bool]] = {
    "as_it_was": ("select 1", True),
    "in_another_order": ("create or replace table fct_order_line as from fct_order_line order by id desc", True),
    "another_cell": ("update fct_order_line set region = 'East' where id = 7", False),
    "a_null": ("update fct_order_line set region = null where id = 7", False),
    "an_empty_text": ("update fct_order_line set region = '' where id = 7", False),
    "a_row_twice": ("insert into fct_order_line from fct_order_line where id = 7", False),
    "a_row_less": ("delete from fct_order_line where id = 7", False),
    "two_texts_moved": ("update fct_order_line set region = 'a', team = 'b\x1f1:c' where id = 3", False),
    "another_name": ("alter table fct_order_line rename column team to squad", False),
}


@pytest.mark.parametrize("name", MARTS)
@pytest.mark.parametrize("at_once", [1_000_000, 10])
def test_equal_rows_hash_equally_in_any_order_and_others_never(
    run_once: ClosingWorld, monkeypatch: pytest.MonkeyPatch, name: str, at_once: int
) -> None:
    monkeypatch.setattr("kpiledger.mart_hashes._AT_ONCE", at_once)
    project, (statement, is_equal) = run_once.project, MARTS[name]
    with duckdb.connect() as connection:
        connection.execute(
            "create table fct_order_line as select range as id, 'West' as region, 'x' as team from range(100)"
        )
        connection.execute("update fct_order_line set region = 'a\x1f1:b', team = 'c' where id = 3")
        before = mart_hashes(connection, project)
        connection.execute(statement)
        assert (mart_hashes(connection, project) == before) is is_equal


def test_rules_that_were_changed_since_the_run_are_not_those_that_a_period_is_closed_by(world: ClosingWorld) -> None:
    before = rule_hashes(world.project)
    path = world.root / CRM
    path.write_text("# said anew\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert rule_hashes(world.project) == before
    first = world.close("2017-02").entry.content
    assert first["rules"] == before
    world.edit(CRM, "allow: {at_most: 0.01}", "allow: {at_most: 0.5}")
    assert f"checked by other rules than those of {CRM}" in refused(lambda: world.close("2017-03"))
    world.run()
    world.close("2017-03")
    told = f"rules changed between the closes 2017-02/1 and 2017-03/1: {CRM}"
    audit = AuditWorld(world.settings, world.ledger, world.project)
    assert told in audit.ask(19, period="2017-03").notes
    assert ("rules", CRM, rule_hashes(world.project)[CRM], None) in audit.ask(19, period="2017-03").rows


@pytest.mark.parametrize(
    "deed",
    [
        lambda one: one.reopen("2017-03"),
        lambda one: one.restate("2017-03"),
        lambda one: one.override("DM-01", "2017-04"),
        lambda one: one.close("2017-03", is_locked=True, accepted=one.accept_all()),
    ],
    ids=["reopen", "restate", "override", "lock"],
)
def test_nothing_is_done_to_a_period_over_files_that_no_run_has_recorded(
    closed: ClosingWorld, deed: Callable[[ClosingWorld], object]
) -> None:
    path = closed.root / WEST
    path.write_text(path.read_text(encoding="utf-8") + AMENDED, encoding="utf-8")
    assert "the files have sales_west_2017/2, which no run has recorded" in refused(lambda: deed(closed))


def inputs(world: ClosingWorld) -> Callable[[Path], None]:
    """What lays an extract of March's sales, its manifest and the statement over it beside what is published."""

    def lay(folder: Path) -> None:
        model = world.root / "models/kpis/fct_kpi_value.sql"
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_text(VALUE, encoding="utf-8")
        checksum = sha256(VALUE.strip().encode()).hexdigest()
        built = Statement("fct_kpi_value", "kpi", "models/kpis/fct_kpi_value.sql", checksum, VALUE, ("crm.line",))
        (folder / "recipe.json").write_bytes(canonical_bytes(asdict(Recipe((built,), (), ("crm.line",)))))
        path = folder / "extracts/crm/line.parquet"
        path.parent.mkdir(parents=True)
        amounts = [row[3] for row in world.lines.values() if row[0].startswith("2017-03")]
        with duckdb.connect() as connection:
            connection.execute(f"copy (select unnest({amounts}) as amount) to '{path}' (format parquet)")
        one = Manifest("e", "crm", "line", "t", "q", {}, 1, {}, None, None, None, file_hash(path))
        (folder / "extracts.json").write_bytes(manifests_bytes([one]))

    return lay


def test_a_restated_number_comes_out_again_from_the_extracts_that_its_restatement_kept(world: ClosingWorld) -> None:
    world.laid = inputs(world)
    world.run()
    world.close("2017-03")
    corrected_row(world)
    world.run()
    entry = world.restate("2017-03").entry
    assert "restated-1/extracts/crm/line.parquet" in entry.content["files"]
    assert "restated-1/recipe.json" in entry.content["files"]
    answer = AuditWorld(world.settings, world.ledger, world.project).ask(14, kpi="revenue", period="2017-03")
    found = {row[0]: row[2:] for row in answer.rows if row[1] == "value"}
    assert found["close 2017-03/1, closed"] == (Decimal(31006), Decimal(31006), True)
    assert found["close 2017-03/1, restated-1"] == (Decimal(26006), Decimal(26006), True)
    assert answer.holds
    path = world.settings.closes / "2017-03/1/restated-1/extracts/crm/line.parquet"
    path.chmod(0o644)
    path.write_bytes(b"other")
    closes = closes_in(read_entries(world.ledger))
    assert list(faults(world.settings.closes, closes, with_extracts=False)) == []
    assert [fault.path for fault in faults(world.settings.closes, closes, with_extracts=True)] == [path]


def test_an_override_of_one_table_lets_no_other_fail(world: ClosingWorld) -> None:
    world.override("reconciliation", "2017-03", "crm.meeting")
    overrides = overridden_now(read_entries(world.ledger), world.now.date())
    assert override_for(overrides, "crm", "meeting", "reconciliation")
    assert override_for(overrides, "crm", "deal", "reconciliation") is None
    world.outcomes["reconciliation"] = "failed"
    world.run()
    assert world.close("2017-03").entry.content["checks"][-1]["override"]
    assert "crm has no table deal" in refused(lambda: world.override("reconciliation", "2017-04", "crm.deal"))


def test_an_override_that_covers_every_table_of_a_source_is_not_given_any_more(world: ClosingWorld) -> None:
    text = (world.root / CRM).read_text(encoding="utf-8")
    table = text[text.index("  - table: meeting") :]
    with (world.root / CRM).open("a", encoding="utf-8") as file:
        file.write(table.replace("table: meeting", "table: deal").replace("DM-", "DL-"))
    told = refused(lambda: world.override("reconciliation", "2017-03"))
    assert "2 tables of crm are reconciled: name one, as crm.meeting" in told


def test_an_override_runs_out_after_a_month_or_on_its_day(world: ClosingWorld) -> None:
    world.override("DM-01", "2017-03")
    world.override("DM-02", "2017-03", until=date(2017, 6, 9))
    entries = read_entries(world.ledger)
    shown = {day: sorted(check for _, _, check in overridden_now(entries, day)) for day in (
        date(2017, 6, 9), date(2017, 6, 10), date(2017, 7, 3), date(2017, 7, 4),
    )}  # fmt: skip
    assert list(shown.values()) == [["DM-01", "DM-02"], ["DM-01"], ["DM-01"], []]
    world.outcomes["DM-01"] = "failed"
    world.run()
    world.now = world.now.replace(month=7, day=4)
    assert "DM-01 on crm.meeting failed" in refused(lambda: world.close("2017-03"))
    over = Pair("p1002", "p1001")
    with pytest.raises(RunStopped, match="it is to count until 2017-06-09, which is over"):
        world.override("DM-01", "2017-03", pair=over, until=date(2017, 6, 9))
