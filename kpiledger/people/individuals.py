"""Who exported figures of single people, and when were people told of the KPIs they are held to?

Both are recorded in the ledger, people as commitments: whoever exports figures of single people calls
`record_export` before the file leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from kpiledger.errors import WrongUse
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.people.naming import is_named
from kpiledger.stretches import Length


def record_export(
    ledger: Ledger,
    who: str,
    what: str,
    holders: Collection[str],
    purpose: str,
    clock: Clock,
    people: Collection[str] = (),
) -> Entry | None:
    """Record that `who` exported figures of `holders`; None where they are nobody's.

    `people` are the ids of organisation.yml: where `who` is one of them, or of the holders, it is committed to.
    """
    if not holders:
        return None
    _refuse_ids((what, purpose), {*holders, *people})
    with writing(ledger, clock) as writer:
        content = {
            "what": what,
            "purpose": purpose,
            "exported_by": _private(ledger, who, {*holders, *people}),
            "holders": [dict(commit_subject(ledger, holder)) for holder in sorted(set(holders))],
        }
        return writer.append([Draft(EntryKind.INDIVIDUALS_EXPORTED, what, content)])[0]


def record_informed(
    ledger: Ledger,
    holder: str,
    on: date,
    by: str,
    clock: Clock,
    people: Collection[str],
    agreement: str | None = None,
    notice: Length | None = None,
) -> Entry:
    """Record that a person was told of all they were held to by then, or of one agreement."""
    now = clock()
    if on > now.date():
        raise WrongUse(f"{on} is still to come", "record it when the person was told")
    with writing(ledger, clock) as writer:
        subject = dict(commit_subject(ledger, holder))
        content = {
            "holder": subject,
            "agreement": agreement,
            "informed_on": on.isoformat(),
            "informed_by": _private(ledger, by, {holder, *people}),
            "notice": str(notice) if notice else None,
        }
        return writer.append([Draft(EntryKind.INDIVIDUALS_INFORMED, subject["commitment"], content)])[0]


def _private(ledger: Ledger, who: str, people: Collection[str]) -> str | dict[str, str]:
    return dict(commit_subject(ledger, who)) if who in people else who


def _refuse_ids(texts: Iterable[str], people: Iterable[str]) -> None:
    """What is written into an entry stays there: no text may name anybody."""
    for text in texts:
        named = next((person for person in people if is_named(text.encode(), person)), None)
        if named:
            raise WrongUse(f"{text!r} names {named}, and what is recorded stays", "write it without naming people")
