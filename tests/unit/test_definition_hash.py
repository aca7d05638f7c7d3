"""Which part of a spec makes a KPI's numbers: every field is classified, and changing it proves the class."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kpiledger.ledger.definitions import comparable, definition_content
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.specs.base import Spec
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Dimension, Fact, Measure
from kpiledger.specs.formula import Conversion, Cumulative, Derived, DerivedInput, Input, Ratio, Simple
from kpiledger.specs.kpi import Deprecated, Kpi, KpiVersion
from kpiledger.specs.organisation import Organisation

BASE = Path(__file__).parents[1] / "findings/base"
SALES = {"type": "simple", "measure": "sales", "where": "region = 'West'"}
RATIO = {"type": "ratio", "numerator": {"measure": "sales", "where": "region = 'West'"}, "denominator": "lines"}
INPUTS: dict[str, Any] = {
    "now": {"measure": "sales", "where": "quantity > 0"},
    "before": {"kpi": "turnover", "offset": "1 year"},
}
DERIVED = {"type": "derived", "expr": "now - before", "inputs": INPUTS}
CUMULATIVE = {"type": "cumulative", "measure": "sales", "window": "12 months"}
TO_DATE = {"type": "cumulative", "measure": "sales", "to_date": "quarter"}
CONVERSION = {
    "type": "conversion",
    "base": "lines",
    "converted": {"measure": "sales"},
    "entity": "customer_id",
    "window": "30 days",
}
KPI: dict[str, Any] = {
    "kpi": "revenue",
    "label": {"en": "Revenue"},
    "description": "Sales.",
    "owner": "controller",
    "department": "finance",
    "chain_stage": "order",
    "timing": "lagging",
    "effect": "output",
    "aspect": "quantity",
    "level": "team",
    "direction": "increase",
    "unit": "currency",
    "currency": "USD",
    "cadence": "month",
    "grains": ["week", "month", "quarter"],
    "spans": ["period"],
    "slices": ["region"],
    "versions": [
        {
            "version": 1,
            "valid_from": date(2014, 1, 1),
            "change": {"reason": "first definition", "requested_by": "controller"},
            "formula": SALES,
        }
    ],
}
TURNOVER = {**deepcopy(KPI), "kpi": "turnover"}
FACT: dict[str, Any] = {
    "fact": "order_line",
    "model": "fct_order_line",
    "description": "Lines. One row per order line.",
    "key": ["order_line_id"],
    "time": "ordered_on",
    "times": ["shipped_on"],
    "source": ["erp"],
    "dimensions": {
        "region": {"column": "region", "through": "dim_team", "on": "team"},
        "category": {"column": "category"},
    },
    "measures": {
        "sales": {"agg": "sum", "expr": "sales_amount", "where": "quantity > 0"},
        "lines": {"agg": "count"},
    },
}
CALENDAR: dict[str, Any] = {"starts_on": date(2014, 1, 1), "zone": "Europe/Copenhagen"}


class Effect(StrEnum):
    """What changing a field does to a version that was recorded."""

    HASH = "changes its numbers: the hash is another one"
    BESIDE = "is recorded beside the hash"
    MORE = "asks for more numbers and leaves those that were recorded"
    NOTHING = "changes nothing that was recorded"


class Change(NamedTuple):
    """A new value for a field, and what it does; `formula` is that of the KPI where it is not SALES."""

    effect: Effect
    value: Any
    formula: dict[str, Any] = SALES


HASH, BESIDE, MORE, NOTHING = Effect.HASH, Effect.BESIDE, Effect.MORE, Effect.NOTHING
VERSION = KPI["versions"][0]
FIELDS: dict[type[Spec], dict[str, Change]] = {
    Kpi: {
        "kpi": Change(BESIDE, "sales_revenue"),
        "label": Change(NOTHING, {"en": "Turnover"}),
        "description": Change(NOTHING, "What was sold."),
        "owner": Change(NOTHING, "cfo"),
        "department": Change(NOTHING, "sales"),
        "chain_stage": Change(NOTHING, "attract"),
        "objective": Change(NOTHING, "growth"),
        "supports": Change(NOTHING, "more_customers"),
        "timing": Change(NOTHING, "leading"),
        "effect": Change(NOTHING, "outcome"),
        "aspect": Change(NOTHING, "quality"),
        "level": Change(NOTHING, "individual"),
        "rolls_up_to": Change(NOTHING, "turnover"),
        "direction": Change(HASH, "decrease"),
        "unit": Change(HASH, "count"),
        "currency": Change(HASH, "EUR"),
        "decimals": Change(NOTHING, 2),
        "cadence": Change(NOTHING, "quarter"),
        "grains": Change(MORE, ["day", "week", "month", "quarter", "year"]),
        "spans": Change(MORE, ["period", "year_to_date"]),
        "slices": Change(MORE, ["region", "category"]),
        "counter_kpis": Change(NOTHING, ["margin"]),
        "conflicts_with": Change(NOTHING, [{"kpi": "margin", "reason": "discounts win orders and cost margin"}]),
        "missing": Change(HASH, "zero"),
        "publish_as": Change(NOTHING, "net_revenue"),
        "reviewed": Change(NOTHING, {"on": date(2017, 1, 1), "by": "controller", "says": "still right"}),
        "deprecated": Change(NOTHING, {"on": date(2018, 1, 1), "reason": "nobody reads it"}),
        "versions": Change(HASH, [{**VERSION, "formula": {"type": "simple", "measure": "sales"}}]),
    },
    KpiVersion: {
        "version": Change(BESIDE, 2),
        "valid_from": Change(BESIDE, date(2015, 1, 1)),
        "valid_to": Change(NOTHING, date(2015, 12, 31)),
        "computed_from": Change(NOTHING, date(2013, 1, 1)),
        "computed_to": Change(NOTHING, date(2020, 12, 31)),
        "change": Change(BESIDE, {"reason": "another reason", "requested_by": "controller"}),
        "formula": Change(HASH, RATIO),
    },
    Deprecated: {
        "on": Change(NOTHING, date(2018, 1, 1)),
        "reason": Change(NOTHING, "nobody reads it"),
        "replaced_by": Change(NOTHING, "turnover"),
    },
    Fact: {
        "fact": Change(HASH, "line"),
        "model": Change(HASH, "fct_line"),
        "description": Change(NOTHING, "Order lines. One row per line."),
        "key": Change(HASH, ["order_id", "line_number"]),
        "time": Change(HASH, "shipped_on"),
        "times": Change(NOTHING, []),
        "zone": Change(HASH, "America/New_York"),
        "incremental": Change(NOTHING, {"changed_at": "loaded_at"}),
        "source": Change(NOTHING, ["erp", "crm"]),
        "dimensions": Change(HASH, {"region": "sales_region"}),
        "measures": Change(HASH, {"sales": {"agg": "count"}, "lines": {"agg": "count"}}),
    },
    Measure: {
        "agg": Change(HASH, "average"),
        "expr": Change(HASH, "sales_amount - discount_amount"),
        "where": Change(HASH, "quantity > 1"),
        "time": Change(HASH, "shipped_on"),
        "over": Change(HASH, ["order_id"]),
        "percentile": Change(HASH, 0.9),
        "description": Change(NOTHING, "What customers pay."),
    },
    Dimension: {
        "column": Change(HASH, "sales_region"),
        "through": Change(HASH, "dim_region"),
        "on": Change(HASH, "team_id"),
        "members": Change(NOTHING, 4),
    },
    Calendar: {
        "starts_on": Change(NOTHING, date(2015, 1, 1)),
        "as_of": Change(NOTHING, date(2017, 12, 31)),
        "zone": Change(HASH, "UTC"),
        "week_starts": Change(HASH, "sunday"),
        "fiscal_year_starts": Change(HASH, "july"),
        "fiscal_year_named_by": Change(NOTHING, "start"),
        "language": Change(NOTHING, "da"),
    },
    Simple: {
        "type": Change(HASH, RATIO),
        "measure": Change(HASH, {**SALES, "measure": "lines"}),
        "where": Change(HASH, {**SALES, "where": "region = 'East'"}),
    },
    Input: {
        "measure": Change(HASH, {**RATIO, "numerator": {"measure": "lines", "where": "region = 'West'"}}, RATIO),
        "where": Change(HASH, {**RATIO, "numerator": "sales"}, RATIO),
    },
    Ratio: {
        "type": Change(HASH, SALES, RATIO),
        "numerator": Change(HASH, {**RATIO, "numerator": "lines"}, RATIO),
        "denominator": Change(HASH, {**RATIO, "denominator": "sales"}, RATIO),
    },
    DerivedInput: {
        "measure": Change(HASH, {"measure": "lines"}, DERIVED),
        "kpi": Change(HASH, {"kpi": "turnover"}, DERIVED),
        "where": Change(HASH, {"measure": "sales", "where": "quantity > 1"}, DERIVED),
        "offset": Change(HASH, {"measure": "sales", "where": "quantity > 0", "offset": "1 month"}, DERIVED),
        "missing": Change(HASH, {"measure": "sales", "where": "quantity > 0", "missing": "zero"}, DERIVED),
    },
    Derived: {
        "type": Change(HASH, SALES, DERIVED),
        "expr": Change(HASH, {**DERIVED, "expr": "before - now"}, DERIVED),
        "inputs_by_name": Change(HASH, {**DERIVED, "inputs": {**INPUTS, "more": {"measure": "lines"}}}, DERIVED),
    },
    Cumulative: {
        "type": Change(HASH, SALES, CUMULATIVE),
        "measure": Change(HASH, {**CUMULATIVE, "measure": "lines"}, CUMULATIVE),
        "where": Change(HASH, {**CUMULATIVE, "where": "region = 'West'"}, CUMULATIVE),
        "window": Change(HASH, {**CUMULATIVE, "window": "6 months"}, CUMULATIVE),
        "to_date": Change(HASH, {**TO_DATE, "to_date": "year"}, TO_DATE),
    },
    Conversion: {
        "type": Change(HASH, SALES, CONVERSION),
        "base": Change(HASH, {**CONVERSION, "base": "sales"}, CONVERSION),
        "converted": Change(HASH, {**CONVERSION, "converted": "lines"}, CONVERSION),
        "entity": Change(HASH, {**CONVERSION, "entity": "order_id"}, CONVERSION),
        "window": Change(HASH, {**CONVERSION, "window": "60 days"}, CONVERSION),
    },
}
CASES = [(model, field) for model, fields in FIELDS.items() for field in fields]


def project(*kpis: dict[str, Any], fact: dict[str, Any] = FACT, calendar: dict[str, Any] = CALENDAR) -> Project:
    given = [Kpi.model_validate(one) for one in (*(kpis or (KPI,)), TURNOVER)]
    stage = {"stage": "order", "label": {"en": "Order"}, "question": "What do they buy?"}
    found = Fact.model_validate(fact)
    return Project(
        root=Path(),
        calendar=Calendar.model_validate(calendar),
        organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
        chain=Chain.model_validate({"stages": [stage]}),
        facts={found.fact: found},
        kpis={one.kpi: one for one in reversed(given)},
        agreements=(),
        expectations={},
    )


def with_formula(formula: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**KPI, "versions": [{**VERSION, "formula": formula, **more}]}


def content(specs: Project, name: str | None = None) -> dict[str, Any]:
    kpi = specs.kpis[name] if name else list(specs.kpis.values())[-1]
    return definition_content(specs, kpi, kpi.versions[-1])


def changed(model: type[Spec], field: str) -> dict[str, Any]:
    """The content of the version after one field of one spec was given another value."""
    value = FIELDS[model][field].value
    kpi, fact, calendar = deepcopy(with_formula(FIELDS[model][field].formula)), deepcopy(FACT), deepcopy(CALENDAR)
    if model is Kpi:
        kpi[field] = value
        if field == "unit":
            kpi["currency"] = None
    elif model is KpiVersion:
        kpi["versions"][0][field] = value
    elif model is Deprecated:
        kpi["deprecated"] = {"on": date(2017, 1, 1), "reason": "two for one thing", field: value}
    elif model is Fact:
        fact[field] = value
    elif model is Measure:
        fact["measures"]["sales"][field] = value
    elif model is Dimension:
        fact["dimensions"]["region"][field] = value
    elif model is Calendar:
        calendar[field] = value
    elif model is DerivedInput:
        kpi = with_formula({**DERIVED, "inputs": {**INPUTS, "now": value}})
    else:
        kpi = with_formula(value)
    return content(project(kpi, fact=fact, calendar=calendar))


@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_every_field_of_a_spec_that_defines_numbers_is_classified(model: type[Spec]) -> None:
    assert set(FIELDS[model]) == set(model.model_fields)


@pytest.mark.parametrize(("model", "field"), CASES, ids=[f"{model.__name__}.{field}" for model, field in CASES])
def test_a_field_does_what_it_is_classified_as(model: type[Spec], field: str) -> None:
    before, after = content(project(with_formula(FIELDS[model][field].formula))), changed(model, field)
    same_hash = before["definition_hash"] == after["definition_hash"]
    same_when_compared = comparable(before, after)[0] | {"definition_hash": ""} == comparable(before, after)[1] | {
        "definition_hash": ""
    }
    proved = {
        HASH: not same_hash and not same_when_compared,
        BESIDE: same_hash and not same_when_compared,
        MORE: same_when_compared,
        NOTHING: before == after,
    }
    assert proved[FIELDS[model][field].effect], (before, after)


MEASURE: dict[str, Any] = FACT["measures"]["sales"]
SAME_FORMULAS = [
    ({**RATIO, "denominator": "lines"}, {**RATIO, "denominator": {"measure": "lines"}}),
    (SALES, {"where": "region='West'", "measure": "sales", "type": "simple"}),
    (SALES, {**SALES, "where": "  'West'\n= (REGION)"}),
    (CUMULATIVE, {**CUMULATIVE, "window": "1 year"}),
    (CUMULATIVE, {**CUMULATIVE, "window": "4 quarters"}),
    (CONVERSION, {**CONVERSION, "converted": "sales"}),
    (DERIVED, {**DERIVED, "inputs": dict(reversed(INPUTS.items()))}),
    (DERIVED, {**DERIVED, "inputs": {**INPUTS, "before": {"kpi": "turnover", "offset": "12 months"}}}),
    (DERIVED, {**DERIVED, "expr": "NOW  -  before"}),
]
SAME_MEASURES = [
    (MEASURE, {**MEASURE, "time": "ordered_on"}),
    (MEASURE, {**MEASURE, "expr": "Sales_Amount", "where": "quantity>0"}),
    ({"agg": "median", "expr": "quantity"}, {"agg": "percentile", "expr": "quantity", "percentile": 0.5}),
    ({"agg": "last", "over": ["order_id", "team"]}, {"agg": "last", "over": ["team", "order_id"]}),
]


@pytest.mark.parametrize(("one", "other"), SAME_FORMULAS)
def test_a_formula_written_differently_has_the_same_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert content(project(with_formula(one))) == content(project(with_formula(other)))


@pytest.mark.parametrize(("one", "other"), SAME_MEASURES)
def test_a_measure_written_differently_has_the_same_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    facts = [{**FACT, "measures": {**FACT["measures"], "sales": measure}} for measure in (one, other)]
    assert content(project(fact=facts[0])) == content(project(fact=facts[1]))


def test_comments_the_order_of_keys_and_the_style_of_yaml_are_no_part_of_a_definition(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "project")
    file = tmp_path / "project/metrics/kpis/order/gross_margin.yml"
    text = file.read_text(encoding="utf-8")
    before, _ = load_project(tmp_path / "project")
    head, versions = text.split("versions:\n")
    file.write_text(f"# the margin\nversions:\n{versions}{head}".replace("[month, year]", "[ 'month',  year ]"))
    after, _ = load_project(tmp_path / "project")
    assert before is not None
    assert after is not None
    assert content(after, "gross_margin") == content(before, "gross_margin")


def test_the_start_of_weeks_and_years_is_no_part_of_a_kpi_that_never_speaks_of_them() -> None:
    monthly = {**KPI, "grains": ["day", "month"]}
    moved = {**CALENDAR, "week_starts": "sunday", "fiscal_year_starts": "july"}
    assert content(project(monthly)) == content(project(monthly, calendar=moved))
    assert content(project(monthly))["definition"]["calendar"] == {"zone": "Europe/Copenhagen"}


def growth(*turnovers: dict[str, Any], fact: dict[str, Any] = FACT, **more: Any) -> Project:
    """A KPI `growth` derived from `gain`, which is derived from `turnover` with the versions given."""
    gain = {**with_formula(DERIVED), "kpi": "gain"}
    top = with_formula({"type": "derived", "expr": "won * 2", "inputs": {"won": {"kpi": "gain"}}}, **more)
    versions = [{**VERSION, **one, "version": number} for number, one in enumerate(turnovers, 1)]
    specs = project(gain, {**top, "kpi": "growth"}, fact=fact)
    turnover = Kpi.model_validate({**TURNOVER, "versions": versions or [VERSION]})
    return replace(specs, kpis={**specs.kpis, "turnover": turnover})


def test_a_derived_kpi_depends_on_every_version_behind_it_that_holds_while_it_does() -> None:
    first, second = {"valid_to": date(2015, 12, 31)}, {"valid_from": date(2016, 1, 1), "formula": RATIO}
    both = growth(first, second)
    turnover = both.kpis["turnover"]
    hashes = {
        str(version.version): definition_content(both, turnover, version)["definition_hash"]
        for version in turnover.versions
    }
    assert content(both, "growth")["depends_on"]["turnover"] == hashes
    assert content(both, "growth")["depends_on"]["gain"] == {"1": content(both, "gain")["definition_hash"]}
    ended = growth(first, second, valid_to=date(2015, 12, 31))
    assert set(content(ended, "growth")["depends_on"]["turnover"]) == {"1"}
    begun = growth(first, second, valid_from=date(2016, 2, 1))
    assert set(content(begun, "growth")["depends_on"]["turnover"]) == {"2"}


def test_a_new_version_of_an_input_is_no_edit_of_what_is_derived_from_it() -> None:
    before = growth({})
    after = growth({"valid_to": date(2015, 12, 31)}, {"valid_from": date(2016, 1, 1), "formula": RATIO})
    for name in ("gain", "growth"):
        recorded, found = content(before, name), content(after, name)
        assert recorded["definition_hash"] == found["definition_hash"]
        assert recorded["depends_on"] != found["depends_on"]
        one, other = comparable(recorded, found)
        assert one == other


def test_an_edited_version_of_an_input_shows_on_everything_that_is_derived_from_it() -> None:
    before, after = growth({}), growth({"formula": RATIO})
    for name in ("gain", "growth"):
        recorded, found = comparable(content(before, name), content(after, name))
        assert recorded["depends_on"]["turnover"]["1"] != found["depends_on"]["turnover"]["1"]


def test_a_kpi_that_is_derived_from_itself_can_still_be_shown() -> None:
    circle = {"type": "derived", "expr": "a", "inputs": {"a": {"kpi": "revenue"}}}
    assert set(content(project(with_formula(circle)))["depends_on"]) == {"revenue"}


def test_expressions_recorded_in_another_canonical_form_are_no_change() -> None:
    found = content(project())
    recorded = deepcopy(found)
    recorded["definition"]["measures"]["sales"]["where"] = "(quantity)   >  0"
    recorded["definition"]["formula"]["where"] = "REGION = 'West'"
    one, other = comparable(recorded, found)
    assert one == other
