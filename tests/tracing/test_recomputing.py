"""A number computed again from kept inputs: equal where they are as recorded, and told where they are not."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from kpiledger.extracts.manifest import Manifest, manifests_bytes
from kpiledger.file_hash import file_hash
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.periods import Period
from kpiledger.recipe import FILE, Recipe, Seed, Statement
from kpiledger.tracing.number import Fixed, Number
from kpiledger.tracing.recomputing import recompute

JUNE = Number("revenue", Period.parse("2017-06"), "region", "West")
VALUES = """
    select 'revenue' as kpi, 1 as version, 'month' as grain, 'period' as span, date '2017-06-01' as period_start,
        'region' as slice, region as member, cast(sum(sales) as decimal(38, 12)) as value
    from "warehouse"."marts"."line" join raw.team on team.name = line.team group by region
"""
STATEMENTS = (
    Statement("line", "marts", "line.sql", "", 'select * from "extracts"."erp.lines"', ("erp.lines", "team")),
    Statement("kpi_line", "kpi", "kpi_line.sql", "", VALUES, ("line", "team")),
    Statement("fct_kpi_value", "kpi", "value.sql", "", 'select * from "warehouse"."kpi"."kpi_line"', ("kpi_line",)),
)
TEAMS = Seed("team", "raw", "team.csv", {"name": "VARCHAR", "region": "VARCHAR"}, (("w", "West"), ("e", "East")))


def kept(folder: Path, *statements: Statement) -> Fixed:
    """A publication of three lines, with the value of West that they come to."""
    path = folder / "extracts" / "erp" / "lines.parquet"
    path.parent.mkdir(parents=True)
    rows = "(values ('w', 10.50), ('w', 0.25), ('e', 100.00)) as line (team, sales)"
    duckdb.execute(f"copy (select * from {rows}) to '{path}' (format parquet)")
    digest = file_hash(path)
    manifest = Manifest("x1", "erp", "lines", "2017-07-01", "", {}, 3, {}, None, None, None, digest)
    (folder / "extracts.json").write_bytes(manifests_bytes([manifest]))
    return recorded(folder, Recipe(statements or STATEMENTS, (TEAMS,), ("erp.lines",)), {"erp.lines": digest})


def recorded(folder: Path, recipe: Recipe, inputs: dict[str, str]) -> Fixed:
    written = canonical_bytes(asdict(recipe))
    (folder / FILE).write_bytes(written)
    digest = hashlib.sha256(written).hexdigest()
    return Fixed("computed by run one", folder, None, Decimal("10.75"), 1, digest, inputs, date(2017, 6, 30))


def test_the_kept_inputs_give_the_number_again(tmp_path):
    found = recompute(kept(tmp_path), JUNE)
    assert (found.value, found.is_equal, found.problem) == (Decimal("10.75"), True, None)
    assert [one.item for one in found.compared] == ["recipe.json", "extract erp.lines"]


def test_another_figure_than_comes_out_is_not_equal(tmp_path):
    found = recompute(replace(kept(tmp_path), value=Decimal("10.76")), JUNE)
    assert (found.value, found.is_equal) == (Decimal("10.75"), False)


def test_a_changed_extract_is_named_even_where_the_number_stays_the_same(tmp_path):
    fixed = kept(tmp_path)
    path = tmp_path / "extracts" / "erp" / "lines.parquet"
    duckdb.execute(f"copy (select * from (values ('w', 10.75)) as line (team, sales)) to '{path}' (format parquet)")
    found = recompute(fixed, JUNE)
    assert (found.value, found.is_equal) == (Decimal("10.75"), False)
    assert [one.item for one in found.compared if not one.holds] == ["extract erp.lines"]


def test_changed_statements_are_not_run(tmp_path):
    fixed = kept(tmp_path)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes().replace(b"sum(sales)", b"sum(8*sales)"))
    found = recompute(fixed, JUNE)
    assert (found.value, found.is_equal) == (None, False)
    assert found.problem is not None
    assert "are not the recorded ones" in found.problem


def test_statements_that_were_never_recorded_are_not_run(tmp_path):
    found = recompute(replace(kept(tmp_path), recipe=None), JUNE)
    assert (found.value, found.problem) == (None, "the ledger has no hash of its statements, so they are not run")


@pytest.mark.parametrize("lost", ["recipe.json", "extracts/erp/lines.parquet"])
def test_an_input_that_is_gone_is_named(tmp_path, lost):
    fixed = kept(tmp_path)
    (tmp_path / lost).unlink()
    found = recompute(fixed, JUNE)
    assert found.problem is not None
    assert "extract erp.lines" in found.problem or "not kept" in found.problem
    assert [one.found for one in found.compared if not one.holds] == ["missing"]


def test_statements_reach_no_file_of_the_machine(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("region,sales\nWest,5\n")
    reading = replace(STATEMENTS[0], query=f"select * from read_csv('{secret}')")
    found = recompute(kept(tmp_path / "kept", reading, *STATEMENTS[1:]), JUNE)
    assert found.value is None
    assert found.problem is not None
    assert "file system operations are disabled" in found.problem


def test_a_model_of_which_only_a_part_was_computed_is_named(tmp_path):
    found = recompute(kept(tmp_path, replace(STATEMENTS[0], query=None), *STATEMENTS[1:]), JUNE)
    assert found.problem is not None
    assert found.problem.startswith("line was computed from its own last table")


def test_a_number_that_the_statements_do_not_make_is_not_equal(tmp_path):
    found = recompute(kept(tmp_path), replace(JUNE, member="North"))
    assert (found.value, found.is_equal) == (None, False)
