"""Question 6: what a policy said of a day goes on counting when a later one says otherwise, and that is told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest

from kpiledger.audit.standing_then import Known, Then
from kpiledger.checking import check_folder
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.recording import pending, record
from kpiledger.recording.rewriting import past_rewritten_since
from kpiledger.settings import load_settings
from tests.audit.conftest import at

BOTH, SITS, PAST = "author is approver", "approver sits in the measured unit", "policy changes the past"


@pytest.fixture
def policies(small_world, tmp_path):
    """The small world recorded again; each policy says until when p1002 was head of sales beside being cfo."""
    ledger = Ledger(tmp_path / "again" / "ledger")
    record(small_world.project, tmp_path, ledger, at("2015-01-01T09:00:00"))
    settings = replace(small_world.settings, build=tmp_path / "again" / "build")
    world = replace(small_world, ledger=ledger, settings=settings)

    def said(moment, until, unit="company", right=("company",)):
        person = dict(commit_subject(ledger, "p1002"))
        days = {"valid_from": None, "valid_to": None}
        policy = {
            "required_from": "2030-01-01",
            "authorities": [{"role": "cfo", "units": list(right), **days}],
            "holders": [
                {"role": "cfo", "person": person, **days},
                {"role": "head_of_sales", "person": person, **days, "valid_to": until},
            ],
            "role_units": {"cfo": unit, "head_of_sales": None, "finance_controller": None},
        }
        with writing(ledger, at(moment)) as writer:
            writer.append([Draft(EntryKind.AUTHORITY_RECORDED, "authority", policy)])
        return len(read_entries(ledger)), world

    return said


def told(world, what, **words):
    return [(row["entry"], row["detail"]) for row in world.rows(6, **words) if row["what"] == what]


def roles_of_one(world):
    return {entry: detail for entry, detail in told(world, BOTH) if "was both on" in detail}


def test_one_person_with_both_roles_by_the_only_policy(policies):
    first, world = policies("2015-01-02T09:00:00", None)
    found = roles_of_one(world)
    assert found
    assert all(detail.endswith(f", by the policy of entry {first}") for detail in found.values())


def test_a_backdated_end_takes_nothing_away_and_is_a_row_of_its_own(policies):
    first, world = policies("2015-01-02T09:00:00", None)
    before = roles_of_one(world)
    second, world = policies("2018-01-02T09:00:00", "2014-01-31")
    after = roles_of_one(world)
    assert after.keys() == before.keys()
    ending = f", by the policy of entry {first}; the policy of entry {second} says otherwise"
    assert all(detail.endswith(ending) for detail in after.values())
    was = "p1002 was head_of_sales always and is now said to have been until 2014-01-31"
    assert told(world, PAST) == [(second, f"{was}, other than by the policy of entry {first}")]
    assert not world.ask(6).holds


def test_an_end_in_days_to_come_changes_nothing_of_the_past(policies):
    policies("2015-01-02T09:00:00", None)
    _, world = policies("2018-01-02T09:00:00", "2018-01-02")
    assert told(world, PAST) == []
    assert roles_of_one(world)


def test_what_counts_begins_with_the_policy_of_the_day_or_of_the_recording_if_that_is_earlier():
    known = [Known(seq, lambda *_: frozenset(), lambda *_: frozenset()) for seq in (9, 20)]
    then = Then(known, [date(2015, 1, 2), date(2015, 6, 2)], [9, 20])
    assert then.speaking_of(date(2015, 6, 2), 21) == known[1:]  # the first was replaced
    assert then.speaking_of(date(2015, 6, 1), 21) == known
    assert then.speaking_of(date(2014, 6, 1), 21) == known
    assert then.speaking_of(date(2016, 6, 1), 15) == known


def test_a_later_policy_that_says_so_is_enough(policies):
    first, world = policies("2015-01-02T09:00:00", "2014-01-31")
    assert roles_of_one(world) == {}
    second, world = policies("2018-01-02T09:00:00", None)
    ending = f", by the policy of entry {second}; the policy of entry {first} says otherwise"
    assert roles_of_one(world)
    assert all(detail.endswith(ending) for detail in roles_of_one(world).values())


def test_a_role_that_leaves_the_measured_unit_later_sat_in_it(policies):
    first, world = policies("2015-01-02T09:00:00", "2014-01-31", unit="sales_west")
    before = dict(told(world, SITS))
    second, world = policies("2018-01-02T09:00:00", "2014-01-31", right=("company", "sales_west"))
    assert before
    assert dict(told(world, SITS)).keys() == before.keys()
    by = f", other than by the policy of entry {first}"
    assert told(world, PAST) == [
        (second, f"cfo had the right for sales_west never and is now said to have had it always{by}"),
        (second, f"cfo was of sales_west and is now of company{by}"),
    ]


def test_changes_of_the_past_are_narrowed_by_their_day_and_are_of_no_agreement(policies):
    policies("2015-01-02T09:00:00", None)
    second, world = policies("2018-01-02T09:00:00", "2014-01-31")
    assert [seq for seq, _ in told(world, PAST, **{"from": "2018-01-02", "to": "2018-01-02"})] == [second]
    assert told(world, PAST, to="2018-01-01") == []
    agreement = next(row["agreement"] for row in world.rows(6) if row["agreement"])
    assert told(world, PAST, agreement=agreement) == []


def test_the_self_approval_of_the_demo_stays_when_the_appointments_are_backdated(audit_world, tmp_path):
    root = shutil.copytree(audit_world.settings.root, tmp_path / "demo", ignore=shutil.ignore_patterns("*index*"))
    settings = load_settings(root, {})
    file = root / "metrics/approvers/authority.yml"
    text = file.read_text(encoding="utf-8").replace("2015-03-31", "2014-11-30").replace("2015-04-01", "2014-12-01")
    file.write_text(text, encoding="utf-8")
    specs, _ = check_folder(root)
    changed = replace(audit_world, settings=settings, ledger=Ledger(settings.ledger), project=specs)
    assert [entry for entry, _ in told(changed, BOTH)] == [19]
    assert [one.rule for one in pending(specs, changed.ledger)[1]] == ["KPI196", "KPI196"]
    assert [one.rule for one in past_rewritten_since(specs, changed.ledger)] == ["KPI196", "KPI196"]
    record(specs, root, changed.ledger, at("2026-11-23T09:00:00"))
    latest = next(one.seq for one in reversed(read_entries(changed.ledger)) if one.kind is EntryKind.AUTHORITY_RECORDED)
    ((entry, detail),) = told(changed, BOTH)
    assert entry == 19
    assert detail.endswith(f", by the policy of entry 21; the policy of entry {latest} says otherwise")
    assert told(changed, PAST) == [
        (latest, f"{said}, other than by the policy of entry 21")
        for said in (
            "p_1001 was cfo until 2015-03-31 and is now said to have been until 2014-11-30",
            "p_1002 was cfo from 2015-04-01 and is now said to have been from 2014-12-01",
        )
    ]
