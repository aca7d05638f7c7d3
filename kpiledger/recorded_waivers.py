"""Which waivers has the ledger seen? Each publication records those of its run, so taking one out of the file is no new
beginning.

A reason is kept as a digest: enough to see that it was given before. What is waived of a person by id is not recorded:
the ledger could not forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kpiledger.finding import Finding
from kpiledger.ledger.entry import Entry, decode_entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.searching import entries_with
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.project import Project
from kpiledger.rules.waiver_chains import AGAIN, TOLD, Link, Recorded, chain_rules, named, reason_digest
from kpiledger.specs.waiver import RuleWaiver

_WITH_WAIVERS = b'"waivers":['


def said_of_waivers(project: Project) -> list[dict[str, str]]:
    """What `run.published` says of the waivers of the file."""
    people = project.organisation.people
    return [
        {
            "of": named(one),
            "valid_from": one.valid_from.isoformat(),
            "expires_on": one.expires_on.isoformat(),
            "reason_hash": reason_digest(one),
        }
        for one in (project.waivers.waivers if project.waivers else ())
        if not (isinstance(one, RuleWaiver) and one.of in people)
    ]


def recorded_waivers(ledger: Ledger) -> Recorded:
    """Every waiver that a publication was made with; few entries are read of a ledger of millions."""
    if not ledger.exists:
        return {}
    lines = entries_with(ledger.storage, signed_checkpoint(ledger).size, _WITH_WAIVERS)
    return _links(decode_entry(line) for _, line in lines)


def with_recorded(project: Project, ledger: Ledger, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a project with what the ledger knows of its waivers in the place of what the file says alone."""
    if project.waivers is None or not project.waivers.waivers:
        return list(findings)
    others = [finding for finding in findings if finding.rule not in (TOLD, AGAIN)]
    return [*others, *chain_rules(project.waivers, recorded_waivers(ledger))]


def _links(entries: Iterable[Entry]) -> Recorded:
    """Each waiver as it was recorded last, with all the reasons that it was ever given."""
    found: dict[tuple[str, date], Link] = {}
    for entry in entries:
        for said in entry.content.get("waivers", ()) if entry.kind is EntryKind.RUN_PUBLISHED else ():
            key = said["of"], date.fromisoformat(said["valid_from"])
            before = found[key].reasons if key in found else frozenset()
            found[key] = Link(*key, date.fromisoformat(said["expires_on"]), before | {said["reason_hash"]})
    return found
