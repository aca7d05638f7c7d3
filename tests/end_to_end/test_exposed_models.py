"""A KPI published by itself: dbt builds its versions and the view of the latest one, in any copy of the warehouse."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.compiling.described import yaml_file
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.exposed import exposed_models
from kpiledger.compiling.owned import groups
from kpiledger.dbt_build import build
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi

pytestmark = pytest.mark.demo

ROOT = Path(__file__).parents[2]
FILES = {
    "dbt_project.yml": """
name: small
version: "1.0.0"
config-version: 2
profile: small
flags: {send_anonymous_usage_stats: false}
models: {small: {+schema: kpi}}
""",
    "profiles.yml": """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('KPI_WAREHOUSE') }}", threads: 1}
""",
    "models/as_of.sql": "select date '2015-11-30' as as_of_on",
    "models/fct_kpi_value.sql": """
select
    kpi,
    version,
    'month' as grain,
    'period' as span,
    period_start,
    period_start as period_end,
    'all' as slice,
    'all' as member,
    cast(version as decimal(38, 12)) as numerator,
    cast(null as decimal(38, 12)) as denominator,
    cast(version as decimal(38, 12)) as value,
    cast(1 as bigint) as row_count,
    true as is_complete
from (
    values
        ('gross_margin', 1, date '2015-11-01'),
        ('gross_margin', 2, date '2015-11-01'),
        ('gross_margin', 2, date '2016-01-01'),
        ('revenue', 1, date '2015-11-01')
) as given(kpi, version, period_start)
""",
}


def published() -> Project:
    """The base project of the findings, with a KPI of two versions that is published and deprecated."""
    project, _ = check_folder(ROOT / "tests/findings/base")
    assert project is not None
    gone = {"on": date(2018, 1, 1), "reason": "too coarse", "replaced_by": "revenue"}
    said = {**project.kpis["gross_margin"].model_dump(by_alias=True), "publish_as": "margin", "deprecated": gone}
    return replace(project, kpis={**project.kpis, "gross_margin": Kpi.model_validate(said)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(ROOT / "macros", root / "macros")
    project = published()
    compiled = {
        **exposed_models(project),
        "_kpis.yml": yaml_file({"models": [], "groups": groups(project)}, Dialect.DUCKDB),
    }
    for name, text in {**FILES, **{f"models/kpis/{name}": text for name, text in compiled.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip(), encoding="utf-8")
    return root


def test_versions_and_the_latest_that_has_begun_are_views_that_hold_in_a_copy(folder: Path, tmp_path: Path) -> None:
    result = build(folder, folder / "warehouse.duckdb")
    assert [str(failure) for failure in result.failures] == []
    copy = shutil.copy(folder / "warehouse.duckdb", tmp_path / "finance.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{copy}' as other (read_only)")
        rows = {
            name: connection.execute(f"select version, period_start from other.kpi.{name} order by all").fetchall()
            for name in ("margin_v1", "margin_v2", "margin")
        }
    assert rows["margin_v1"] == [(1, date(2015, 11, 1))]
    assert rows["margin_v2"] == [(2, date(2015, 11, 1)), (2, date(2016, 1, 1))]
    assert rows["margin"] == rows["margin_v1"], "the second version begins in 2016, after the as-of date"
    nodes = json.loads((folder / "target/manifest.json").read_text(encoding="utf-8"))["nodes"]
    for number in (1, 2):
        node = nodes[f"model.small.margin.v{number}"]
        assert (node["latest_version"], node["access"], node["group"]) == (2, "public", "kpi_finance")
        assert node["deprecation_date"].startswith("2018-01-01")
        assert node["config"]["meta"]["kpiledger"]["kpis"][0]["deprecated"]["replaced_by"] == "revenue"
