"""Why may a period not be closed? Every reason at once, each a plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.approvals import approvals_of
from kpiledger.closing.standing import Close, CloseState, last_of_each
from kpiledger.extracts.choosing import SET, chosen_inputs
from kpiledger.extracts.declared import extracted_tables
from kpiledger.extracts.store import newest
from kpiledger.finding import Severity
from kpiledger.folding import agreement_version_rows, fold
from kpiledger.folding.rows import AgreementVersionRow
from kpiledger.ledger.contents import EVENT_OF_KIND, recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.mart_hashes import mart_hashes
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.publishing import table_hashes
from kpiledger.recipe import FILE as RECIPE
from kpiledger.recipe import read_recipe, recipe_hash
from kpiledger.recording import pending
from kpiledger.recording.approvers import approver_drafts
from kpiledger.rule_hashes import rule_hashes
from kpiledger.warehouse import rows_of

# What a run lays into its warehouse: an entry of these kinds that the published one has not is news to it.
_LAID = (*EVENT_OF_KIND, EntryKind.DEFINITION_RECORDED)
_KNOWN = """
    select seq from kpi.dim_agreement_version
    union
    select seq from kpi.dim_kpi_version
"""
_DECIDED = "select seq from kpi.fct_period_close"


@dataclass(frozen=True, slots=True)
class ToClose:
    """A period that somebody wants to close, and the ledger and publication that it is judged by."""

    period: Period
    project: Project
    ledger: Ledger
    entries: Sequence[Entry]
    closes: Sequence[Close]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.period.start, self.period.end


def refusals_of_standing(asked: ToClose) -> Iterator[str]:
    """What the closes there are forbid: to close twice, or around a part that is open again."""
    for name, close in last_of_each(asked.closes).items():
        if name == str(asked.period):
            if close.is_standing:
                yield f"{name} is {close.state} already, since {close.closed_at:%Y-%m-%d} (entry {close.entry.seq})"
        elif close.is_standing and close.holds(*asked.days):
            yield f"{asked.period} lies within {name}, which is {close.state}"
        elif close.state is CloseState.REOPENED and asked.period.start <= close.first_day <= asked.period.end:
            yield f"{name}, a part of it, was reopened (entry {_seq(close.reopening)}): close that first"


def refusals_of_publication(asked: ToClose, warehouse: DuckDBPyConnection, path: Path) -> Iterator[str]:
    """Days that the numbers do not reach, tables changed in place, and whatever came after the newest run."""
    (as_of,) = (row["as_of_on"] for row in rows_of(warehouse, "select as_of_on from kpi.as_of"))
    if as_of < asked.period.end:
        yield f"{asked.period} ends on {asked.period.end} and the numbers are as of {as_of}: it has not ended"
    yield from refusals_of_tables(asked, path)
    yield from refusals_of_news(asked, warehouse)


def refusals_of_news(asked: ToClose, warehouse: DuckDBPyConnection) -> Iterator[str]:
    """What was recorded since the newest run was published."""
    known = {row["seq"] for row in rows_of(warehouse, _KNOWN)}
    late = [entry for entry in asked.entries if entry.kind in _LAID and entry.seq not in known]
    if late:
        yield f"the published run does not know {_listed(entry.key for entry in late)}, recorded since: run `kpi run`"
    decided = {row["seq"] for row in rows_of(warehouse, _DECIDED)}
    for close in asked.closes:
        since = close.reopening
        if since is not None and since.seq not in decided and close.touches(*asked.days):
            yield f"{close.period} was reopened after the published run (entry {since.seq}): run `kpi run`"


def refusals_of_files(asked: ToClose) -> Iterator[str]:
    """What the files say and no run has recorded: what is decided now would be judged without it."""
    new, found = pending(asked.project, asked.ledger)
    if new:
        yield f"the files have {_listed(item.key for item in new)}, which no run has recorded: run `kpi run`"
    for one in found:
        if one.severity is Severity.ERROR:
            yield f"{one.position.path}:{one.position.line}: {one.message}"
    if approver_drafts(asked.project, asked.project.root, asked.ledger, asked.entries):
        yield "the files say otherwise than the ledger who may approve, or with which key: run `kpi run`"


def refusals_of_tables(asked: ToClose, path: Path) -> Iterator[str]:
    """Whether a warehouse, and what lies beside it, is what the newest run published."""
    published, folder = last_publication(asked.entries), path.resolve().parent
    if published is None or published.content["hashes"] != table_hashes(path):
        yield "the published tables are not those that the ledger recorded last: run `kpi run`"
        return
    if published.content.get("recipe") != recipe_hash(folder):
        yield f"{RECIPE} of the publication is not the one that the ledger recorded last: run `kpi run`"
    if published.content.get("inputs", {}) != chosen_inputs(folder):
        yield f"{SET} of the publication does not name the extracts that the ledger recorded last: run `kpi run`"


def refusals_of_inputs(asked: ToClose, warehouse: DuckDBPyConnection) -> Iterator[str]:
    """Tables that facts read and rules of checks that are not those of the newest run; older runs did not say."""
    published = last_publication(asked.entries)
    said = published.content if published else {}
    if said.get("marts"):
        changed = _differing(said["marts"], mart_hashes(warehouse, asked.project))
        if changed:
            yield f"the published {_listed(changed)} is not as the ledger recorded it: run `kpi run`"
    if said.get("rules"):
        changed = _differing(said["rules"], rule_hashes(asked.project))
        if changed:
            yield f"the published run checked by other rules than those of {_listed(changed)}: run `kpi run`"


def _differing(recorded: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*recorded, *found}) if recorded.get(name) != found.get(name)]


def refusals_of_models(root: Path, publication: Path) -> Iterator[str]:
    """Models whose files are not those that made the published numbers; the entry of a close holds their hashes."""
    statements = read_recipe(publication).statements if (publication / RECIPE).exists() else ()
    changed = [one.path for one in statements if _checksum(root / one.path) != one.checksum]
    if changed:
        yield f"the published run was made by other models than {_listed(changed)}: run `kpi run`"


def _checksum(path: Path) -> str | None:
    """As dbt reckons it: of the text without white space around it."""
    return sha256(path.read_text(encoding="utf-8").strip().encode()).hexdigest() if path.exists() else None


def refusals_of_extracts(used: Mapping[str, str], project: Project, extracts: Path) -> Iterator[str]:
    """Extracts that are newer than those that the published run was made from, by table's name and hash."""
    for one, table, _ in extracted_tables(project):
        kept = newest(extracts, one.source, table.table)
        if kept is not None and used.get(kept.name, kept.sha256) != kept.sha256:
            yield f"the extract of {kept.name} is newer than the published run: run `kpi run`"


def refusals_of_agreements(asked: ToClose) -> Iterator[str]:
    """Agreements of the period that wait for an approval that the policy asks for."""
    for version in versions_in(asked):
        if version.is_pending:
            name = f"{version.agreement}/{version.agreement_version}"
            yield f"{name} waits for an approval: let `{version.approved_by}` run `kpi approve`, or retire it"


def versions_in(asked: ToClose) -> Iterator[AgreementVersionRow]:
    """The versions of agreements that hold, or would hold, on a day of the period."""
    events = recorded_events(asked.ledger, asked.entries)
    for row in agreement_version_rows(fold(events, approvals_of(asked.ledger, asked.entries))):
        is_of_it = row.valid_from <= asked.period.end and asked.period.start <= row.valid_to
        if is_of_it and (row.superseded_at is None or row.is_pending):
            yield row


def last_publication(entries: Sequence[Entry]) -> Entry | None:
    """What the ledger recorded of the last publication."""
    return next((entry for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return ", ".join(found[:3]) + more


def _seq(entry: Entry | None) -> str:
    return str(entry.seq) if entry else "none"
