"""Question 12: who may change what, with keys, validity and revocations."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from ledger_builders import kpi, project

from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.recording import record
from kpiledger.settings import load_settings
from kpiledger.specs.organisation import Scoring
from kpiledger.verifying import verify
from tests.audit.conftest import EXPECTED, AuditWorld, at

KEYS = [("p1001", "SHA256:first"), ("p1001", "SHA256:second"), ("p1002", "SHA256:third")]


def key_added(person, fingerprint, before=None):
    content = {
        "person": person, "fingerprint": fingerprint, "public_key": "ssh-ed25519 AAAA",
        "valid_after": "2015-01-01T00:00:00.000000Z", "valid_before": before,
    }  # fmt: skip
    return Draft(EntryKind.KEY_ADDED, fingerprint, content)


@pytest.fixture
def world(tmp_path):
    """p1001 and p1002 are or were chief financial officer; of three keys, one was revoked."""
    (tmp_path / "kpiledger.yml").write_text("ledger: ledger\n", encoding="utf-8")
    settings = load_settings(tmp_path, {})
    ledger = Ledger(settings.ledger)
    specs = project(kpis=[kpi(owner="head_of_sales"), kpi("margin")], root=tmp_path)
    record(specs, tmp_path, ledger, at("2015-01-01T09:00:00"))
    with writing(ledger, at("2015-01-01T10:00:00")) as writer:
        people = {person: dict(commit_subject(ledger, person)) for person in ("p1001", "p1002")}
        right = {"role": "cfo", "units": ["company", "sales_west"], "valid_from": "2015-01-01", "valid_to": None}
        held = [
            {"role": "cfo", "person": people["p1001"], "valid_from": None, "valid_to": "2015-06-30"},
            {"role": "cfo", "person": people["p1002"], "valid_from": "2015-07-01", "valid_to": None},
        ]
        empty = {**right, "role": "chairman", "units": ["company"]}
        policy = {
            "required_from": "2015-02-01", "authorities": [right, empty], "holders": held,
            "role_units": {"cfo": "company", "chairman": None},
        }  # fmt: skip
        keys = [key_added(people[person], fingerprint) for person, fingerprint in KEYS]
        revoked = Draft(EntryKind.KEY_REVOKED, KEYS[0][1], {"person": people["p1001"], "fingerprint": KEYS[0][1]})
        writer.append([Draft(EntryKind.AUTHORITY_RECORDED, "authority", policy), *keys, revoked])
    return AuditWorld(settings, ledger, specs)


def test_rights_keys_and_owners(world, golden):
    name = world.rows(12)[-1]
    text = world.text(12).replace(str(name["key"]), "<ledger key>").replace(str(name["what"]), "<ledger>")
    golden(EXPECTED / "q12_rights.txt", text)


def test_a_right_lasts_as_long_as_right_and_role_do(world):
    rights = [row for row in world.rows(12) if row["may"] == "approve targets"]
    assert [(row["role"], row["person"], row["valid_from"], row["valid_to"]) for row in rights] == [
        ("cfo", "p1001", "2015-01-01", "2015-06-30"),
        ("cfo", "p1002", "2015-07-01", None),
        ("chairman", None, "2015-01-01", None),
    ]
    assert rights[-1]["state"] == "nobody holds the role"


def test_a_revoked_key_says_so(world):
    keys = {row["key"]: row["state"] for row in world.rows(12) if row["may"] == "sign approvals"}
    assert keys == {"SHA256:first": "revoked", "SHA256:second": "not revoked", "SHA256:third": "not revoked"}


def test_without_a_policy_that_is_said(small_world):
    assert "no policy is recorded: targets count without an approval" in small_world.ask(12).summary


def test_each_policy_that_was_recorded_is_shown_with_when_the_next_came(world, tmp_path):
    copy = shutil.copytree(world.ledger.directory, tmp_path / "copy" / "ledger")
    ledger = Ledger(copy)
    people = {person: dict(commit_subject(ledger, person)) for person in ("p1001", "p1002")}
    right = {"role": "cfo", "units": ["company"], "valid_from": None, "valid_to": None}
    held = [{"role": "cfo", "person": people["p1001"], "valid_from": None, "valid_to": None}]
    policy = {"required_from": "2016-01-01", "authorities": [right], "holders": held, "role_units": {"cfo": "company"}}
    with writing(ledger, at("2016-03-01T10:00:00")) as writer:
        writer.append([Draft(EntryKind.AUTHORITY_RECORDED, "authority", policy)])
    changed = replace(world, ledger=ledger, settings=replace(world.settings, build=tmp_path / "copy" / "build"))
    rights = [row for row in changed.rows(12) if row["may"] == "approve targets"]
    assert [(row["role"], row["state"]) for row in rights] == [
        ("cfo", ""),
        ("cfo", "replaced 2016-03-01"),
        ("cfo", "replaced 2016-03-01"),
        ("chairman", "nobody holds the role; replaced 2016-03-01"),
    ]
    assert "2 policies are recorded, one after the other" in changed.ask(12).summary


def test_changed_scores_are_recorded_once_and_shown_with_what_they_were(world, tmp_path):
    copy = Ledger(tmp_path / "scored" / "ledger")
    record(world.project, tmp_path, copy, at("2015-01-01T09:00:00"))
    before = len(read_entries(copy))

    def scored(reason: str | None = None, **marks: str):
        scoring = Scoring.model_validate({**marks, "reason": reason}, strict=False)
        organisation = world.project.organisation.model_copy(update={"scoring": scoring})
        specs = replace(world.project, organisation=organisation)
        settings = replace(world.settings, build=tmp_path / "scored" / "build")
        return replace(world, ledger=copy, project=specs, settings=settings)

    def shown(one):
        return [(row["what"], row["state"]) for row in one.rows(12) if row["may"] == "score targets"]

    unchanged = scored("words alone")
    assert record(unchanged.project, tmp_path, copy, at("2016-01-01T09:00:00")).new == 0
    lower = scored("A hard year", at_commit="0.7")
    assert "the scores in metrics/organisation.yml are not recorded yet" in lower.ask(12).summary
    for moment in ("2016-02-01T09:00:00", "2016-02-02T09:00:00"):
        record(lower.project, tmp_path, copy, at(moment))
    assert len(read_entries(copy)) == before + 1
    assert shown(lower) == [("0.7 at commit, 1 at the target, 1.2 at stretch: A hard year", "")]
    record(scored().project, tmp_path, copy, at("2016-05-01T09:00:00"))
    assert shown(scored()) == [
        ("0.5 at commit, 1 at the target, 1.2 at stretch", ""),
        ("0.7 at commit, 1 at the target, 1.2 at stretch: A hard year", "replaced 2016-05-01"),
    ]
    assert "the scores of targets were changed 2 times" in scored().ask(12).summary
    assert verify(copy).holds
