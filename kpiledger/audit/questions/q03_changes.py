"""Question 3: all target changes recorded between two days, as a complete population or a sample drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import COLUMNS, NARROWING, Change, counted, table_of, told
from kpiledger.audit.population import changes_of
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import number_of
from kpiledger.errors import WrongUse

_COMPLETE = "This is the complete population: no change is left out."
_DRAWN = (
    "Drawn are the rows with the smallest md5(seed:key), the key being entry/kpi/slice/member/changed_from: "
    "anybody can draw the same again from the complete population."
)


def answer(asked: Asked) -> Answer:
    """Every change of a promise: old and new, when it was recorded, by whom and why."""
    changes = changes_of(asked)
    events = len({change.seq for change in changes})
    what = f"{counted(len(changes), 'change')} of targets by {counted(events, 'event')}, {told(asked.words)}"
    facts = {"changes": len(changes), "events": events, **tree_facts(asked.index())}
    if "sample" not in asked.words and "seed" not in asked.words:
        return Answer(COLUMNS, table_of(changes), (what,), (_COMPLETE,), facts=facts)
    if not {"sample", "seed"} <= asked.words.keys():
        raise WrongUse("a sample needs its size and its seed", "ask with --sample 25 --seed anything")
    seed = asked.words["seed"]
    chosen = drawn(changes, number_of(asked.words, "sample", 25), seed)
    summary = what, f"{len(chosen)} of them drawn by the seed {seed}"
    return Answer(COLUMNS, table_of(chosen), summary, (_DRAWN,), facts={**facts, "drawn": len(chosen)})


def drawn(changes: Sequence[Change], count: int, seed: str) -> list[Change]:
    """The changes whose keys hash lowest with a seed, in the order in which they are drawn."""
    return sorted(changes, key=lambda change: _lot(change, seed))[:count]


def _lot(change: Change, seed: str) -> str:
    key = f"{change.seq}/{change.kpi}/{change.slice}/{change.member}/{change.changed_from}"
    return md5(f"{seed}:{key}".encode(), usedforsecurity=False).hexdigest()


QUESTION = Question(
    3,
    "All target changes recorded between two days: the complete population, or a sample drawn by a seed",
    answer,
    takes=(*NARROWING, "sample", "seed"),
)
