"""Question 6: whoever decided for themselves, or too late, is named."""

from __future__ import annotations

from dataclasses import replace

from tests.audit.conftest import EXPECTED


def with_units(world):
    """The controller works in finance, the head of sales in the team that is measured, and one person is both."""
    organisation = world.project.organisation
    roles = {
        name: role.model_copy(update={"unit": "sales_west"}) if name == "cfo" else role
        for name, role in organisation.roles.items()
    }
    people = {"p1001": ("head_of_sales",), "p1002": ("head_of_sales", "cfo")}
    changed = organisation.model_copy(update={"roles": roles, "people": people})
    return replace(world, project=replace(world.project, organisation=changed))


def test_what_is_wrong_with_a_decision_is_told(small_world, golden):
    golden(EXPECTED / "q06_small.txt", with_units(small_world).text(6))


def test_each_event_is_flagged_for_what_it_is(small_world):
    found = {(row["entry"], row["what"]) for row in with_units(small_world).rows(6)}
    # 5 is approved by its own proposer; 4, 6 and 7 by a role of the same person, which sits in the team.
    assert found == {
        (5, "author is approver"),
        *((entry, "author is approver") for entry in (4, 6, 7, 8)),
        *((entry, "approver sits in the measured unit") for entry in (4, 6, 7)),
    }


def test_a_person_who_approves_for_the_company_sits_in_the_team_by_another_role(small_world):
    organisation = small_world.project.organisation
    sellers = organisation.roles["head_of_sales"].model_copy(update={"unit": "sales_west"})
    roles = {**organisation.roles, "head_of_sales": sellers}
    people = {"p1001": ("cfo", "head_of_sales"), "p1002": ("cfo",)}
    changed = organisation.model_copy(update={"roles": roles, "people": people})
    project = replace(small_world.project, organisation=changed)
    rows = replace(small_world, project=project).rows(6)
    sitting = [row for row in rows if row["what"] == "approver sits in the measured unit"]
    sits = {row["entry"]: row["detail"] for row in sitting if row["approved_by"] == "cfo"}
    assert set(sits) == {4, 6, 7, 8}  # 8 is of p1001, who has both roles
    assert all(said.startswith("p1001, who was cfo on 20") for said in sits.values())
    assert all(said.endswith(", works in sales_west") for said in sits.values())
