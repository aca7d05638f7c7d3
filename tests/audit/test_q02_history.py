"""Question 2: the history of an agreement has each event of its file, as the file says it, and its approval."""

from __future__ import annotations

import pytest
import yaml

from kpiledger.errors import WrongUse
from tests.audit.conftest import ROOT

PLAIN = ("event", "decided_on", "proposed_by", "approved_by")


def test_every_event_of_every_file_of_the_demo_is_a_version(audit_world):
    for path in sorted((ROOT / "metrics/agreements").glob("*/*.yml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name in {event["agreement"] for event in written["events"]}:
            events = [event for event in written["events"] if event["agreement"] == name]
            rows = audit_world.rows(2, agreement=name)
            assert [tuple(row[key] for key in PLAIN) for row in rows] == [
                tuple(event[key] for key in PLAIN) for event in events
            ]
            assert [" ".join(str(row["reason_text"]).split()) for row in rows] == [
                " ".join(event["reason"]["text"].split()) for event in events
            ]
            assert [row["fired_trigger"] for row in rows] == [event["reason"].get("trigger") for event in events]
            assert {row["holder"] for row in rows} == {written["holder"]}


def test_an_agreement_of_a_person_has_the_person_by_id(small_world):
    agreed, retired = small_world.rows(2, agreement="p1001_2017")
    assert (agreed["holder"], agreed["approval_state"]) == ("p1001", "not_required")
    assert (retired["event"], retired["reason_text"]) == ("retired", "Left")
    assert retired["changes"] == "new_customers: at least each month 10 -> no target"


def test_a_kpi_is_no_agreement(small_world):
    with pytest.raises(WrongUse, match="`revenue` is a KPI and no agreement"):
        small_world.ask(2, agreement="revenue")
