"""A ledger that was recorded before targets had further forms: its bytes stand in `older_ledger`, fixed.

It was written when an event had no `pilot`, a target no `commit`, `ramp`, `relative` or upper bound, and amber
no `outside_by`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NotRequired, get_origin, get_type_hints

import pytest
from ledger_builders import agreed, agreements, event, project, target

from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.contents import agreement_content, recorded_events
from kpiledger.ledger.schema import CONTENTS, EntryKind
from kpiledger.ledger.schema.agreements import AgreementContent, AmberForm, ReasonContent, TargetContent, TargetForm
from kpiledger.ledger.schema.authority import AuthorityContent, KeyAddedContent
from kpiledger.ledger.schema.closes import (
    CloseContent,
    LockContent,
    OverrideContent,
    ReopeningContent,
    RestatementContent,
)
from kpiledger.ledger.schema.numbers import PublicationContent
from kpiledger.ledger.store import Ledger, examine_ledger, read_entries
from kpiledger.recording import pending
from kpiledger.specs.agreement import AgreementEvent

OLDER = Path(__file__).parent / "older_ledger"
BASELINE = {
    "from": "2016-01",
    "to": "2016-12",
    "exclude": [{"month": "2016-11", "reason": "one-off campaign"}],
    "method": "mean",
    "value": "19514.20",
    "source": "erp",
}
BY_PERIOD = {"by_period": {"2017-01": "0.12", "2017-02": "0.13"}}
EVENTS = [
    agreed(
        target(
            weight="0.4",
            influence="0.8",
            amber={"share_of_target": "0.95"},
            stretch="25000.00",
            baseline=BASELINE,
        ),
        target("margin", value=BY_PERIOD, amber={"absolute": "0.10"}, region=None),
    ),
    event("amended", target(value="23000.00")),
    event("retired", valid_from="2017-10-01"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(shutil.copytree(OLDER, tmp_path / "ledger"))


def test_it_still_verifies(ledger: Ledger) -> None:
    assert examine_ledger(ledger).problems == ()


def test_its_events_are_the_ones_in_the_files_and_none_is_recorded_again(ledger: Ledger) -> None:
    new, findings = pending(project(agreements(*EVENTS)), ledger)
    assert (list(new), list(findings)) == ([], [])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_event_that_uses_nothing_new_gives_the_same_bytes(ledger: Ledger, number: int) -> None:
    content = agreement_content("sales_west", AgreementEvent.model_validate(EVENTS[number]))
    assert canonical_bytes(content) in (OLDER / "entries.jsonl").read_bytes().splitlines()[number + 1]
    assert content == read_entries(ledger)[number + 1].content


def test_its_events_are_read_back_as_they_were_agreed(ledger: Ledger) -> None:
    assert [found.event for found in recorded_events(ledger)] == [AgreementEvent.model_validate(one) for one in EVENTS]


@pytest.mark.parametrize(
    ("model", "later"),
    [
        (AgreementContent, {"pilot", "triggers"}),
        (ReasonContent, {"trigger"}),
        (TargetContent, {"commit"}),
        (TargetForm, {"ramp", "relative", "upper", "upper_by_period", "within"}),
        (AmberForm, {"outside_by"}),
        (AuthorityContent, {"close_signatures"}),
        (KeyAddedContent, {"signs_closes"}),
        (PublicationContent, {"inputs", "recipe", "marts", "rules", "waivers"}),
        (CloseContent, {"rules", "marts", "is_mart_unchecked", "signature"}),
        (LockContent, {"signature"}),
        (ReopeningContent, {"signature"}),
        (RestatementContent, {"as_of_on", "signature"}),
        (OverrideContent, {"table", "until", "signature"}),
    ],
)
def test_a_key_that_came_later_is_the_only_kind_that_may_be_missing(model: type, later: set[str]) -> None:
    hints = get_type_hints(model, include_extras=True)
    assert {name for name, hint in hints.items() if get_origin(hint) is NotRequired} == later


def test_a_later_key_stands_in_an_entry_only_where_it_says_something() -> None:
    form = {"ramp": {"from": "1", "to": "2.50"}}
    shown = agreed(
        target(value=form, commit="0.5"), target("stock", {"value": "0", "within": "0"}, None, comparison="exactly")
    )
    content = agreement_content("sales_west", AgreementEvent.model_validate({**shown, "pilot": True}))
    ramp, exact = content["targets"]
    assert content["pilot"] is True
    assert ramp["commit"] == "0.5"
    assert ramp["target"] == {
        "grain": "month", "comparison": "at_least", "value": None, "by_period": None,
        "ramp": {"from": "1", "to": "2.5"},
    }  # fmt: skip
    assert exact["target"]["within"] == "0"
    assert "commit" not in exact
    CONTENTS[EntryKind.AGREEMENT_AGREED].validate_python(content)
