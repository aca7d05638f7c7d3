"""Question 12: who may change what, with keys, validity and revocations."""

from __future__ import annotations

import pytest
from ledger_builders import kpi, project

from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.recording import record
from kpiledger.settings import load_settings
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
