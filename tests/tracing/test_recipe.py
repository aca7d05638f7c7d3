"""What of dbt's manifest is kept as the recipe of published numbers, and what stays as it was on the next run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.recipe import FILE, keep_recipe, read_recipe, recipe_hash

BUILT = "built__0123456789ab"


def node(name: str, code: str | None, *reads: str, schema: str = "marts", checksum: str = "one") -> dict[str, Any]:
    kind = "model" if code is not None else "seed"
    return {
        "resource_type": kind, "name": name, "schema": schema, "compiled_code": code, "depends_on": {"nodes": reads},
        "relation_name": f'"warehouse"."{schema}"."{name}"', "original_file_path": f"{kind}s/{name}",
        "checksum": {"checksum": checksum},
    }  # fmt: skip


def manifest(root: Path, *nodes: dict[str, Any]) -> None:
    path = root / "target" / "manifest.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"nodes": {str(place): one for place, one in enumerate(nodes)}}))


@pytest.fixture
def aside(tmp_path: Path) -> Path:
    folder = tmp_path / "next"
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.team (team varchar, heads integer)")
        connection.execute("insert into raw.team values ('west', 3), ('east', null)")
    return folder


def simple(root: Path, aggregate: str = "select 1 as n", checksum: str = "one") -> tuple[dict[str, Any], ...]:
    values = node("fct_kpi_value", "select * from agg", "model.p.agg", schema="kpi")
    folder = root / "next" / "extracts"
    return (
        values,
        node("agg", aggregate, "model.p.staged", "model.p.teams", schema="kpi", checksum=checksum),
        node("staged", f"select * from '{folder}/erp/orders.parquet'", "source.p.erp.orders"),
        node("teams", "select * from raw.team", "seed.p.team"),
        node("team", None, schema="raw"),
        node("fct_scorecard", "select 1", "model.p.fct_kpi_value", schema="kpi"),
    )


def test_what_the_values_need_is_kept_in_an_order_in_which_it_runs_and_nothing_else(tmp_path, aside):
    manifest(tmp_path, *simple(tmp_path))
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    recipe = read_recipe(aside)
    names = [one.name for one in recipe.statements]
    assert set(names) == {"fct_kpi_value", "agg", "staged", "teams"}
    assert all(names.index(one) < names.index("agg") for one in ("staged", "teams"))
    assert names[-1] == "fct_kpi_value"
    assert recipe.sources == ("erp.orders",)
    assert [(one.name, [*one.columns.items()], one.rows) for one in recipe.seeds] == [
        ("team", [("heads", "INTEGER"), ("team", "VARCHAR")], (("3", "west"), (None, "east")))
    ]


def test_no_place_of_this_machine_and_run_is_kept(tmp_path, aside):
    manifest(tmp_path, *simple(tmp_path))
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    assert str(tmp_path) not in (aside / FILE).read_text()
    staged = next(one for one in read_recipe(aside).statements if one.name == "staged")
    assert staged.query == 'select * from "extracts"."erp.orders"'


def test_the_same_models_give_the_same_bytes_in_whatever_order_dbt_lists_them(tmp_path, aside):
    manifest(tmp_path, *simple(tmp_path))
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    first = recipe_hash(aside)
    manifest(tmp_path, *reversed(simple(tmp_path)))
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    assert recipe_hash(aside) == first


@pytest.mark.parametrize(("checksum", "kept"), [("one", f"select 1 as n, 2 as {BUILT}"), ("other", None)])
def test_a_model_computed_from_its_own_table_keeps_the_statement_that_made_it_in_full(tmp_path, aside, checksum, kept):
    whole = f"select 1 as n, 2 as {BUILT}"
    manifest(tmp_path, *simple(tmp_path, whole))
    before = tmp_path / "before"
    before.mkdir()
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    (aside / FILE).replace(before / FILE)
    partly = f'{whole} union all select n, {BUILT} from "warehouse"."kpi"."agg"'
    manifest(tmp_path, *simple(tmp_path, partly, checksum))
    keep_recipe(tmp_path, aside, before)
    assert next(one.query for one in read_recipe(aside).statements if one.name == "agg") == kept


def test_without_a_manifest_of_the_values_nothing_is_kept(tmp_path, aside):
    manifest(tmp_path, node("other", "select 1"))
    keep_recipe(tmp_path, aside, tmp_path / "nothing")
    assert recipe_hash(aside) is None


def test_what_is_no_recipe_says_so(tmp_path):
    (tmp_path / FILE).write_text('{"statements": [{"name": "x"}]}')
    with pytest.raises(BrokenWorld, match="is no recipe of published numbers"):
        read_recipe(tmp_path)
