"""Which KPIs add up over the year, which lie on one scale, and which do neither."""

from dataclasses import replace

import pytest
from ledger_builders import fact, kpi, project, version

from kpiledger.scales import is_additive, is_level, is_ratio
from kpiledger.specs.fact import Measure

MEASURES = {
    "sales": Measure(agg="sum", expr="sales_amount"),
    "lines": Measure(agg="count"),
    "buyers": Measure(agg="count_distinct", expr="customer_id"),
    "mean_amount": Measure(agg="average", expr="sales_amount"),
    "stock": Measure(agg="last", expr="open_count", over=("order_id",)),
}
RATIO = {"type": "ratio", "numerator": "sales", "denominator": "lines"}


def of(formula):
    specs = project(kpis=[kpi(), kpi("margin", [version(formula=RATIO)]), kpi("asked", [version(formula=formula)])])
    specs = replace(specs, facts={"order_line": fact().model_copy(update={"measures": MEASURES})})
    asked = specs.kpis["asked"].versions[0]
    return is_ratio(specs, asked), is_additive(specs, asked), is_level(specs, asked)


@pytest.mark.parametrize(
    ("measure", "scale"),
    [
        ("sales", (False, True, False)),
        ("lines", (False, True, False)),
        ("buyers", (False, False, False)),
        ("mean_amount", (True, False, True)),
        ("stock", (False, False, True)),
    ],
)
def test_a_measure_has_the_scale_of_its_aggregation(measure, scale):
    assert of({"type": "simple", "measure": measure}) == scale


def test_a_ratio_a_conversion_and_a_cumulative_kpi_lie_on_one_scale():
    assert of(RATIO) == (True, False, True)
    assert of({"type": "cumulative", "measure": "sales", "to_date": "year"}) == (False, False, True)
    events = {"base": "lines", "converted": "lines", "entity": "customer_id", "window": "30 days"}
    assert of({"type": "conversion", **events}) == (True, False, True)


@pytest.mark.parametrize(
    ("expr", "is_sum", "is_one_scale"),
    [
        ("sold - bought", True, False),
        ("-(sold + bought * 2) / 4", True, False),
        ("sold / bought", False, True),
        ("(sold - bought) / nullif(bought, 0) - 1", False, True),
        ("100 * share", False, True),
        ("share * sold", False, False),
        ("sold * bought / sold", False, False),
        ("sold + 5", False, False),
        ("sold / people", False, False),
        ("case when share > 1 then sold end", False, False),
    ],
)
def test_an_expression_has_a_scale_where_it_is_sure(expr, is_sum, is_one_scale):
    inputs = {
        "sold": {"measure": "sales"},
        "bought": {"kpi": "revenue", "offset": "1 year"},
        "share": {"kpi": "margin"},
        "people": {"measure": "buyers"},
    }
    assert of({"type": "derived", "expr": expr, "inputs": inputs}) == (False, is_sum, is_one_scale)
