"""Questions 1 to 7 on the demo's three years: what an auditor reads."""

from __future__ import annotations

import json

import pytest

from tests.audit.conftest import EXPECTED

ASKED = {
    "q01_target": (1, {"kpi": "revenue", "holder": "sales_west", "period": "2017-08", "known_at": "2017-06-01"}),
    "q02_history": (2, {"agreement": "sales_west_2017"}),
    "q03_changes": (3, {"from_": "2016-02-01", "to": "2016-12-01"}),
    "q03_sample": (3, {"sample": "3", "seed": "2017"}),
    "q04_retroactive": (4, {}),
    "q05_improving": (5, {}),
    "q06_authority": (6, {}),
    "q07_reasons": (7, {}),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_demo_is_as_it_was_read(audit_world, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", audit_world.text(number, **words))


@pytest.fixture(scope="module")
def written(audit_world):
    """The agreement events as `entries.jsonl` has them, which nothing of ours reads here."""
    lines = (audit_world.ledger.directory / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["kind"].startswith("agreement.")]


def test_what_came_late_on_the_demo_is_what_was_recorded_after_it_counted(audit_world, written):
    late = {
        int(entry["seq"]): entry["content"]["valid_from"]
        for entry in written
        if entry["content"]["valid_from"] <= entry["recorded_at"][:10]
    }
    rows = audit_world.rows(4)
    assert {row["entry"]: f"{row['first_period']}-01" for row in rows} == late
    # Recorded on 13 April for March, which ended on the 31st; and on 28 November for November, which began on the 1st.
    assert [row["days_late"] for row in rows] == [13, 28 - 1]


def test_every_reason_of_the_demo_is_looked_at(audit_world, written):
    found = audit_world.ask(7)
    assert found.facts["events"] == len(written)
    assert {row[0] for row in found.rows} <= {int(entry["seq"]) for entry in written}


def test_whoever_was_both_author_and_approver_on_the_demo_held_both_roles(audit_world, written):
    # p_1001 is chief executive (organisation.yml) and was chief financial officer until March 2015 (authority.yml).
    told = [row for row in audit_world.rows(6) if row["what"] == "author is approver"]
    assert [(row["agreement"], row["version"]) for row in told] == [("company_2015", 1)]
    (entry,) = (entry for entry in written if entry["key"] == "company_2015/1")
    assert (told[0]["entry"], told[0]["decided_on"].isoformat()) == (int(entry["seq"]), entry["content"]["decided_on"])
