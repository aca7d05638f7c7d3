"""A policy that asks for signatures: what is not signed by its approver is refused, and does not count if recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpiledger.closing.doing import Pair
from kpiledger.closing.judged import judged_deeds, not_counting
from kpiledger.closing.overriding import overridden_now
from kpiledger.closing.standing import closes_in
from kpiledger.errors import RunStopped
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries, writing
from kpiledger.recording import pending
from kpiledger.verifying import verify
from tests.audit.conftest import AuditWorld
from tests.closing.closing_world import ClosingWorld
from tests.closing.test_restatements import corrected_row
from tests.closing.test_signed_closes import key_of

BOTH = "kpi-agreement,kpi-close"
AUTHORITY = "metrics/approvers/authority.yml"
UNSIGNED = "it is not signed by its approver, as the policy asks from 2017-06-01 on"
OFFICIAL = "select actual from kpi.fct_scorecard where holder = 'sales_west' and period_start = '2017-03-01'"


def asking(world: ClosingWorld, first: str = "2017-06-01") -> None:
    world.edit(AUTHORITY, "required_from: 2017-07-01", f"required_from: 2017-07-01\nclose_signatures_from: {first}")


@pytest.fixture
def signing(world: ClosingWorld, tmp_path: Path) -> tuple[ClosingWorld, Pair]:
    """A company whose policy asks for signatures, and its two people with the key of the second."""
    asking(world)
    return world, Pair("p1002", "p1001", key_of(world, tmp_path, BOTH))


def forged(world: ClosingWorld, kind: EntryKind, key: str, **changed: object) -> Entry:
    """The last entry of a kind once more, unsigned, as whoever holds the ledger's key could write it."""
    last = next(one for one in reversed(read_entries(world.ledger)) if one.kind is kind)
    content = {name: value for name, value in last.content.items() if name != "signature"} | changed
    with writing(world.ledger, world.tick) as writer:
        return writer.append([Draft(kind, key, content)])[0]


def deeds(world: ClosingWorld) -> list[tuple[object, ...]]:
    """What the table says of each deed, in the order recorded."""
    columns = "period, close_ordinal, event, is_counted, is_standing, why_not"
    return [tuple(row.values()) for row in world.rows(f"select {columns} from kpi.fct_period_close order by seq")]


DEEDS: dict[str, Callable[[ClosingWorld], object]] = {
    "close": lambda one: one.close("2017-03"),
    "lock": lambda one: one.close("2017-02", is_locked=True, accepted=one.accept_all()),
    "reopen": lambda one: one.reopen("2017-02"),
    "restate": lambda one: one.restate("2017-02"),
    "override": lambda one: one.override("DM-01", "2017-03"),
}


@pytest.mark.parametrize("name", DEEDS)
def test_nothing_is_done_to_a_period_without_the_signature_that_the_policy_asks_for(
    signing: tuple[ClosingWorld, Pair], name: str
) -> None:
    world, pair = signing
    world.close("2017-02", key=pair.key)
    world.run()
    with pytest.raises(RunStopped, match="p1001 has to sign it: from 2017-06-01 on it counts only so"):
        DEEDS[name](world)


def test_each_deed_that_its_approver_signed_counts(signing: tuple[ClosingWorld, Pair]) -> None:
    world, pair = signing
    world.override("DM-01", "2017-03", pair=pair)
    world.close("2017-03", key=pair.key)
    world.run()
    corrected_row(world)
    world.run()
    world.restate("2017-03", pair)
    world.run()
    world.reopen("2017-03", pair=pair)
    world.run()
    world.close("2017-03", key=pair.key)
    world.close("2017-03", key=pair.key, is_locked=True, accepted=world.accept_all())
    judged = list(judged_deeds(read_entries(world.ledger)))
    assert [one.entry.kind.value.split(".")[1] for one in judged] == [
        "overridden", "closed", "restated", "reopened", "closed", "locked",
    ]  # fmt: skip
    assert [(one.is_signed, one.problems) for one in judged] == [(True, ())] * 6
    assert verify(world.ledger, world.project, settings=world.settings).problems == ()


def test_a_policy_of_a_later_day_asks_for_nothing_yet(world: ClosingWorld) -> None:
    asking(world, "2017-06-03")
    world.run()
    assert "signature" not in world.close("2017-03").entry.content
    world.now = world.now.replace(day=3)
    with pytest.raises(RunStopped, match="has to sign it"):
        world.close("2017-04")


def test_an_unsigned_close_in_the_ledger_leaves_its_period_open_and_keeps_its_folder(
    signing: tuple[ClosingWorld, Pair],
) -> None:
    world, pair = signing
    world.close("2017-02", key=pair.key)
    found = forged(
        world, EntryKind.PERIOD_CLOSED, "2017-03/1", period="2017-03", first_day="2017-03-01", last_day="2017-03-31"
    )
    world.run()
    assert deeds(world) == [
        ("2017-02", 1, "closed", True, True, None),
        ("2017-03", 1, "closed", False, False, UNSIGNED),
    ]
    assert {row["period"] for row in world.rows("select distinct period from recorded.closed_period")} == {"2017-02"}
    assert not_counting(read_entries(world.ledger)) == {found.entry_hash: UNSIGNED}
    problems = verify(world.ledger, world.project, settings=world.settings).problems
    assert [(one.name, one.seq, one.message) for one in problems] == [("closes", found.seq, UNSIGNED)]
    audit = AuditWorld(world.settings, world.ledger, world.project).ask(19, period="2017-03")
    assert (audit.holds, audit.summary[0]) == (False, "2017-03 is open: no close of it counts")
    assert audit.summary[1].startswith(
        f"does not count: entry {found.seq}, period.closed 2017-03 on 2017-06-02 by p1002"
    )
    assert world.close("2017-03", key=pair.key).entry.content["ordinal"] == "2"


