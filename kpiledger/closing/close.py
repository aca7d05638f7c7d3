"""Closing a period, and locking it: every figure of it is frozen as readers see it now.

Written first, recorded last: a process that dies in between leaves a folder that no entry names, and the next attempt
writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.closing.checked import CheckedPeriod, checked_period
from kpiledger.closing.doing import Pair, Place, alone, published, reasons_against, refuse
from kpiledger.closing.evidence import Frozen, freeze, keep_holders, settle
from kpiledger.closing.four_eyes import Deed
from kpiledger.closing.overriding import override_for, overrides_of
from kpiledger.closing.published import Published, as_of_in, holders_in, published_in
from kpiledger.closing.quick_check import Accepted, QuickAnswer, quick_check
from kpiledger.closing.refusing import (
    ToClose,
    last_publication,
    refusals_of_agreements,
    refusals_of_extracts,
    refusals_of_inputs,
    refusals_of_models,
    refusals_of_publication,
    refusals_of_standing,
    refusals_of_tables,
    versions_in,
)
from kpiledger.closing.signed import with_signature
from kpiledger.closing.standing import CloseState, last_of_each, last_ordinal, standing_of
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period
from kpiledger.rule_hashes import rule_hashes


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to close, who approves it, with which key, whether to lock, and which answers no are accepted."""

    done_by: str
    approved_by: str
    key: Path | None = None
    is_locked: bool = False
    accepted: Sequence[Accepted] = ()

    @property
    def pair(self) -> Pair:
        """The two people."""
        return Pair(self.done_by, self.approved_by, self.key)


@dataclass(frozen=True, slots=True)
class Closed:
    """What a close did: its entry, how many rows were frozen, and the quick check."""

    entry: Entry
    rows: Mapping[str, int]
    answers: Sequence[QuickAnswer]


def close_period(place: Place, period: Period, wish: Wish) -> Closed:
    """Freeze a period; RunStopped with every reason against it. One that is closed already is locked, if asked for."""
    what = f"closing {period}"
    with alone(place, what), published(place, what) as warehouse:
        asked, deed = place.asked(period), place.deed(wish.pair)
        said = published_in(warehouse, place.publication, place.project, asked.days)
        overrides = overrides_of(asked.entries, str(period), deed.on)
        checked = checked_period(warehouse, asked.entries, overrides, str(period))
        answers = quick_check(place.project, said.kpis, said.influences, checked, wish.accepted)
        before = last_of_each(asked.closes).get(str(period))
        if wish.is_locked and before is not None and before.state is CloseState.CLOSED:
            return _lock(place, asked, deed, answers)
        unanswered = _unanswered(answers) if wish.is_locked else ()
        refuse(what, [*_reasons(place, asked, deed, (said, checked), warehouse), *unanswered])
        keep_holders(warehouse, _people(place, warehouse))
        aside = place.settings.closes / f".{period}"
        standing = standing_of(asked.closes)
        closes = place.settings.closes
        frozen = freeze(warehouse, place.publication, aside, asked.days, place.project, standing, closes)
        refuse(what, [] if sum(frozen.rows.values()) else [f"no figure of {period} is published"])
        ordinal = last_ordinal(asked.entries, str(period)) + 1  # what does not count keeps its folder
        content = _content(place, asked, wish, (said, checked, answers), frozen)
        content |= {"ordinal": str(ordinal), "as_of_on": as_of_in(warehouse)}
        signed = with_signature(content, wish.key)
        settle(aside, place.settings.closes / str(period) / str(ordinal))
        entry = place.record(EntryKind.PERIOD_CLOSED, f"{period}/{ordinal}", signed)
        return Closed(entry, frozen.rows, answers)


Known = tuple[Published, CheckedPeriod, Sequence[QuickAnswer]]


def _reasons(
    place: Place, asked: ToClose, deed: Deed, known: tuple[Published, CheckedPeriod], warehouse: DuckDBPyConnection
) -> Iterator[str]:
    said, checked = known
    yield from reasons_against(place, asked, deed)
    if deed.on <= asked.period.end:
        yield f"{asked.period} ends on {asked.period.end} and today is {deed.on}: it has not ended"
    yield from refusals_of_standing(asked)
    yield from refusals_of_publication(asked, warehouse, place.settings.warehouse)
    yield from refusals_of_inputs(asked, warehouse)
    yield from refusals_of_models(place.project.root, place.publication)
    yield from refusals_of_extracts(said.inputs, place.project, place.settings.extracts)
    yield from checked.forbidding(place.project, said.sources_of(place.project))
    yield from refusals_of_agreements(asked)


