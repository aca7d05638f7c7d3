"""Question 31: what would go and what would stay if a person were erased, and what went with earlier erasures?

After an erasure nothing leads from the id to what went: then the erasures themselves are the answer.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.side_store import value_path
from kpiledger.people.erasing import plan

COLUMNS = ("what", "place", "why")
# Where else each value of an erasure stood, and whether anything of it is left.
_ERASURES = """
    select
        entry.seq, entry.recorded_at, erasure.reason, count(distinct erasure.commitment) as value_count,
        count(distinct mention.seq) as entry_count
    from erasure
    join entry on entry.seq = erasure.seq
    left join mention on mention.commitment = erasure.commitment and mention.seq != erasure.seq
    group by entry.seq, entry.recorded_at, erasure.reason
    order by entry.seq
"""


def answer(asked: Asked) -> Answer:
    """With a person, a plan that changes nothing; without, every erasure on record."""
    index = asked.index()
    return _planned(asked, index) if "person" in asked.words else _recorded(asked, index)


def _planned(asked: Asked, index: DuckDBPyConnection) -> Answer:
    person = asked.words["person"]
    found = plan(asked.settings, asked.ledger, index, person)
    root = asked.settings.root
    rows: list[tuple[object, ...]] = [
        *(("in the way", f"{place.path}:{place.line}", "take it out of the specs first") for place in found.in_the_way),
        *(("goes", f"entry {seq}", "its values are deleted and read as `erased`") for seq in found.entries),
        *(("is made anew", _short(path, root), "it may hold the person") for path in found.removed),
        *(("goes", _short(path, root), "the report of the run is replaced by `erased`") for path in found.journals),
        *(("stays", one.what, one.why) for one in found.stays),
    ]
    if found.values:
        told = f"erasing {person} would delete {counted(found.values, 'value')} in {len(found.entries)} entries"
    else:
        told = f"the ledger holds nothing about {person}: there is nothing to erase, or it was erased already"
    return Answer(COLUMNS, rows, (told,), facts={"values": found.values, **tree_facts(index)})


def _recorded(asked: Asked, index: DuckDBPyConnection) -> Answer:
    rows = [
        (
            f"went: {counted(values, 'value')}",
            f"entry {seq}",
            f"{reason} ({at:%Y-%m-%d}; it stood in {entries} other entries)",
        )
        for seq, at, reason, values, entries in index.execute(_ERASURES).fetchall()
    ]
    gone = [commitment for (commitment,) in index.execute("select distinct commitment from erasure").fetchall()]
    left = [commitment for commitment in gone if value_path(asked.ledger, commitment).exists()]
    told = (
        f"{counted(len(rows), 'erasure')} on record, of {counted(len(gone), 'value')}",
        f"{len(left)} of the values are still in the side store" if left else "none of the values is left",
    )
    notes = (
        "Stays: the entries, which hold commitments that nothing can be told from without salt and value; who was "
        "erased cannot be said any more. `kpi verify` shows that the ledger still holds.",
        "Stays too: what periods were closed with and the spot checks, whose hashes the ledger holds; people who hold "
        "targets stand there as commitments, and by their ids only where a source system named them. Asked with "
        "--person, each such file is named.",
    )
    facts = {"erasures": len(rows), "values": len(gone), "left": len(left), **tree_facts(index)}
    return Answer(COLUMNS, rows, told, notes, holds=not left, facts=facts)


def _short(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


QUESTION = Question(31, "Erase a person: what goes, what stays and why; what went before", answer, takes=("person",))
