"""Triggers that could not fire, reasons that name none, and outside figures noted wrongly: KPI260 to KPI266."""

from __future__ import annotations

from finding_case import WEST, Swap, Write, case

MARKET = "metrics/outside/market.yml"
_FIGURE = """\
figure: market
label: {en: Market}
description: What all dealers sold in a month, as an index.
unit: index
source: The dealers' association
grain: month
values:
"""
_VALUE = '  - {period: 2017-01, value: "98.2", noted_on: 2017-02-10, noted_by: head_of_sales}\n'


def market(*values: str) -> Write:
    return Write(MARKET, _FIGURE + "".join(values or [_VALUE]))


def falls(name: str = "falls", asks: str = "head_of_sales", **more: str) -> str:
    when = {"kpi": "revenue", "slice": "{region: West}", "grain": "month", "at_most": '"0"', **more}
    said = ", ".join(f"{key}: {value}" for key, value in when.items() if value)
    return f"""\
      - id: {name}
        says: If it falls, the targets are looked at again
        when: {{{said}}}
        then: review
        asks: {asks}
"""


def agreeing(*triggers: str) -> Swap:
    """The agreement of West with triggers."""
    return Swap(WEST, _END, _END.replace("  - event", f"    triggers:\n{''.join(triggers)}  - event"))


def naming(trigger: str) -> Swap:
    return Swap(WEST, _REASON, _REASON.replace("}", f", trigger: {trigger}}}"))


_END = '            2017-02: "0.13"\n  - event: amended\n'
_REASON = "reason: {kind: external_shock, text: A competitor left the market}"
_OF_MARKT = {"kpi": "", "slice": "", "outside": "markt"}
OF_MARKET = {"kpi": "", "slice": "", "outside": "market"}

CASES = (
    case("trigger_agreed_twice", "KPI260", agreeing(falls(), falls())),
    case("trigger_on_an_unknown_kpi", "KPI261", agreeing(falls(kpi="revenu"))),
    case(
        "trigger_on_an_unknown_outside_figure", "KPI261", market(), agreeing(falls(**OF_MARKET | {"outside": "markt"}))
    ),
    case("trigger_asks_nobody", "KPI262", agreeing(falls(asks="head_of_sale"))),
    case("outside_figure_noted_by_nobody", "KPI262", market(_VALUE.replace("head_of_sales", "head_of_sale"))),
    case("trigger_on_a_grain_not_computed", "KPI263", agreeing(falls(grain="day"))),
    case("trigger_on_a_span_not_computed", "KPI263", agreeing(falls(span="rolling_3"))),
    case("trigger_on_a_slice_not_computed", "KPI263", agreeing(falls(slice="{colour: Red}"))),
    case("trigger_on_another_grain_than_is_noted", "KPI263", market(), agreeing(falls(**OF_MARKET, grain="quarter"))),
    case("trigger_without_a_baseline", "KPI264", agreeing(falls(slice="", change="baseline"))),
    case("reason_names_no_trigger_of_the_agreement", "KPI265", agreeing(falls()), naming("fals@2017-05")),
    case("reason_names_a_trigger_where_there_is_none", "KPI265", naming("falls@2017-05")),
    case("reason_names_another_grain", "KPI265", agreeing(falls()), naming("falls@2017-Q2")),
    case("outside_figure_of_another_grain", "KPI266", market(_VALUE.replace("2017-01,", "2017-Q1,"))),
    case("outside_figure_noted_before_the_end", "KPI266", market(_VALUE.replace("2017-02-10", "2017-01-30"))),
    case("outside_figure_corrected_above_the_first", "KPI266", market(_VALUE.replace("02-10", "02-20"), _VALUE)),
    case("trigger_names_a_person", "KPI160", agreeing(falls().replace("If it falls", "If p1007 falls ill"))),
)
