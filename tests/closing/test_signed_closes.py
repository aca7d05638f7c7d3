"""A close that its approver signed: over the bytes recorded, with a key that may sign closes, and found if forged."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kpiledger.closing.judged import judged_deeds
from kpiledger.closing.signed import signed_bytes
from kpiledger.errors import RunStopped
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries, writing
from kpiledger.verifying import verify
from tests.closing.closing_world import ClosingWorld


def key_of(world: ClosingWorld, folder: Path, namespaces: str) -> Path:
    """A new key of the approver, in the files and recorded."""
    path = folder / "cfo"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(words, check=True)
    public = path.with_suffix(".pub").read_text(encoding="utf-8").strip()
    signers = world.root / "metrics/approvers/allowed_signers"
    signers.write_text(f'p1001 namespaces="{namespaces}" {public}\n', encoding="utf-8")
    world.run()
    return path


def close_entry(world: ClosingWorld) -> Entry:
    (entry,) = [one for one in read_entries(world.ledger) if one.kind is EntryKind.PERIOD_CLOSED]
    return entry


def test_a_signed_close_holds_by_the_ledger_and_by_ssh_keygen(world: ClosingWorld, tmp_path: Path) -> None:
    key = key_of(world, tmp_path, "kpi-agreement,kpi-close")
    world.close("2017-03", key=key)
    entry = close_entry(world)
    (judged,) = judged_deeds(read_entries(world.ledger), frozenset({"company"}))
    assert (judged.is_signed, judged.problems) == (True, ())
    (tmp_path / "close.sig").write_text(entry.content["signature"]["signature"])
    signers = world.root / "metrics/approvers/allowed_signers"
    words = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "p1001", "-n", "kpi-close"]
    done = subprocess.run(
        [*words, "-s", str(tmp_path / "close.sig")], input=signed_bytes(entry.content), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_key_that_is_not_bound_to_closes_signs_none(world: ClosingWorld, tmp_path: Path) -> None:
    key = key_of(world, tmp_path, "kpi-agreement")
    with pytest.raises(RunStopped, match="may not sign closes"):
        world.close("2017-03", key=key)


def test_a_key_of_somebody_else_signs_none(world: ClosingWorld, tmp_path: Path) -> None:
    key = key_of(world, tmp_path, "kpi-agreement,kpi-close")
    world.edit("metrics/approvers/allowed_signers", "p1001 ", "p1002 ")
    with pytest.raises(RunStopped, match=r"p1001 cannot sign: the key SHA256:.* is none of this person's"):
        world.close("2017-03", key=key)


def test_a_close_recorded_by_one_person_or_with_another_signature_is_found(world: ClosingWorld, tmp_path: Path) -> None:
    key = key_of(world, tmp_path, "kpi-agreement,kpi-close")
    world.close("2017-03", key=key)
    forged = dict(close_entry(world).content)
    forged |= {"ordinal": "2", "closed_by": forged["approved_by"]}
    with writing(world.ledger, world.tick) as writer:
        writer.append([Draft(EntryKind.PERIOD_CLOSED, "2017-03/2", forged)])
    found = verify(world.ledger, world.project, settings=world.settings)
    told = [one.message for one in found.problems if one.name == "closes"]
    assert told[0] == "the same person did it and approved it"
    assert "its signature does not hold: it is over other content, or was changed" in told
