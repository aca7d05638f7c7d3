"""The line from vision to numbers: complete, in words and rows, and each loose end told once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from wanted_project import OBJECTIVES, SELLERS, wanted_project

from kpiledger.checking import check_folder
from kpiledger.errors import WrongUse
from kpiledger.objectives.alignment import Alignment, align, file_of
from kpiledger.objectives.loose_ends import LooseKind
from kpiledger.objectives.standing import Computed, RollUp, Standing
from kpiledger.reports.alignment import render_csv, render_json, render_text

DAY = date(2017, 12, 31)
REVENUE, MARGIN = "metrics/kpis/order/revenue.yml", "metrics/kpis/order/gross_margin.yml"
LOOKED_AT = {
    (2017, name): Standing(2017, name, checked_in_on=date(2017, 12, 1), confidence=Decimal("0.7"), checked_in_by="cfo")
    for name in ("more_sold", "margin_kept", "seen", "shipped")
}
SERVED = dict.fromkeys((REVENUE, MARGIN), ("chain_stage: order", "chain_stage: order\nobjective: profitable_growth"))


def aligned(
    folder: Path,
    objectives: str = OBJECTIVES,
    standings: Mapping[tuple[int, str], Standing] = LOOKED_AT,
    swaps: dict[str, tuple[str, str]] | None = None,
    day: date = DAY,
    roll_ups: tuple[RollUp, ...] = (),
) -> Alignment:
    project = wanted_project(folder, objectives, swaps=swaps or SERVED)
    return align(project, file_of(project, None, day), Computed(day, standings, roll_ups), day)


def loose(found: Alignment) -> set[tuple[LooseKind, str]]:
    return {(end.kind, end.name) for end in found.loose_ends}


SIGNED = OBJECTIVES.replace(
    "signed_by: [{role: cfo, signed_on: 2016-12-15}]",
    "signed_by: [{role: cfo, signed_on: 2016-12-15}, {role: head_of_sales, signed_on: 2016-12-15}]",
)
SHIPPED_TOO = ("metrics/kpis/deliver/orders_shipped.yml", "chain_stage: deliver")


def test_where_everything_hangs_together_nothing_is_loose(tmp_path: Path) -> None:
    path, stage = SHIPPED_TOO
    swaps = {**SERVED, path: (stage, f"{stage}\nsupports: more_sold")}
    assert loose(aligned(tmp_path, SIGNED, swaps=swaps)) == set()


def test_the_lead_of_who_holds_a_target_has_to_sign(tmp_path: Path) -> None:
    (end,) = (end for end in aligned(tmp_path).loose_ends if end.kind is LooseKind.UNSIGNED)
    assert (end.name, end.role) == ("profitable_growth", "head_of_sales")


def test_a_kpi_that_serves_nothing_is_loose(tmp_path: Path) -> None:
    assert loose(aligned(tmp_path, SIGNED)) == {(LooseKind.KPI_WITHOUT_OBJECTIVE, "orders_shipped")}


def test_an_objective_that_no_kpi_serves_is_loose(tmp_path: Path) -> None:
    project = wanted_project(tmp_path, SIGNED)
    found = align(project, project.objectives[0], Computed(standings=LOOKED_AT), DAY)
    assert (LooseKind.OBJECTIVE_WITHOUT_KPI, "profitable_growth") in loose(found)


def test_a_key_result_without_a_figure_is_loose(tmp_path: Path) -> None:
    assert (LooseKind.RESULT_WITHOUT_TARGET, "shipped") in loose(aligned(tmp_path, SIGNED + SELLERS))


def test_a_holder_whose_promises_serve_nothing_is_loose(tmp_path: Path) -> None:
    only_shipped = SIGNED[: SIGNED.index("    key_results:")] + (
        "    key_results:\n"
        "      - {id: more_sold, says: More is shipped, kpi: orders_shipped}\n"
        "      - {id: margin_kept, says: Much more is shipped, kpi: orders_shipped}\n"
    )
    path, stage = SHIPPED_TOO
    found = aligned(tmp_path, only_shipped, swaps={path: (stage, f"{stage}\nobjective: profitable_growth")})
    assert (LooseKind.HOLDER_WITHOUT_OBJECTIVE, "sales_west") in loose(found)


@pytest.mark.parametrize(
    ("last", "day", "is_overdue"),
    [
        (None, date(2017, 2, 5), False),  # 35 days after the year began
        (None, date(2017, 2, 6), True),
        (date(2017, 5, 1), date(2017, 6, 5), False),
        (date(2017, 5, 1), date(2017, 6, 6), True),
        (date(2017, 12, 1), date(2018, 6, 1), False),  # the year ended: nothing is to be looked at any more
        (date(2017, 11, 1), date(2018, 6, 1), True),
    ],
)
def test_a_key_result_that_nobody_looks_at_is_loose(
    tmp_path: Path, last: date | None, day: date, is_overdue: bool
) -> None:
    standings = {**LOOKED_AT, (2017, "margin_kept"): Standing(2017, "margin_kept", checked_in_on=last)}
    found = loose(aligned(tmp_path, SIGNED, standings, day=day))
    assert ((LooseKind.NO_CHECK_IN, "margin_kept") in found) is is_overdue


def test_how_long_is_too_long_is_said_by_the_project(tmp_path: Path) -> None:
    swaps = {
        **SERVED,
        "metrics/organisation.yml": (
            "people:", "thresholds: {most_days_without_check_in: {value: 100, reason: We meet each quarter}}\npeople:",
        ),
    }  # fmt: skip
    standings = {**LOOKED_AT, (2017, "margin_kept"): Standing(2017, "margin_kept", checked_in_on=date(2017, 9, 30))}
    assert (LooseKind.NO_CHECK_IN, "margin_kept") not in loose(aligned(tmp_path, SIGNED, standings, swaps))


def test_a_trial_is_one_until_it_is_widened(tmp_path: Path) -> None:
    before = aligned(tmp_path / "a", SIGNED + SELLERS, day=date(2017, 9, 30))
    after = aligned(tmp_path / "b", SIGNED + SELLERS, day=date(2017, 10, 1))
    assert [one.is_pilot for one in before.objectives] == [False, True]
    assert [one.is_pilot for one in after.objectives] == [False, False]


def test_whom_an_objective_concerns_are_its_owner_the_one_above_and_who_leads_where_it_holds(tmp_path: Path) -> None:
    assert aligned(tmp_path, SIGNED + SELLERS).objectives[1].unsigned == ("finance_controller", "cfo", "head_of_sales")


def test_each_kpi_hangs_where_it_is_nearest(tmp_path: Path) -> None:
    path, stage = SHIPPED_TOO
    found = aligned(tmp_path, SIGNED, swaps={**SERVED, path: (stage, f"{stage}\nsupports: more_sold")})
    kpis = [(one.kpi, one.how, one.chain_stage) for one in found.objectives[0].kpis]
    assert kpis == [("revenue", "measures", "order"), ("gross_margin", "measures", "order"),
                    ("orders_shipped", "supports", "deliver")]  # fmt: skip
    held = found.objectives[0].kpis[0].held
    assert [(one.holder, one.agreement, one.part) for one in held] == [("sales_west", "sales_west_2017", "West")]


def test_the_objectives_are_those_of_the_day_else_of_the_last_year_before_it(tmp_path: Path) -> None:
    project = wanted_project(tmp_path)
    for day in (date(2016, 1, 1), date(2017, 6, 1), date(2019, 6, 1)):
        assert file_of(project, None, day).year == 2017
    with pytest.raises(WrongUse, match="there are no objectives of 2018"):
        file_of(project, 2018, DAY)


def test_the_text_leads_from_the_vision_to_the_numbers(tmp_path: Path) -> None:
    standings = {
        **LOOKED_AT,
        (2017, "more_sold"): Standing(
            2017, "more_sold", grain="month", period_start=date(2017, 12, 1), target_value=Decimal(23000),
            comparison="at_least", actual=Decimal("21500.5"), progress=Decimal("0.9348"), status="red", met_count=4,
            judged_count=12,
        ),
    }  # fmt: skip
    roll_up = RollUp(
        "company", "revenue", "all", "all", "month", date(2017, 12, 1), 2, Decimal(100), Decimal(90), Decimal(80),
        Decimal(80), "falls_short",
    )  # fmt: skip
    found = aligned(tmp_path, SIGNED, standings, roll_ups=(roll_up,))
    project, _ = check_folder(tmp_path)
    assert project is not None
    text = render_text(found, project)
    assert text.index("vision   Every garden") < text.index("profitable_growth  Growth that pays") < text.index("loose")
    assert (
        "revenue of West, promised by sales_west in sales_west_2017: red in 2017-12 with 21,501 USD against at least "
        "23,000 USD; met in 4 of 12; 93 % of the target so far\n    nobody checked in"
    ) in text
    assert "70 % sure, said cfo on 2017-12-01" in text
    told = "2 targets below: falls_short, 90 USD against 100 USD; figures 80 USD of 80 USD"
    assert f"revenue of company from 2017-12-01, {told}" in text


def test_json_and_csv_say_the_same(tmp_path: Path) -> None:
    found = aligned(tmp_path, SIGNED + SELLERS)
    held = json.loads(render_json(found))
    rows = list(csv.DictReader(io.StringIO(render_csv(found))))
    results = [row["key_result"] for row in rows if row["kind"] == "key_result"]
    assert results == [one["key_result"] for objective in held["objectives"] for one in objective["results"]]
    ends = [row for row in rows if row["kind"] in set(LooseKind)]
    assert len(ends) == len(held["loose_ends"]) > 0
    assert [row["kpi"] for row in ends if row["kind"] == "kpi_without_objective"] == []
    assert [row["key_result"] for row in ends if row["kind"] == "key_result_without_target"] == ["shipped"]
