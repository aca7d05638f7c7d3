"""The formula of a dbt metric that no export of ours wrote, as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpiledger.expressions import check_expression
from kpiledger.interchange.filters import where_of
from kpiledger.interchange.foreign import Entry
from kpiledger.interchange.foreign_facts import ForeignFact
from kpiledger.interchange.layer import Unsaid
from kpiledger.vocabulary import is_name

Columns = Mapping[str, Mapping[str, str]]
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What metrics may name: the facts by measure, the other metrics, and the columns of models."""

    facts: Mapping[str, ForeignFact]
    metrics: Mapping[str, Entry]
    columns: Columns

    def fact_of(self, measure: str) -> ForeignFact:
        """The fact of a measure; Unsaid where it was not taken."""
        if measure not in self.facts:
            raise Unsaid(f"its measure `{measure}` is not in what was read, or was left out")
        return self.facts[measure]


def foreign_formula(entry: Entry, known: Known) -> tuple[Spec, bool]:
    """The formula, and whether what is missing counts as zero."""
    kind = str(entry.value.get("type", "")).lower()
    params = _mapping(entry.value.get("type_params"))
    filters = _filters(entry.value)
    if kind == "simple":
        given, is_zero = _measure(params.get("measure"), filters, known)
        return {"type": "simple", **given}, is_zero
    if kind == "ratio":
        parts = {key: _of_metric(_input(params.get(key)), filters, known) for key in ("numerator", "denominator")}
        return {"type": "ratio", **parts}, False
    if kind == "derived":
        return _derived(params, filters, known), False
    if kind == "cumulative":
        return _cumulative(params, filters, known)
    if kind == "conversion":
        return _conversion(_mapping(params.get("conversion_type_params")), filters, known), False
    raise Unsaid(f"`type: {kind}` is none of ours")


def _mapping(value: Any) -> Spec:
    return value if isinstance(value, dict) else {}


def _input(value: Any) -> Spec:
    given = {"name": value} if isinstance(value, str) else _mapping(value)
    if not isinstance(given.get("name"), str):
        raise Unsaid("it does not say what it is made of")
    return given


def _filters(value: Spec) -> list[Any]:
    return [value["filter"]] if value.get("filter") else []


def _measure(value: Any, filters: list[Any], known: Known) -> tuple[Spec, bool]:
    """A measure as an input, with every filter that applies to it."""
    given = _input(value)
    found = known.fact_of(given["name"])
    if given.get("join_to_timespine") == "true":
        raise Unsaid("`join_to_timespine` makes rows where the fact has none")
    if given.get("fill_nulls_with") not in (None, "0"):
        raise Unsaid(f"`fill_nulls_with: {given['fill_nulls_with']}`: ours fills with zero or not at all")
    columns = known.columns.get(found.fact.model, {})
    where = where_of([*_filters(given), *filters], found.filter_columns, columns)
    return {"measure": given["name"], **({"where": where} if where else {})}, given.get("fill_nulls_with") == "0"


def _of_metric(given: Spec, filters: list[Any], known: Known) -> Spec:
    """The measure of a simple metric as an input."""
    entry = known.metrics.get(given["name"])
    if entry is None:
        raise Unsaid(f"its metric `{given['name']}` is not in what was read")
    params = _mapping(entry.value.get("type_params"))
    if entry.value.get("type") != "simple":
        raise Unsaid(f"its part `{entry.name}` is no simple metric; ours divides measures")
    if given.get("offset_window") or given.get("offset_to_grain"):
        raise Unsaid("ours divides within one period; a derived metric may look at an earlier one")
    found, is_zero = _measure(params.get("measure"), [*_filters(given), *_filters(entry.value), *filters], known)
    if is_zero:
        raise Unsaid(f"its part `{entry.name}` is filled with zero; ours fills the whole KPI")
    return found


def _derived(params: Spec, filters: list[Any], known: Known) -> Spec:
    inputs: dict[str, Spec] = {}
    metrics = params.get("metrics")
    for value in metrics if isinstance(metrics, list) else ():
        given = _input(value)
        if given.get("offset_to_grain"):
            raise Unsaid(f"`offset_to_grain: {given['offset_to_grain']}` is none of ours; `offset_window` is")
        offset = {"offset": str(given["offset_window"])} if given.get("offset_window") else {}
        entry = known.metrics.get(given["name"])
        if filters or given.get("filter") or (entry and entry.is_part):
            source = _of_metric({key: given[key] for key in ("name", "filter") if key in given}, filters, known)
        else:
            source = {"kpi": given["name"]}
        inputs[str(given.get("alias") or given["name"])] = {**source, **offset}
    expr = str(params.get("expr", ""))
    problems = check_expression(expr, list(inputs))
    if problems:
        raise Unsaid(f"its expression: {problems[0].message}; {problems[0].hint}")
    return {"type": "derived", "expr": expr, "inputs": inputs}


def _cumulative(params: Spec, filters: list[Any], known: Known) -> tuple[Spec, bool]:
    terms = {**params, **_mapping(params.get("cumulative_type_params"))}
    given, is_zero = _measure(params.get("measure"), filters, known)
    if terms.get("period_agg") != "last":
        raise Unsaid("its value of a month is that of the month's first day (`period_agg: first`), ours of its last")
    if terms.get("grain_to_date"):
        return {"type": "cumulative", **given, "to_date": terms["grain_to_date"]}, is_zero
    if not terms.get("window"):
        raise Unsaid("it has no window and no grain to date: it adds up all time")
    if str(terms["window"]).rstrip("s").split(" ")[-1] not in ("day", "week"):
        raise Unsaid(f"`window: {terms['window']}` counts back from the same day of a month, ours takes whole months")
    return {"type": "cumulative", **given, "window": terms["window"]}, is_zero


def _conversion(terms: Spec, filters: list[Any], known: Known) -> Spec:
    base, converted = _input(terms.get("base_measure")), _input(terms.get("conversion_measure"))
    if filters or base.get("filter") or converted.get("filter") or terms.get("constant_properties"):
        raise Unsaid("its events are filtered or held to properties, and dbt looks for them among all rows")
    if terms.get("calculation", "conversion_rate") != "conversion_rate":
        raise Unsaid("it counts conversions; ours is their share")
    if not terms.get("window"):
        raise Unsaid("it has no window")
    if converted.get("fill_nulls_with") != "0":
        raise Unsaid("without `fill_nulls_with: 0` it has no number where nothing was converted, and ours is 0")
    name = str(terms.get("entity"))
    columns = {known.fact_of(given["name"]).entities.get(name, ("", ""))[0] for given in (base, converted)}
    if len(columns) != 1 or not is_name(entity := columns.pop()):
        raise Unsaid(f"its entity `{name}` is not one column of the same name in both models")
    parts = {"base": base["name"], "converted": converted["name"]}
    return {"type": "conversion", **parts, "entity": entity, "window": terms["window"]}
