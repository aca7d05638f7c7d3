"""How is a decision of the conversation noted, so that nobody is named where they could not be erased?

What is decided about a person is a text about that person, and goes where such texts go; a decision on a unit names
nobody but, as a commitment, whoever decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kpiledger.errors import WrongUse
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.ledger.subjects import commit_subject, commit_text
from kpiledger.named_evidence import evidence_amiss
from kpiledger.nearest import suggestion
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.reviews.decisions import decisions_in
from kpiledger.rules.personal import people_in
from kpiledger.warehouse import open_current, rows_of

_ITEM = "select review_item, holder, state from kpi.fct_review_due where review_item = ?"


@dataclass(frozen=True, slots=True)
class Deciding:
    """What is to be noted: on whose period, in which words, by whom, on which day, and what it answers."""

    holder: str
    period: Period
    says: str
    by: str
    on: date
    kpi: str | None = None
    closes: str | None = None
    evidence: str | None = None


def note_decision(project: Project, ledger: Ledger, warehouse: Path, said: Deciding, clock: Clock) -> Entry:
    """Record a decision; WrongUse where it names what there is not, or somebody who could not be erased.

    Evidence is held to what holds of the evidence of agreements (KPI165); but nothing is noted yet, so it is refused.
    """
    _refuse_unknown(project, said)
    people = project.organisation.people
    named = [one for one in people_in(said.says, people) if one != said.holder] + people_in(said.evidence or "", people)
    if named:
        hint = "write the role; what is decided about a person is noted with that person as --holder"
        raise WrongUse(f"this names {named[0]}, and what is recorded stays", hint)
    if said.on > clock().date():
        raise WrongUse(f"{said.on} is still to come", "note a decision when it was made")
    amiss = evidence_amiss(project.root, said.evidence)
    if amiss is not None:
        raise WrongUse(*amiss)
    if said.closes:
        _refuse_closed(warehouse, ledger, said)
    with writing(ledger, clock) as writer:
        count = sum(1 for entry in read_entries(ledger) if entry.kind is EntryKind.DECISION_NOTED)
        content = dict(_content(ledger, said, frozenset(people)))
        return writer.append([Draft(EntryKind.DECISION_NOTED, f"decision/{count + 1}", content)])[0]


def _content(ledger: Ledger, said: Deciding, people: frozenset[str]) -> Iterator[tuple[str, Any]]:
    def person(who: str) -> Any:
        return dict(commit_subject(ledger, who)) if who in people else who

    def text(words: str | None) -> Any:
        is_about_person = words is not None and said.holder in people
        return dict(commit_text(ledger, words, said.holder)) if is_about_person and words else words

    yield "holder", person(said.holder)
    yield "period", str(said.period)
    yield "kpi", said.kpi
    yield "says", text(said.says)
    yield "decided_by", person(said.by)
    yield "decided_on", said.on.isoformat()
    yield "closes", text(said.closes)
    yield "evidence", said.evidence


def _refuse_unknown(project: Project, said: Deciding) -> None:
    holders = project.organisation.holders
    deciders = frozenset(project.organisation.roles) | frozenset(project.organisation.people)
    for name, known, kind in (
        (said.holder, holders, "holder"),
        (said.by, deciders, "role or person"),
        (said.kpi, project.kpis, "KPI"),
    ):
        if name is not None and name not in known:
            raise WrongUse(f"there is no {kind} `{name}`", suggestion(name, known, f"{kind}s"))
    if not said.says.strip():
        raise WrongUse("the decision says nothing", "write --says with what was decided, and what follows from it")


def _refuse_closed(warehouse: Path, ledger: Ledger, said: Deciding) -> None:
    with open_current(warehouse) as connection:
        found = rows_of(connection, _ITEM, [said.closes])
    hint = "`kpi brief` lists what waits; the next `kpi run` knows what was recorded since the last"
    if not found:
        raise WrongUse(f"there is no review item `{said.closes}`", hint)
    if found[0]["holder"] not in (None, said.holder):
        raise WrongUse(f"`{said.closes}` is about {found[0]['holder']}, not {said.holder}", hint)
    entries = read_entries(ledger)
    if found[0]["state"] == "closed" or any(one.closes == said.closes for one in decisions_in(ledger, entries)):
        raise WrongUse(f"`{said.closes}` is closed already", hint)
