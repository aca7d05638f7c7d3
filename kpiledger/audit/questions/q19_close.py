"""Question 19: what does the close of a period hold: who, when, what was open, the hash of everything, signatures?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpiledger.approvals.standing import company_units
from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.closes import closes_of, entries_of, require_closes, rule_changes, uncounted
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.deeds import KINDS, SINCE
from kpiledger.closing.judged import judged_deeds
from kpiledger.closing.places import EXTRACTS
from kpiledger.closing.standing import Close
from kpiledger.closing.verified import faults
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import resolving
from kpiledger.vocabulary import Outcome

COLUMNS = ("what", "name", "recorded", "holds")
Row = tuple[object, ...]


def answer(asked: Asked) -> Answer:
    """What the last close froze, file by file, and what it rested on; who and when above, what was open below."""
    void = uncounted(asked, EntryKind.PERIOD_CLOSED, *SINCE)
    if void and not closes_of(asked):
        nothing = f"{asked.words['period']} is open: no close of it counts"
        return Answer(COLUMNS, (), (nothing, *void), holds=False, facts=tree_facts(asked.index()))
    found = require_closes(asked)
    close = found[-1]
    said = resolving(asked.ledger)(close.content)
    entries, units = entries_of(asked, KINDS), company_units(asked.project().organisation)
    judged = {one.entry.seq: one for one in judged_deeds(entries, units)}
    verdict = judged[close.entry.seq]
    broken = {str(fault.path): fault.message for fault in faults(asked.settings.closes, [close], with_extracts=True)}
    rows = list(_rows(close, said, broken))
    signed = f"signed with {said['signature']['fingerprint']}" if verdict.is_signed else "not signed"
    summary = [
        f"{close.period} is {close.state}: closed on {close.closed_at:%Y-%m-%d %H:%M} UTC by {said['closed_by']}, "
        f"approved by {said['approved_by']}, {signed}; entry {close.entry.seq}, close {close.ordinal} of the period",
        f"numbers as of {said['as_of_on']}, published by run {said['run_id']}; "
        + ", ".join(f"{count} rows of {name}" for name, count in said["rows"].items()),
        *(f"does not hold: {text}" for text in (*verdict.problems, *broken.values())),
        *void,
    ]
    facts = {"entry hash": close.entry.entry_hash, "closes of the period": len(found), **tree_facts(asked.index())}
    holds = not verdict.problems and not broken and not void
    notes = (*rule_changes(asked, close), *_open(said))
    return Answer(COLUMNS, rows, tuple(summary), notes, holds, facts)


def _rows(close: Close, said: Mapping[str, Any], broken: Mapping[str, str]) -> Iterator[Row]:
    for name, digest in sorted(said["files"].items()):
        kind = "extract" if name.startswith(f"{EXTRACTS}/") else "frozen file"
        yield kind, name, digest, not any(path.endswith(f"{close.period}/{close.ordinal}/{name}") for path in broken)
    for one in said["agreements"]:
        yield "agreement", f"{one['agreement']}/{one['version']}", one["entry_hash"], None
    for kpi, versions in sorted(said["definitions"].items()):
        for version, digest in versions.items():
            yield "definition", f"{kpi}/{version}", digest, None
    for path, digest in sorted(said["models"].items()):
        yield "model", path, digest, None
    for path, digest in sorted(said.get("rules", {}).items()):
        yield "rules", path, digest, None
    for name, digest in sorted(said.get("marts", {}).items()):
        yield "mart", name, digest, None
    yield "publication", said["run_id"], said["publication_hash"], None


def _open(said: Mapping[str, Any]) -> Iterator[str]:
    """What was not as it should be when the period was closed, and let pass."""
    if said.get("is_mart_unchecked"):
        yield "its publication has no hashes of the tables that facts read: their frozen rows are as they were found"
    for one in said["checks"]:
        if one["outcome"] != Outcome.PASSED:
            why = f", overridden by {one['override']}" if one.get("override") else ""
            yield f"open at the close: {one['rule']} on {one['source']}.{one['table']} {one['outcome']}{why}"
    nos: dict[tuple[str, str], list[str]] = {}
    for one in said["quick_check"]:
        if not one["is_yes"]:
            reason = f"{one['told']} (accepted: {one['accepted']})" if one.get("accepted") else one["told"]
            nos.setdefault((one["question"], reason), []).append(one["kpi"])
    for (question, reason), kpis in nos.items():
        yield f"quick check, no to {question}: {reason}: {', '.join(kpis)}"


QUESTION = Question(
    19, "Content of the close of a period: who, when, what was open, hashes, signatures", answer, needs=("period",)
)
