"""Question 14: does a number come out again from the inputs that were kept with it, as published and as closed?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.numbers import entries_behind, number_asked
from kpiledger.audit.standing import tree_facts
from kpiledger.tracing.lines import shown
from kpiledger.tracing.number import closed_figures, published_figure
from kpiledger.tracing.recomputing import Known, Recomputed, recompute

COLUMNS = ("of", "item", "recorded", "found", "holds")
Row = tuple[object, ...]


def answer(asked: Asked) -> Answer:
    """For the publication and each close: every input against the ledger, then both figures."""
    number, entries = number_asked(asked), entries_behind(asked)
    fixed = [published_figure(asked.settings, entries, number), *closed_figures(asked.settings, entries, number)]
    known: Known = {}
    found = [recompute(one, number, known) for one in fixed]
    summary = [f"{number}: {_verdict(one)}" for one in found]
    rows = [row for one in found for row in _rows(one)]
    hashes = sum(len(one.compared) for one in found)
    facts = {"hashes checked": hashes, **tree_facts(asked.index())}
    return Answer(COLUMNS, rows, tuple(summary), _NOTES, all(one.is_equal for one in found), facts)


_NOTES = ("Computed in memory from the extracts and statements kept, without dbt, sources or network.",)


def _verdict(one: Recomputed) -> str:
    if one.problem is not None:
        return f"{one.fixed.told}: it cannot be computed again: {one.problem}"
    if one.is_equal:
        return f"{one.fixed.told}: {shown(one.value)} comes out again"
    broken = [compared.item for compared in one.compared if not compared.holds]
    why = f"; not as recorded: {', '.join(broken)}" if broken else ""
    return f"{one.fixed.told}: NOT equal, it was {shown(one.fixed.value)} and {shown(one.value)} comes out{why}"


def _rows(one: Recomputed) -> Iterator[Row]:
    for compared in one.compared:
        yield one.fixed.told, compared.item, compared.recorded, compared.found, compared.holds
    equal = one.problem is None and one.value == one.fixed.value
    yield one.fixed.told, "value", one.fixed.value, one.value, equal


QUESTION = Question(
    14,
    "A number computed again from the retained inputs: is it equal?",
    answer,
    needs=("kpi", "period"),
    takes=("slice", "member", "span"),
)
