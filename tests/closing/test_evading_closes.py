"""What somebody would try who wants a close to say something else: each is refused, or counts for nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.closing.overriding import overridden_now, overrides_of
from kpiledger.closing.quick_check import QuickQuestion
from kpiledger.closing.refusing import refusals_of_models
from kpiledger.errors import RunStopped
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries, writing
from kpiledger.recipe import Recipe, Statement
from kpiledger.spot_checks.contents import seed_of
from kpiledger.spot_checks.standing import root_at
from tests.closing.closing_world import ClosingWorld
from tests.closing.test_restatements import corrected_row

HASH = "0" * 64
CHECKSUM = sha256(b"select 1").hexdigest()  # dbt leaves out the white space around a model
CHECKED = {"stratum": {}, "direction": "warehouse_to_source"}
OTHER_WAY = {"stratum": {}, "direction": "source_to_warehouse"}
IN_PLACE = "the published tables are not those that the ledger recorded last"


def altered(world: ClosingWorld, statement: str) -> None:
    path = world.settings.warehouse.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(RunStopped) as stopped:
        deed()
    return str(stopped.value)


def test_no_override_is_for_a_period_that_nobody_will_close(world: ClosingWorld) -> None:
    assert "2099-12 has not begun" in refused(lambda: world.override("DM-01", "2099-12"))
    assert "1999-12 lies before the calendar" in refused(lambda: world.override("DM-01", "1999-12"))
    world.close("2017-Q1")
    assert "2017-Q1 is closed: what was checked for it is frozen" in refused(lambda: world.override("DM-01", "2017-03"))


def test_an_override_ends_where_a_longer_period_is_closed_and_does_not_come_back_with_a_reopening(
    world: ClosingWorld,
) -> None:
    world.override("DM-01", "2017-03")
    world.override("DM-02", "2017-Q1")
    world.close("2017-Q1")
    assert overridden_now(read_entries(world.ledger), world.now.date()) == {}
    world.reopen("2017-Q1")
    assert overridden_now(read_entries(world.ledger), world.now.date()) == {}
    assert overrides_of(read_entries(world.ledger), "2017-Q1", world.now.date()) == {}


def test_check_results_that_were_changed_in_place_are_not_closed_by(world: ClosingWorld) -> None:
    world.outcomes["DM-01"] = "failed"
    world.run()
    altered(world, "update kpi.fct_check_result set outcome = 'passed', is_blocking = false")
    assert IN_PLACE in refused(lambda: world.close("2017-03"))


def test_figures_as_computed_now_that_were_changed_in_place_are_not_accepted(closed: ClosingWorld) -> None:
    corrected_row(closed)
    closed.run()
    altered(closed, "update kpi.scorecard_now set actual = 99000, status = 'green' where kpi = 'revenue'")
    assert IN_PLACE in refused(lambda: closed.restate("2017-03"))


def test_a_period_is_not_locked_by_tables_that_were_changed_in_place(closed: ClosingWorld) -> None:
    altered(closed, "update kpi.fct_check_result set outcome = 'failed'")
    told = refused(lambda: closed.close("2017-03", is_locked=True, accepted=closed.accept_all()))
    assert "locking 2017-03 is refused" in told
    assert IN_PLACE in told


def test_a_recipe_that_was_changed_beside_the_tables_is_not_kept_as_evidence(world: ClosingWorld) -> None:
    path = world.settings.warehouse.resolve().parent / "recipe.json"
    path.write_bytes(canonical_bytes(asdict(Recipe((), (), ()))))
    assert "recipe.json of the publication is not the one" in refused(lambda: world.close("2017-03"))


def test_models_that_were_changed_since_the_run_are_not_recorded_as_those_that_made_the_numbers(
    tmp_path: Path,
) -> None:
    model = tmp_path / "models/marts/fct_order_line.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1\n")
    built = Statement("fct_order_line", "marts", "models/marts/fct_order_line.sql", CHECKSUM, "select 1", ())
    (tmp_path / "recipe.json").write_bytes(canonical_bytes(asdict(Recipe((built,), (), ()))))
    assert list(refusals_of_models(tmp_path, tmp_path)) == []
    model.write_text("select 2\n")
    (told,) = refusals_of_models(tmp_path, tmp_path)
    assert told == "the published run was made by other models than models/marts/fct_order_line.sql: run `kpi run`"


def test_a_period_that_has_not_ended_by_the_clock_is_not_closed_by_an_as_of_date_ahead(world: ClosingWorld) -> None:
    world.now = datetime(2017, 5, 20, 9, tzinfo=UTC)
    told = refused(lambda: world.close("2017-05"))
    assert "2017-05 ends on 2017-05-31 and today is 2017-05-20: it has not ended" in told


def test_files_planted_beside_a_close_keep_no_figure_from_being_frozen(closed: ClosingWorld) -> None:
    folder = closed.settings.closes / "2017-03/1"
    folder.chmod(0o755)
    planted = folder / "restated-9"
    planted.mkdir()
    shutil.copy(folder / "scorecard.parquet", planted / "scorecard.parquet")
    with duckdb.connect(str(closed.settings.warehouse), read_only=True) as connection:
        quarter = "select * from kpi.fct_kpi_value where grain = 'quarter'"
        connection.execute(f"copy ({quarter}) to '{planted / 'values.parquet'}' (format parquet)")
    closed.close("2017-Q1")
    with duckdb.connect() as connection:
        frozen = closed.settings.closes / "2017-Q1/1/values.parquet"
        assert connection.execute(f"select 1 from '{frozen}' where grain = 'quarter'").fetchall()


def test_a_waived_check_is_no_passed_one(world: ClosingWorld) -> None:
    world.outcomes |= {"DM-01": "waived", "reconciliation": "waived"}
    world.run()
    answers = {(one.kpi, one.question): one for one in world.close("2017-03").answers}
    rules, agrees = answers["revenue", QuickQuestion.RULES], answers["revenue", QuickQuestion.RECONCILED]
    assert (rules.is_yes, rules.told) == (False, "3 of 4 passed: DM-01 waived")
    assert (agrees.is_yes, agrees.told) == (False, "0 of 1 passed: reconciliation waived")


def spot_checked(world: ClosingWorld, table: str, found: list[tuple[dict[str, Any], str | None, str]]) -> None:
    """Record a spot check: for each part its population, and how many rows were wrong."""
    key = f"crm.{table}/2017-03/{len(read_entries(world.ledger))}"
    sizes = [{**part, "sample_size": population or "0"} for part, population, _ in found]
    plan = {
        "source": "crm", "table": table, "model": table, "period": "2017-03", "ordinal": "1", "reason": None,
        "error_share_below": "0.05", "confidence": "0.95", "key": ["id"], "columns": ["day"],
        "parts": [
            {**one, "population": known, "allowed_errors": "0"}
            for one, (_, known, _) in zip(sizes, found, strict=True)
        ],
    }  # fmt: skip
    with writing(world.ledger, world.tick) as writer:
        (planned,) = writer.append([Draft(EntryKind.SPOT_CHECK_PLANNED, key, plan)])
    tree = root_at(read_entries(world.ledger), planned.seq)
    drawn_parts = [{**part, "keys_hash": HASH} for part, _, _ in found]
    draw = {"plan_seq": str(planned.seq), "root": tree, "seed": seed_of(tree, plan), "parts": drawn_parts}
    with writing(world.ledger, world.tick) as writer:
        (drawn,) = writer.append([Draft(EntryKind.SPOT_CHECK_DRAWN, key, draw)])
        judged = [{**one, "errors_found": errors} for one, (_, _, errors) in zip(sizes, found, strict=True)]
        verdict = {"drawn_seq": str(drawn.seq), "method": "person", "sheet_hash": HASH, "parts": judged}
        verdict |= {"judged_by": "auditor", "fingerprint": None, "signature": None}
        writer.append([Draft(EntryKind.SPOT_CHECK_JUDGED, key, verdict)])


def told_at_closing(world: ClosingWorld) -> tuple[bool, str]:
    answers = world.close("2017-03").answers
    (one,) = [one for one in answers if (one.kpi, one.question) == ("revenue", QuickQuestion.SPOT_CHECKED)]
    return one.is_yes, one.told


def test_a_failed_sample_is_not_made_good_by_one_of_another_table_or_by_one_drawn_later(world: ClosingWorld) -> None:
    spot_checked(world, "meeting", [(CHECKED, "9", "4")])
    spot_checked(world, "deal", [(CHECKED, "9", "0")])
    spot_checked(world, "meeting", [(CHECKED, "9", "0")])
    assert told_at_closing(world) == (False, "a sample does not show its claim: crm")


def test_a_direction_that_nobody_could_look_in_shows_nothing(world: ClosingWorld) -> None:
    spot_checked(world, "meeting", [(CHECKED, "9", "0"), (OTHER_WAY, None, "0")])
    assert told_at_closing(world) == (False, "a sample does not show its claim: crm")


def test_a_sample_without_an_error_in_both_directions_is_a_yes(world: ClosingWorld) -> None:
    spot_checked(world, "meeting", [(CHECKED, "9", "0"), (OTHER_WAY, "9", "0")])
    assert told_at_closing(world) == (True, "of crm")
