"""Question 15: what was a number when it was first published, when its period was closed, restated, and today?

First published is looked for in the publications that are kept: older ones are known by their hashes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.closes import entries_of, frozen_rows, rows_of_named
from kpiledger.audit.published import Cut, published
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.deeds import KINDS
from kpiledger.closing.places import VALUES_FILE
from kpiledger.closing.standing import closes_in
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period
from kpiledger.typed import typed_period
from kpiledger.warehouse import open_current

COLUMNS = ("figure", "value", "version", "recorded_at", "entry", "note")
Row = tuple[object, ...]
_WHERE = """kpi = $kpi and grain = $grain and period_start = $first and slice = $slice and member = $member
    and span = $span"""
_IN_FORCE = f"""
    select fct_kpi_value.value, fct_kpi_value.version
    from kpi.fct_kpi_value join kpi.dim_kpi_version using (kpi, version)
    where {_WHERE} and valid_from <= period_start and coalesce(valid_to, period_start) >= period_start
"""
_OFFICIAL = f"select official as value, version from kpi.fct_closed_value where {_WHERE}"


def answer(asked: Asked) -> Answer:
    """A row for each time at which the number was fixed, in order, and one for today."""
    project, kpi = asked.project(), asked.words["kpi"]
    period = typed_period(asked.words["period"], project.calendar.reckoning)
    member = asked.words.get("member", "all")
    spec = project.kpis.get(kpi)
    only = spec.slices[0] if spec and spec.slices else "all"
    cut = Cut(kpi, asked.words.get("slice", "all" if member == "all" else only), member)
    words = _words(cut, period, "period")
    with published(asked.settings) as warehouse:
        current = rows_of_named(warehouse, _IN_FORCE, words)
        official = rows_of_named(warehouse, _OFFICIAL, words) or current
        before = rows_of_named(warehouse, _IN_FORCE, _words(cut, period, "period_last_year"))
    rows = [
        *_first_published(asked, words),
        *_as_closed(asked, period, words),
        *_now("current", current, "as computed now"),
        *_now("official", official, "what counts"),
        *_now("same period last year", before, "the same days a year earlier, as computed now"),
    ]
    values = {row[1] for row in rows if row[0] in ("as closed", "official", "current")}
    of = "" if member == "all" else f" of {member}"
    told = "it is the same everywhere" if len(values) <= 1 else "it is not the same everywhere"
    summary = (f"{kpi}{of} in {period}: {told}",)
    return Answer(COLUMNS, rows, summary, _NOTES, facts=tree_facts(asked.index()))


_NOTES = (
    "A publication that is no longer kept is known by the hashes of its tables (question 29), and not by its numbers.",
)


def _words(cut: Cut, period: Period, span: str) -> dict[str, object]:
    return {
        "kpi": cut.kpi,
        "grain": period.grain.value,
        "first": period.start,
        "slice": cut.slice,
        "member": cut.member,
        "span": span,
    }


def _first_published(asked: Asked, words: dict[str, object]) -> Iterator[Row]:
    """The number in the oldest recorded publication that is kept and has it for the whole period."""
    for entry in entries_of(asked, [EntryKind.RUN_PUBLISHED]):
        path = asked.settings.publications / Path(str(entry.content["run_id"])).name / "warehouse.duckdb"
        if not path.exists():
            continue
        with open_current(path) as warehouse:
            found = rows_of_named(warehouse, f"{_IN_FORCE} and is_complete", words)
        if found:
            note = f"run {entry.content['run_id']}, the oldest publication that is kept and has it"
            yield "first published", found[0]["value"], found[0]["version"], entry.recorded_at, entry.seq, note
            return
    yield "first published", None, None, None, None, "no publication that has it is kept"


def _as_closed(asked: Asked, period: Period, words: dict[str, object]) -> Iterator[Row]:
    """What each close and each restatement froze of it."""
    closes = [one for one in closes_in(entries_of(asked, KINDS)) if one.holds(period.start, period.end)]
    for close in closes:
        for row in frozen_rows(asked, close, VALUES_FILE, _WHERE, words):
            note = f"close {close.period}/{close.ordinal}, {close.state}"
            yield "as closed", row["value"], row["version"], close.closed_at, close.entry.seq, note
        for number, entry in enumerate(close.restatements, 1):
            for row in frozen_rows(asked, close, f"restated-{number}/{VALUES_FILE}", _WHERE, words):
                note = str(entry.content["reason"])
                yield "restated", row["value"], row["version"], entry.recorded_at, entry.seq, note
    if not closes:
        yield "as closed", None, None, None, None, "no period that it lies in was closed"


def _now(what: str, found: list[dict[str, Any]], note: str) -> Iterator[Row]:
    row = found[0] if found else {"value": None, "version": None}
    yield what, row["value"], row["version"], None, None, note if found else "it is not computed"


QUESTION = Question(
    15,
    "A number as first published, as closed, restated and current, and the same period last year",
    answer,
    needs=("kpi", "period"),
    takes=("slice", "member"),
)