def _unanswered(answers: Sequence[QuickAnswer]) -> Iterator[str]:
    """Each question that has a no without a reason, with the KPIs it is about."""
    open_: dict[str, list[str]] = {}
    for one in answers:
        if not one.is_yes and one.accepted is None:
            open_.setdefault(one.question, []).append(one.kpi)
    for question, kpis in open_.items():
        named = ", ".join(kpis[:4]) + (f" and {len(kpis) - 4} more" if len(kpis) > 4 else "")
        yield f"the quick check says no to `{question}` of {named}: say why with --accept KPI:{question}:REASON"


def _lock(place: Place, asked: ToClose, deed: Deed, answers: Sequence[QuickAnswer]) -> Closed:
    close = last_of_each(asked.closes)[str(asked.period)]
    reasons = [*reasons_against(place, asked, deed), *refusals_of_tables(asked, place.settings.warehouse)]
    refuse(f"locking {asked.period}", [*reasons, *_unanswered(answers)])
    content = {
        "period": close.period,
        "ordinal": str(close.ordinal),
        "close_hash": close.entry.entry_hash,
        "locked_by": place.person(deed.done_by),
        "approved_by": place.person(deed.approved_by),
        "quick_check": _answers(answers),
    }
    signed = with_signature(content, deed.key)
    return Closed(place.record(EntryKind.PERIOD_LOCKED, close.entry.key, signed), {}, answers)


def _content(place: Place, asked: ToClose, wish: Wish, known: Known, frozen: Frozen) -> dict[str, Any]:
    said, checked, answers = known
    publication = last_publication(asked.entries)
    assert publication is not None  # else it was refused
    sources = said.sources_of(place.project)
    return {
        "period": str(asked.period),
        "first_day": asked.period.start.isoformat(),
        "last_day": asked.period.end.isoformat(),
        "closed_by": place.person(wish.done_by),
        "approved_by": place.person(wish.approved_by),
        "is_locked": wish.is_locked,
        "run_id": place.publication.name,
        "publication_hash": publication.entry_hash,
        "rows": {name: str(count) for name, count in frozen.rows.items()},
        "files": dict(frozen.files),
        "agreements": [
            {
                "agreement": row.agreement,
                "version": str(row.agreement_version),
                "entry_seq": str(row.seq),
                "entry_hash": row.entry_hash,
            }
            for row in sorted(versions_in(asked), key=lambda row: row.seq)
        ],
        "definitions": {kpi: dict(versions) for kpi, versions in said.definitions.items()},
        "models": dict(said.models),
        "inputs": dict(said.inputs),
        "checks": [_check(checked, index) for index, one in enumerate(checked.results) if one.source in sources],
        "quick_check": _answers(answers),
        **_inputs(publication, place),
    }


def _inputs(publication: Entry, place: Place) -> dict[str, Any]:
    """The rules that the run checked by and the tables that facts read; an older publication says neither."""
    marts, rules = publication.content.get("marts"), publication.content.get("rules") or rule_hashes(place.project)
    return {**({"rules": rules} if rules else {}), **({"marts": marts} if marts else {"is_mart_unchecked": True})}


def _check(checked: CheckedPeriod, index: int) -> dict[str, Any]:
    one = checked.results[index]
    override = override_for(checked.overrides, one.source, one.table, one.rule)
    said = {"source": one.source, "table": one.table, "rule": one.rule, "outcome": str(one.outcome)}
    return said | ({"override": override.entry_hash} if override else {})


def _answers(answers: Sequence[QuickAnswer]) -> list[dict[str, Any]]:
    return [
        {
            "kpi": one.kpi,
            "question": one.question.value,
            "is_yes": one.is_yes,
            "told": one.told,
            **({"accepted": one.accepted} if one.accepted else {}),
        }
        for one in answers
    ]


def _people(place: Place, warehouse: DuckDBPyConnection) -> dict[str, str]:
    """How each person who is held to something is written into the evidence."""
    people = sorted(holders_in(warehouse) & set(place.project.organisation.people))
    return {person: f"commitment:{place.person(person)['commitment']}" for person in people}
