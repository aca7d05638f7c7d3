"""The dbt YAML of compiled models: owners, definitions and readers in dbt's own words, and nothing dbt would run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project
from kpiledger.compiling.described import plain
from kpiledger.compiling.exposed import exposed_models
from kpiledger.compiling.wording import formula_text
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi, KpiVersion

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests/findings/base"


@pytest.fixture(scope="module")
def base() -> Project:
    project, findings = check_folder(BASE)
    assert findings == []
    assert project is not None
    return project


def changed(project: Project, name: str, **more: Any) -> Project:
    """The project with some values of a KPI changed, as its file would say them."""
    said = {**project.kpis[name].model_dump(by_alias=True), **more}
    return replace(project, kpis={**project.kpis, name: Kpi.model_validate(said)})


def properties(project: Project) -> dict[str, Any]:
    return dict(yaml.safe_load(compile_project(project)["_kpis.yml"]))


def model(content: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in content["models"] if one["name"] == name]
    return dict(found)


def test_every_department_with_a_kpi_is_a_group_with_its_label_as_owner(base: Project) -> None:
    assert properties(base)["groups"] == [
        {"name": "kpi_finance", "owner": {"name": "Finance"}},
        {"name": "kpi_sales", "owner": {"name": "Sales"}},
    ]


def test_a_model_belongs_to_the_department_of_its_kpis_and_to_none_where_several_share_it(base: Project) -> None:
    assert model(properties(base), "kpi_order_line")["config"]["group"] == "kpi_finance"
    shared = changed(base, "revenue", department="sales")
    assert "group" not in model(properties(shared), "kpi_order_line")["config"]


def test_a_model_says_of_each_kpi_who_owns_it_and_what_it_is_by_version(base: Project) -> None:
    gone = {"on": date(2018, 1, 1), "reason": "too coarse", "replaced_by": "revenue"}
    content = properties(changed(base, "gross_margin", deprecated=gone))
    (margin, revenue) = model(content, "kpi_order_line")["config"]["meta"]["kpiledger"]["kpis"]
    assert margin == {
        "kpi": "gross_margin",
        "label": "Gross margin",
        "owner": "finance_controller",
        "department": "finance",
        "unit": "ratio",
        "versions": [
            {
                "version": 1,
                "valid_from": "2014-01-01",
                "valid_to": "2015-12-31",
                "definition": "profit_total / revenue_amount",
            },
            {
                "version": 2,
                "valid_from": "2016-01-01",
                "definition": "(profit_total where 0 < sales_amount) / revenue_amount",
            },
        ],
        "deprecated": {"on": "2018-01-01", "reason": "too coarse", "replaced_by": "revenue"},
    }
    assert (revenue["unit"], "deprecated" in revenue) == ("USD", False)


def test_the_scorecards_are_one_exposure_that_the_lead_of_the_company_owns(base: Project) -> None:
    (found,) = properties(base)["exposures"]
    assert (found["name"], found["type"], found["owner"]) == (
        "kpi_scorecards",
        "dashboard",
        {"name": "Chief financial officer"},
    )
    assert "ref('fct_scorecard')" in found["depends_on"]


def test_a_public_model_with_a_contract_types_every_column(base: Project) -> None:
    for one in properties(base)["models"]:
        if one.get("config", {}).get("contract"):
            assert [column["name"] for column in one["columns"] if not column.get("data_type")] == [], one["name"]


def test_every_model_that_is_compiled_is_described_and_no_other(base: Project) -> None:
    files = compile_project(changed(base, "gross_margin", publish_as="margin"))
    models = [one for name, text in files.items() if name.endswith(".yml") for one in yaml.safe_load(text)["models"]]
    names = {one["name"] for one in models if "versions" not in one}
    names |= {f"{one['name']}_v{version['v']}" for one in models for version in one.get("versions", ())}
    assert names == {name.removesuffix(".sql") for name in files if name.endswith(".sql")}


@pytest.mark.parametrize("text", ["{{ env_var('HOME') }}", "{% do x %}", "{# note #}", "{{{{", "{{%}}"])
def test_no_text_of_a_user_reaches_dbt_as_a_template(base: Project, text: str) -> None:
    marks = ("{{", "}}", "{%", "%}", "{#", "#}")
    assert not any(mark in plain(text) for mark in marks)
    said = changed(base, "revenue", description=text, label={"en": text}, publish_as="net_revenue")
    for name, content in compile_project(said).items():
        if name.endswith(".yml"):
            assert not any(mark in content for mark in marks), name


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ({"type": "simple", "measure": "sales", "where": "x>0"}, "sales where 0 < x"),
        ({"type": "cumulative", "measure": "sales", "window": "1 year"}, "sales over 12 months"),
        ({"type": "cumulative", "measure": "sales", "to_date": "year"}, "sales since the first day of the year"),
        (
            {"type": "conversion", "base": "visits", "converted": "orders", "entity": "buyer", "window": "1 week"},
            "visits followed by orders of the same buyer within 7 days",
        ),
        (
            {
                "type": "derived",
                "expr": "now / before - 1",
                "inputs": {"now": {"measure": "sales"}, "before": {"kpi": "revenue", "offset": "1 year"}},
            },
            "now / before - 1 (before: revenue 12 months earlier; now: sales)",
        ),
        (
            {"type": "derived", "expr": "a", "inputs": {"a": {"measure": "sales", "missing": "zero"}}},
            "a (a: sales, 0 where missing)",
        ),
    ],
)
def test_a_formula_reads_as_one_line(formula: dict[str, Any], text: str) -> None:
    change = {"reason": "first", "requested_by": "cfo"}
    version = {"version": 1, "valid_from": date(2014, 1, 1), "change": change, "formula": formula}
    assert formula_text(KpiVersion.model_validate(version).formula) == text


def test_no_kpi_has_a_model_of_its_own_unless_it_says_so(base: Project) -> None:
    assert exposed_models(base) == {}


def test_a_published_kpi_has_a_model_a_version_and_a_view_of_the_latest_by_the_plain_name(base: Project) -> None:
    gone = {"on": date(2018, 1, 1), "reason": "too coarse"}
    files = exposed_models(changed(base, "gross_margin", publish_as="margin", deprecated=gone))
    assert sorted(files) == ["_exposed.yml", "margin__latest.sql", "margin_v1.sql", "margin_v2.sql"]
    assert "    where kpi = 'gross_margin'\n        and version = 1\n" in files["margin_v1.sql"]
    assert "when as_of_on >= date '2016-01-01' then 2\n            else 1" in files["margin__latest.sql"]
    content = yaml.safe_load(files["_exposed.yml"])
    versions = model(content, "margin")
    assert versions["latest_version"] == 2
    assert [(one["v"], one["deprecation_date"]) for one in versions["versions"]] == [
        (1, "2018-01-01"),
        (2, "2018-01-01"),
    ]
    assert versions["config"]["group"] == "kpi_finance"
    assert model(content, "margin__latest")["config"]["alias"] == "margin"
