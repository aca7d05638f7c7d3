"""dbt's semantic YAML as facts and KPIs: what is exactly ours is written, the rest is told with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpiledger.loading import load_project
from kpiledger.project import Project
from tests.interchange.shops import CUSTOMER, OPTIONS, ORDER_LINE, bare_project, command, import_text, metric

REVENUE = metric("revenue", "simple", "{measure: revenue_amount}")
COUNT = metric("lines", "simple", "{measure: line_count}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return bare_project(tmp_path / "shop")


def project_in(root: Path) -> Project:
    project, _ = load_project(root)
    assert project is not None
    return project


def formula(root: Path, name: str) -> object:
    return project_in(root).kpis[name].versions[0].formula.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def measures(*entries: str) -> str:
    return ORDER_LINE + "".join(f"      - {entry}\n" for entry in entries)


def test_semantic_models_and_metrics_become_facts_and_kpis_that_pass_the_check(root: Path) -> None:
    answer = import_text(root, ORDER_LINE + "metrics:\n" + REVENUE + COUNT, CUSTOMER)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == [
        "metrics/facts/order_line.yml", "metrics/kpis/order/revenue.yml", "metrics/kpis/order/lines.yml",
    ]  # fmt: skip
    assert (root / "metrics" / "facts" / "order_line.yml").read_text(encoding="utf-8") == (
        "fact: order_line\n"
        "model: fct_order_line\n"
        "description: The lines of orders. One row per order line.\n"
        "key: [order_line_id]\n"
        "time: ordered_on\n"
        "source: [crm]\n"
        "dimensions:\n"
        "  region: region\n"
        "  segment: {through: dim_customer, on: customer_id, column: segment}\n"
        "measures:\n"
        "  revenue_amount:\n"
        "    agg: sum\n"
        "    expr: sales_amount\n"
        "  line_count:\n"
        "    agg: count\n"
    )
    checked = command(root, "check")
    assert "error" not in checked.stdout


def test_formulas_are_read_from_dbts_own_keys(root: Path) -> None:
    filtered = "    filter: \"{{ Dimension('order_line__region') }} = 'West'\"\n"
    text = "".join([
        measures("{name: high, agg: percentile, expr: sales_amount, agg_params: {percentile: 0.9}}",
                 "{name: losses, agg: sum_boolean, expr: profit_amount < 0}"),
        "metrics:\n", REVENUE, COUNT,
        metric("west", "simple", "{measure: {name: revenue_amount, fill_nulls_with: 0}}", filtered),
        metric("per_line", "ratio", "{numerator: west_revenue, denominator: lines}"),
        metric("west_revenue", "simple", "{measure: revenue_amount}", filtered),
        metric("growth", "derived", "{expr: now - before, metrics: [{name: revenue, alias: now}, "
               "{name: revenue, alias: before, offset_window: 1 month}]}"),
        metric("to_date", "cumulative", "{measure: line_count, cumulative_type_params: "
               "{grain_to_date: year, period_agg: last}}"),
        metric("loss_count", "simple", "{measure: losses}"), metric("high_value", "simple", "{measure: high}"),
    ])  # fmt: skip
    answer = import_text(root, text, CUSTOMER)
    assert (answer.exit_code, answer.stderr) == (0, "")
    west = {"measure": "revenue_amount", "where": "region = 'West'"}
    assert formula(root, "west") == {"type": "simple", **west}
    assert project_in(root).kpis["west"].missing == "zero"
    assert formula(root, "per_line") == {"type": "ratio", "numerator": west, "denominator": {"measure": "line_count"}}
    assert formula(root, "growth") == {
        "type": "derived", "expr": "now - before",
        "inputs": {"now": {"kpi": "revenue"}, "before": {"kpi": "revenue", "offset": "1 month"}},
    }  # fmt: skip
    assert formula(root, "to_date") == {"type": "cumulative", "measure": "line_count", "to_date": "year"}
    losses = project_in(root).facts["order_line"].measures["losses"]
    assert (losses.agg.value, losses.where) == ("count", "profit_amount < 0")
    assert "error" not in command(root, "check").stdout


def test_what_dbt_does_not_say_is_asked_for_all_at_once(root: Path) -> None:
    answer = import_text(root, ORDER_LINE + "metrics:\n" + REVENUE, CUSTOMER, options=("--source", "crm"))
    assert answer.exit_code == 1
    assert answer.stderr == (
        "left out: 1\n"
        f"  {root.parent}/dbt/given_1.yml:16:5: revenue: dbt does not say owner (--owner), department (--department), "
        "chain_stage (--stage), timing (--timing), effect (--effect), aspect (--aspect), level (--level), "
        "direction (--direction), unit (--unit), cadence (--cadence); give the options, or write them to "
        "config.meta.kpiledger\n"
    )


def test_the_meta_says_what_no_option_says(root: Path) -> None:
    meta = "    config: {meta: {kpiledger: {owner: cfo, slices: [region]}}}\n"
    text = ORDER_LINE + "metrics:\n" + metric("revenue", "simple", "{measure: revenue_amount}", meta)
    assert import_text(root, text, CUSTOMER).exit_code == 0
    found = project_in(root).kpis["revenue"]
    assert (found.owner, found.slices, found.department) == ("cfo", ("region",), "sales")


REFUSED: Mapping[str, tuple[str, str]] = {
    "jinja": (
        metric("k1", "simple", "{measure: line_count}", "    filter: \"{{ TimeDimension('day') }} > '2020'\"\n"),
        "its filter is more than conditions on dimensions",
    ),
    "other model": (
        metric("k1", "simple", "{measure: line_count}", "    filter: \"{{ Dimension('customer__segment') }} = 'A'\"\n"),
        "which is no plain column of the model of its measure",
    ),
    "spine": (metric("k1", "simple", "{measure: {name: line_count, join_to_timespine: true}}"), "makes rows where"),
    "fill": (metric("k1", "simple", "{measure: {name: line_count, fill_nulls_with: 1}}"), "ours fills with zero"),
    "first": (
        metric("k1", "cumulative", "{measure: line_count, cumulative_type_params: {grain_to_date: year}}"),
        "that of the month's first day",
    ),
    "months": (
        metric(
            "k1",
            "cumulative",
            "{measure: line_count, window: 3 months, cumulative_type_params: {period_agg: last}}",
        ),
        "counts back from the same day of a month",
    ),
    "all time": (
        metric("k1", "cumulative", "{measure: line_count, cumulative_type_params: {period_agg: last}}"),
        "it adds up all time",
    ),
    "to grain": (
        metric("k1", "derived", "{expr: revenue, metrics: [{name: revenue, offset_to_grain: month}]}"),
        "`offset_to_grain: month` is none of ours",
    ),
    "ratio of ratios": (
        metric("k1", "ratio", "{numerator: k2, denominator: revenue}")
        + metric("k2", "ratio", "{numerator: revenue, denominator: revenue}"),
        "its part `k2` is no simple metric",
    ),
    "unknown": (metric("k1", "simple", "{measure: nothing}"), "its measure `nothing` is not in what was read"),
    "conversion": (
        metric("k1", "conversion", "{conversion_type_params: {base_measure: line_count, "
               "conversion_measure: {name: line_count, fill_nulls_with: 0}, entity: customer, window: 7 days}}"),
        "dbt counts a base event once for each event it led to",
    ),
    "name": (metric("year_2024__x", "simple", "{measure: line_count}"), "is no name"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_metric_that_is_not_exactly_ours_is_left_out_with_its_place(root: Path, case: str) -> None:
    entries, reason = REFUSED[case]
    answer = import_text(root, ORDER_LINE + "metrics:\n" + REVENUE + entries, CUSTOMER)
    assert answer.exit_code == 1
    assert reason in answer.stderr
    line = len((ORDER_LINE + "metrics:\n" + REVENUE).splitlines()) + 1
    assert f"given_1.yml:{line}:5: " in answer.stderr
    assert {"k1", "year_2024__x"}.isdisjoint(project_in(root).kpis)
    assert "revenue" in project_in(root).kpis


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("{name: m1, agg: sum, expr: amount, non_additive_dimension: {name: ordered_on}}", "looks within a period"),
        ("{name: m1, agg: sum, expr: date_trunc('day', ordered_on)}", "its measure m1: "),
        ("{name: m1, agg: sum, expr: nothing}", "has no column nothing"),
        ("{name: m1, agg: sum, expr: sales_amount, create_metric: true}", "write the metric out"),
        ("{name: m1, agg: sum, expr: sales_amount, agg_time_dimension: shipped_on}", "no date column of the grain day"),
        (
            "{name: m1, agg: percentile, expr: sales_amount, "
            "agg_params: {percentile: 0.5, use_discrete_percentile: true}}",
            "discrete or approximate",
        ),
    ],
)
def test_a_measure_that_is_not_exactly_ours_is_told_with_its_line(root: Path, entry: str, reason: str) -> None:
    answer = import_text(root, measures(entry) + "metrics:\n" + REVENUE, CUSTOMER)
    assert answer.exit_code == 1
    assert reason in answer.stderr
    assert "given_1.yml:15:9: order_line: its measure m1" in answer.stderr
    assert "revenue" in project_in(root).kpis


def test_saved_queries_the_newer_yaml_and_ways_over_other_columns_are_told(root: Path) -> None:
    others = (
        "saved_queries:\n  - name: weekly\nmodels:\n  - name: fct_order_line\n    semantic_model: {enabled: true}\n"
    )
    customer = CUSTOMER.replace("expr: customer_id", "expr: id")
    answer = import_text(root, ORDER_LINE + "metrics:\n" + REVENUE, customer, others)
    assert answer.exit_code == 1
    for told in ("weekly: a saved query", "dbt's newer YAML is not read", "joins columns that are not of one name"):
        assert told in answer.stderr


def test_a_file_that_says_something_else_is_left_as_it_is(root: Path) -> None:
    text = ORDER_LINE + "metrics:\n" + REVENUE
    assert import_text(root, text, CUSTOMER).exit_code == 0
    again = import_text(root, text, CUSTOMER)
    assert (again.exit_code, again.stdout) == (0, "")
    path = root / "metrics" / "kpis" / "order" / "revenue.yml"
    mine = path.read_text(encoding="utf-8").replace("What it is.", "Mine.")
    path.write_text(mine, encoding="utf-8")
    other = import_text(root, text, CUSTOMER)
    assert other.exit_code == 1
    assert "revenue: metrics/kpis/order/revenue.yml says something else and is left as it is" in other.stderr
    assert path.read_text(encoding="utf-8") == mine


def test_an_export_that_was_changed_on_dbts_side_is_not_guessed_at(root: Path, tmp_path: Path) -> None:
    import_text(
        root,
        ORDER_LINE + "metrics:\n" + REVENUE + metric("share", "ratio", "{numerator: revenue, denominator: revenue}"),
        CUSTOMER,
    )
    command(root, "export", "dbt", "--out", str(tmp_path / "out"))
    other = bare_project(tmp_path / "other")
    path = tmp_path / "out" / "legacy" / "order_line.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("type_params: {measure: revenue_amount}", "type_params: {measure: line_count}"), encoding="utf-8"
    )
    answer = command(other, "import", "dbt", str(path.parent), "--output", "json")
    told = {one["name"]: one["reason"] for one in json.loads(answer.stdout)["left_out"]}
    assert answer.exit_code == 1
    assert (
        "it was changed after the export: `type_params.measure` is 'line_count', and its meta says" in told["revenue"]
    )
    assert not project_in(other).kpis.keys() & {"revenue"}


def test_yaml_that_cannot_be_read_is_a_finding_with_its_line(root: Path) -> None:
    answer = import_text(root, "metrics:\n  - &one {name: k1}\n")
    assert answer.exit_code == 1
    assert "given_1.yml:2:5: KPI004 error: `&one` is an anchor" in answer.stderr


def test_a_path_that_is_not_there_is_wrong_use(root: Path) -> None:
    answer = command(root, "import", "dbt", str(root / "nowhere"), *OPTIONS)
    assert "there is no file or folder" in str(answer.exception)
