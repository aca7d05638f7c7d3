"""What do the files say that the ledger does not hold yet, and what do they say differently?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from kpiledger.finding import Finding, in_order
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.recordables import Recordable, recordables
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.ledger.subjects import erased_commitments, resolving
from kpiledger.project import Project
from kpiledger.recording.approvers import authority_gone, closes_unsigned, keys_gone
from kpiledger.recording.contradicting import contradiction, missing
from kpiledger.recording.rewriting import past_rewritten


def pending(project: Project, ledger: Ledger) -> tuple[tuple[Recordable, ...], list[Finding]]:
    """What is still to be recorded, and where the files contradict what is; both empty when all is well."""
    return compare(project, ledger, read_entries(ledger) if ledger.exists else ())


def contradictions(project: Project, ledger: Ledger, entries: Sequence[Entry]) -> list[Finding]:
    """Where the files say something else than the entries given; what is not yet recorded is none."""
    return compare(project, ledger, entries)[1]


def compare(project: Project, ledger: Ledger, entries: Sequence[Entry]) -> tuple[tuple[Recordable, ...], list[Finding]]:
    """`pending` against the entries given."""
    plain = resolving(ledger)
    recorded = {(_family(entry.kind), entry.key): entry for entry in entries if _family(entry.kind) is not None}
    erased = erased_commitments(entries)
    new: list[Recordable] = []
    findings: list[Finding] = []
    for item in recordables(project):
        entry = recorded.pop((_family(item.kind), item.key), None)
        if entry is None:
            new.append(item)
        else:
            findings += contradiction(item, entry, plain(entry.content), erased)
    # An agreement whose holder was erased has left the files for good: that is what erasing asks for first.
    findings += [missing(entry, project) for entry in recorded.values() if not _is_holder_erased(entry, erased)]
    findings += authority_gone(project, entries)
    findings += keys_gone(project, entries)
    findings += closes_unsigned(project, entries)
    findings += past_rewritten(project, entries, plain)
    return tuple(new), in_order(findings)


def _is_holder_erased(entry: Entry, erased: Set[str]) -> bool:
    holder = entry.content.get("holder")
    return isinstance(holder, Mapping) and holder["commitment"] in erased


def _family(kind: EntryKind) -> str | None:
    """What a key is unique in: an event edited from `amended` to `retired` is still the same event."""
    if kind is EntryKind.DEFINITION_RECORDED:
        return "definition"
    return "agreement" if kind in EVENT_OF_KIND else None