def test_an_unsigned_reopening_restatement_lock_or_override_changes_nothing(
    signing: tuple[ClosingWorld, Pair],
) -> None:
    world, pair = signing
    world.close("2017-02", key=pair.key)
    world.reopen("2017-02", pair=pair)
    world.override("DM-01", "2017-03", pair=pair)
    world.run()
    close = world.close("2017-03", key=pair.key).entry
    world.run()
    (closed,) = world.rows(OFFICIAL)
    corrected_row(world)
    world.run()
    world.restate("2017-03", pair)
    corrected_row(world)
    world.run()
    (restated,) = world.rows(OFFICIAL)
    about = {"period": "2017-03", "close_hash": close.entry_hash}
    forged(world, EntryKind.PERIOD_REOPENED, "2017-03/1", **about)
    forged(world, EntryKind.PERIOD_RESTATED, "2017-03/1", restatement="2", **about)
    forged(world, EntryKind.CHECK_OVERRIDDEN, "2017-04/crm/DM-01", period="2017-04")
    world.run()
    (now,) = world.rows(OFFICIAL)
    assert closed["actual"] > restated["actual"] == now["actual"]
    assert deeds(world)[-3:] == [
        ("2017-03", 1, "restated", True, True, None),
        ("2017-03", 1, "reopened", False, False, UNSIGNED),
        ("2017-03", 1, "restated", False, False, UNSIGNED),
    ]
    march = closes_in(read_entries(world.ledger))[-1]
    assert (march.period, march.state, len(march.restatements)) == ("2017-03", "closed", 1)
    assert overridden_now(read_entries(world.ledger), date(2017, 6, 2)) == {}
    audit = AuditWorld(world.settings, world.ledger, world.project)
    for number, kind in ((17, "check.overridden"), (20, "period.reopened"), (21, "period.restated")):
        answer = audit.ask(number, **({"period": "2017-04"} if number == 17 else {}))
        (told,) = [line for line in answer.summary if line.startswith("does not count")]
        assert kind in told
        assert told.endswith(UNSIGNED)
        assert not answer.holds


def test_a_signature_that_is_recorded_a_second_time_counts_once(signing: tuple[ClosingWorld, Pair]) -> None:
    world, pair = signing
    entry = world.override("DM-01", "2017-03", pair=pair)
    with writing(world.ledger, world.tick) as writer:
        (again,) = writer.append([Draft(entry.kind, entry.key, entry.content)])
    told = {again.entry_hash: f"its signature was given to entry {entry.seq}"}
    assert not_counting(read_entries(world.ledger)) == told


def test_a_key_that_is_not_bound_to_closes_does_not_count_in_the_ledger_either(
    world: ClosingWorld, tmp_path: Path
) -> None:
    asking(world)
    key = key_of(world, tmp_path, "kpi-agreement")
    signers = world.root / "metrics/approvers/allowed_signers"
    text = signers.read_text(encoding="utf-8")
    signers.write_text(text.replace("kpi-agreement", BOTH), encoding="utf-8")
    with pytest.raises(RunStopped, match="otherwise than the ledger who may approve, or with which key"):
        world.close("2017-03", key=key)
    world.run()
    world.close("2017-03", key=key)
    assert not_counting(read_entries(world.ledger)) == {}
    added = [one.content.get("signs_closes") for one in read_entries(world.ledger) if one.kind is EntryKind.KEY_ADDED]
    assert added == [None, True]


def test_whoever_has_no_authority_does_not_close_by_signing(world: ClosingWorld, tmp_path: Path) -> None:
    asking(world)
    key = key_of(world, tmp_path, BOTH)
    world.edit("metrics/approvers/allowed_signers", "p1001 ", "p1002 ")
    world.run()
    with pytest.raises(RunStopped, match="p1002 had no authority to approve for company on 2017-06-02"):
        world.close("2017-03", "p1001", "p1002", key=key)


def test_a_key_that_was_recorded_for_who_closes_does_not_sign_for_the_approver_after_it_was_revoked(
    world: ClosingWorld, tmp_path: Path
) -> None:
    asking(world)
    key = key_of(world, tmp_path, BOTH)
    signers = world.root / "metrics/approvers/allowed_signers"
    own = signers.read_text(encoding="utf-8")
    signers.write_text(own.replace("p1001 ", "p1002 "), encoding="utf-8")
    world.run()
    signers.write_text(own, encoding="utf-8")
    world.run()
    close = world.close("2017-03", key=key).entry
    shown = close.content["signature"]["fingerprint"]
    why = f"it is signed with {shown}, which was recorded for who did it"
    assert not_counting(read_entries(world.ledger)) == {close.entry_hash: why}


def test_a_policy_that_is_taken_out_of_the_files_goes_on_counting_and_is_told(
    signing: tuple[ClosingWorld, Pair],
) -> None:
    world, pair = signing
    world.edit(AUTHORITY, "close_signatures_from: 2017-06-01\n", "")
    _, found = pending(world.project, world.ledger)
    assert [(one.rule, one.severity.value) for one in found] == [("KPI168", "warning")]
    world.run()
    with pytest.raises(RunStopped, match="has to sign it: from 2017-06-01"):
        world.close("2017-03")
    world.close("2017-03", key=pair.key)
    assert not_counting(read_entries(world.ledger)) == {}
    told = AuditWorld(world.settings, world.ledger, world.project).ask(12).summary
    assert "closes count only with their approver's signature from 2017-06-01 on; the files no longer say so" in told
