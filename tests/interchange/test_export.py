"""What dbt is told of the demo, that dbt accepts it, and what is left out because dbt would answer otherwise."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from kpiledger.interchange.exporting import export_layer
from kpiledger.interchange.legacy_yaml import legacy_files
from kpiledger.interchange.newer_yaml import newer_files
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.kpi import Kpi
from tests.demo import ROOT, copy_project
from tests.interchange.shops import command
from tests.oracle.company import kpi, project

FORMULAS: Mapping[str, Mapping[str, Any]] = {
    "simple": {"type": "simple", "measure": "high_cost"},
    "part": {"type": "simple", "measure": "sales", "where": "region = 'N'"},
    "share": {"type": "ratio", "numerator": {"measure": "refunds", "where": "floor > 1"}, "denominator": "visits"},
    "growth": {
        "type": "derived",
        "expr": "now / before - 1",
        "inputs": {
            "now": {"kpi": "simple"},
            "before": {"kpi": "simple", "offset": "12 months", "missing": "zero"},
        },
    },
    "rolling": {"type": "cumulative", "measure": "amount_sold", "window": "12 months"},
    "to_date": {"type": "cumulative", "measure": "amount_paid", "to_date": "year"},
}
CONVERSION = {"type": "conversion", "base": "visits", "converted": "sales", "entity": "sale_id", "window": "30 days"}
CALENDAR = {"starts_on": date(2022, 1, 1), "zone": "UTC"}


def exported(*kpis: Kpi, **calendar: Any) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """The legacy metrics by name, the reason for each KPI left out, and the remarks."""
    found = export_layer(project(kpis, Calendar.model_validate({**CALENDAR, **calendar})))
    metrics = {one["name"]: one for content in legacy_files(found.layer).values() for one in content.get("metrics", ())}
    return metrics, {told.name: told.reason for told in found.left_out}, [str(told) for told in found.remarks]


def test_dbt_parses_the_export_of_the_demo(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "demo")
    answer = command(root, "export", "dbt", "--out", str(tmp_path / "out"), "--output", "json")
    assert answer.exit_code == 0, answer.stderr
    assert [told["name"] for told in json.loads(answer.stdout)["left_out"]] == ["open_orders"]
    shutil.copytree(tmp_path / "out" / "legacy", root / "models" / "semantic")
    _give_time_spine(root / "models" / "kpis" / "_kpis.yml")
    dbt = [str(Path(sys.executable).with_name("dbt")), "parse", "--profiles-dir", ".", "--no-partial-parse"]
    parsed = subprocess.run(dbt, cwd=root, capture_output=True, text=True, check=False)
    assert parsed.returncode == 0, parsed.stdout
    manifest = json.loads((root / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))
    names = {metric["name"] for metric in manifest["metrics"]}
    kpis = {path.stem for path in (ROOT / "metrics" / "kpis").rglob("*.yml")}
    assert kpis - names == {"open_orders"}


def _give_time_spine(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (day,) = [model for model in content["models"] if model["name"] == "dim_day"]
    day["time_spine"] = {"standard_granularity_column": "day"}
    day["columns"] = [{**one, **({"granularity": "day"} if one["name"] == "day" else {})} for one in day["columns"]]
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def test_the_newer_yaml_fits_its_schema() -> None:
    schema = json.loads(files("dbt.jsonschemas").joinpath("resources/latest.json").read_text(encoding="utf-8"))
    kpis = [kpi(name, formula) for name, formula in {**FORMULAS, "conversion": CONVERSION}.items()]
    found = export_layer(project(kpis, Calendar.model_validate(CALENDAR)))
    assert found.left_out == ()
    for content in newer_files(found.layer).values():
        jsonschema.validate(content, schema)
    said = {metric["name"] for content in newer_files(found.layer).values() for metric in _metrics(content)}
    assert {*FORMULAS, "conversion"} <= said


def _metrics(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [metric for model in content["models"] for metric in model.get("metrics", ())]


def test_a_condition_stands_in_the_measure_so_that_no_row_is_lost() -> None:
    found = export_layer(project([kpi("part", FORMULAS["part"])], Calendar.model_validate(CALENDAR)))
    (model,) = [model for model in found.layer.models if model.name == "sale"]
    (made,) = [measure for measure in model.measures if measure.name == "part_measure"]
    assert (made.agg, made.expr) == ("count", "case when region = 'N' then 1 end")


def test_a_length_is_said_in_the_unit_that_dbt_shifts_right() -> None:
    metrics, left_out, _ = exported(*(kpi(name, formula, grains=["quarter"]) for name, formula in FORMULAS.items()))
    assert left_out == {}
    before = metrics["growth"]["type_params"]["metrics"][1]
    assert before["offset_window"] == "4 quarters"
    assert metrics["growth"]["type_params"]["expr"] == "cast(now as double) / nullif(coalesce(before, 0), 0) - 1"
    terms = metrics["rolling"]["type_params"]["cumulative_type_params"]
    assert terms == {"window": "4 quarters", "period_agg": "last"}


def test_a_kpi_of_the_name_of_another_measure_leaves_the_name_to_the_kpi() -> None:
    share = {"type": "ratio", "numerator": "profit", "denominator": "sales"}
    metrics, left_out, _ = exported(kpi("sales", FORMULAS["simple"]), kpi("share", share))
    assert left_out == {}
    assert metrics["share"]["type_params"] == {"numerator": "profit", "denominator": "sales_measure"}


def test_two_kpis_of_one_label_get_labels_that_differ() -> None:
    metrics, _, _ = exported(*(kpi(name, FORMULAS["simple"], label={"en": "Cost"}) for name in ("k1", "k2")))
    assert [metrics[name]["label"] for name in ("k1", "k2")] == ["Cost", "Cost (k2)"]


REFUSED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], str]] = {
    "last": ({"type": "simple", "measure": "standing"}, {}, {}, "takes the last row at or before the end of a period"),
    "fiscal": (FORMULAS["to_date"], {}, {"fiscal_year_starts": "july"}, "is that of the fiscal year"),
    "weeks": (
        {"type": "cumulative", "measure": "sales", "to_date": "week"},
        {"grains": ["day"]},
        {"week_starts": "sunday"},
        "its weeks begin on sunday",
    ),
    "week and year": (FORMULAS["to_date"], {"grains": ["week"]}, {}, "a week has its whole year to date with us"),
    "window of days": ({**FORMULAS["rolling"], "window": "7 days"}, {}, {}, "where it is a number of periods"),
    "to date within": ({**FORMULAS["to_date"], "to_date": "week"}, {}, {}, "that of the last day with rows"),
    "offset": (
        {"type": "derived", "expr": "a1", "inputs": {"a1": {"measure": "sales", "offset": "1 month"}}},
        {"grains": ["quarter"]},
        {},
        "the grains are quarter",
    ),
    "unused input": (
        {"type": "derived", "expr": "a1", "inputs": {"a1": {"measure": "sales"}, "b1": {"measure": "visits"}}},
        {},
        {},
        "does not read `b1`",
    ),
    "converted twice": (
        {"type": "conversion", "base": "visits", "converted": "sales", "entity": "customer", "window": "30 days"},
        {},
        {},
        "dbt counts a base event once for each event it led to",
    ),
    "converted in months": (
        {"type": "conversion", "base": "visits", "converted": "sales", "entity": "sale_id", "window": "1 month"},
        {},
        {},
        "write it in days or weeks",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_dbt_would_answer_otherwise_is_left_out_with_the_reason(case: str) -> None:
    formula, more, calendar, reason = REFUSED[case]
    metrics, left_out, _ = exported(kpi("k1", formula, **more), **calendar)
    assert "k1" not in metrics
    assert reason in left_out["k1"]


@pytest.mark.parametrize("name", ["k", "month", "metric_time"])
def test_a_name_that_dbt_keeps_or_refuses_is_left_out(name: str) -> None:
    assert "dbt" in exported(kpi(name, FORMULAS["simple"]))[1][name]


def test_a_kpi_made_of_one_left_out_is_left_out_too() -> None:
    derived = {"type": "derived", "expr": "stock * 2", "inputs": {"stock": {"kpi": "k1"}}}
    _, left_out, _ = exported(kpi("k1", REFUSED["last"][0]), kpi("k2", derived))
    assert left_out["k2"].startswith("its input k1 is left out: `standing` takes")


def test_what_dbt_is_not_told_is_remarked() -> None:
    versions = [
        {"version": 1, "valid_from": date(2014, 1, 1), "valid_to": date(2022, 12, 31), "formula": FORMULAS["part"]},
        {"version": 2, "valid_from": date(2023, 1, 1), "formula": FORMULAS["simple"]},
    ]
    rolling = kpi("rolling", FORMULAS["rolling"], grains=["month", "year"])
    metrics, left_out, remarks = exported(kpi("k1", versions=versions), rolling)
    assert left_out == {}
    assert metrics["k1"]["type_params"] == {"measure": "high_cost"}
    assert remarks == [
        "k1: version 1 (from 2014-01-01) is not said: a metric has one formula for all time, and it is that of "
        "version 2",
        "rolling: by year dbt answers for the last day or period within it that has rows",
    ]


def test_a_file_that_no_export_wrote_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "legacy").mkdir()
    (tmp_path / "legacy" / "shipment.yml").write_text("mine\n", encoding="utf-8")
    answer = command(ROOT, "export", "dbt", "--out", str(tmp_path))
    assert answer.exception is not None
    assert "was not written by `kpi export dbt`" in str(answer.exception)
    assert (tmp_path / "legacy" / "shipment.yml").read_text(encoding="utf-8") == "mine\n"


def test_a_percentile_is_taken_of_doubles_so_that_its_places_are_not_cut() -> None:
    found = export_layer(project([kpi("simple", FORMULAS["simple"])], Calendar.model_validate(CALENDAR)))
    measures = {one.name: one for model in found.layer.models for one in model.measures}
    assert measures["high_cost"].expr == "cast(cost as double)"
