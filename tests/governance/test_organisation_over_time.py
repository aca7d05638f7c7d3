"""Who leads and holds what on which day, also where the file says it in the short form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from wanted_project import wanted_project

from kpiledger.approvals.standing import standing_in_files
from kpiledger.objectives.rows import HOLDER_ABOVE, objective_tables
from kpiledger.projection import UNIT, recorded_tables
from kpiledger.specs.organisation import Organisation

ORGANISATION = {
    "departments": {},
    "units": {
        "company": {"label": {"en": "Company"}, "kind": "company", "lead": "cfo"},
        "west": {
            "label": {"en": "West"}, "kind": "team", "parent": "company",
            "leads": [
                {"role": "seller", "valid_to": "2016-12-31"},
                {"role": "head_of_sales", "valid_from": "2017-03-01"},
            ],
        },
    },
    "roles": {"cfo": {"label": {"en": "CFO"}}, "head_of_sales": {"label": {"en": "Head"}, "reports_to": "cfo"}},
    "people": {"p_1": ["cfo", "head_of_sales"], "p_2": ["cfo"], "p_3": []},
    "appointments": [
        {"role": "cfo", "person": "p_1", "valid_to": "2015-12-31"},
        {"role": "cfo", "person": "p_3", "valid_from": "2016-01-01", "valid_to": "2016-12-31"},
    ],
}  # fmt: skip


OLD = """\
    lead: head_of_sales
roles:
  cfo:
    label: {en: Chief financial officer}
    unit: company
  finance_controller:
    label: {en: Finance controller}
    unit: company
  head_of_sales:
    label: {en: Head of sales}
"""
NEW = """\
    leads:
      - {role: finance_controller, valid_to: 2016-12-31}
      - {role: head_of_sales, valid_from: 2017-01-01}
roles:
  cfo:
    label: {en: Chief financial officer}
    unit: company
  finance_controller:
    label: {en: Finance controller}
    unit: company
    reports_to: cfo
  head_of_sales:
    label: {en: Head of sales}
    reports_to: finance_controller
"""


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.model_validate(ORGANISATION)


@pytest.mark.parametrize(
    ("day", "role"),
    [("2016-12-31", "seller"), ("2017-01-01", None), ("2017-02-28", None), ("2017-03-01", "head_of_sales")],
)
def test_a_unit_is_led_by_whoever_did_on_the_day(organisation: Organisation, day: str, role: str | None) -> None:
    lead = organisation.units["west"].led_on(date.fromisoformat(day))
    assert (lead.role if lead else None) == role


def test_the_short_form_says_who_always_led(organisation: Organisation) -> None:
    for day in (None, date(1990, 1, 1)):
        lead = organisation.units["company"].led_on(day)
        assert lead is not None
        assert (lead.role, lead.valid_from) == ("cfo", None)


def test_without_a_day_the_last_one_leads(organisation: Organisation) -> None:
    lead = organisation.units["west"].led_on(None)
    assert lead is not None
    assert lead.role == "head_of_sales"


@pytest.mark.parametrize(
    ("day", "people"),
    [
        (date(2015, 12, 31), ("p_2", "p_1")),
        (date(2016, 1, 1), ("p_2", "p_3")),
        (date(2017, 1, 1), ("p_2",)),
        (None, ("p_2",)),
    ],
)
def test_a_role_is_held_by_whoever_did_on_the_day(
    organisation: Organisation, day: date | None, people: tuple[str, ...]
) -> None:
    assert organisation.holding("cfo", day) == people


def test_a_role_without_days_is_held_always(organisation: Organisation) -> None:
    assert organisation.holding("head_of_sales", date(1990, 1, 1)) == ("p_1",)


def test_who_may_approve_follows_the_appointments(tmp_path: Path) -> None:
    project = wanted_project(tmp_path, swaps={
        "metrics/organisation.yml": (
            "  p1007: [head_of_sales]",
            "  p1007: [head_of_sales]\n"
            "appointments: [{role: head_of_sales, person: p1007, valid_from: 2017-01-01}]",
        )
    })  # fmt: skip
    standing = standing_in_files(project)
    assert standing.holders_of("head_of_sales", date(2016, 12, 31)) == frozenset()
    assert standing.holders_of("head_of_sales", date(2017, 1, 1)) == {"p1007"}


def laid(project: Any, name: str, columns: dict[str, str], as_of: date | None = None) -> list[dict[str, Any]]:
    run = ("run-1", as_of, datetime(2018, 1, 1, tzinfo=UTC))
    tables = recorded_tables(project, run, _NOT_ASKED, (), ()) if name == "unit" else objective_tables(project)
    (table,) = (one for one in tables if one.name == name)
    return [dict(zip(columns, row, strict=True)) for row in table.rows]


class _Unasked(dict[Any, Any]):
    """Recorded definitions, of which this asks nothing but that they are there."""

    def __missing__(self, key: Any) -> Any:
        class Recorded:
            definition_hash, seq, recorded_at, entry_hash = "", 0, datetime(2017, 1, 1, tzinfo=UTC), ""

        return Recorded


_NOT_ASKED = _Unasked()


@pytest.mark.parametrize(
    ("as_of", "lead", "since", "above"),
    [
        (date(2016, 12, 31), "finance_controller", None, "cfo"),
        (date(2017, 6, 1), "head_of_sales", date(2017, 1, 1), "finance_controller"),
        (None, "head_of_sales", date(2017, 1, 1), "finance_controller"),
    ],
)
def test_the_table_of_units_shows_who_leads_on_the_as_of_date_and_to_whom_they_report(
    tmp_path: Path, as_of: date | None, lead: str, since: date | None, above: str
) -> None:
    project = wanted_project(tmp_path, swaps={"metrics/organisation.yml": (OLD, NEW)})
    (west,) = (row for row in laid(project, "unit", UNIT, as_of) if row["unit"] == "sales_west")
    assert (west["lead"], west["lead_since"], west["reports_to"]) == (lead, since, above)


def test_who_holds_an_agreement_lies_below_each_unit_up_to_the_company(tmp_path: Path) -> None:
    rows = laid(wanted_project(tmp_path), "holder_above", HOLDER_ABOVE)
    assert rows == [{"holder": "sales_west", "above": "company", "distance": 1}]
