"""Question 11: is the logic behind a number the one that was recorded and reviewed?

A chain of comparisons from the number back to the signed tree; each row is one link and says what was found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger import compiled_files
from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.defined import Defined, in_force, versions_of
from kpiledger.audit.published import Cut, number_of_period, published
from kpiledger.audit.recorded import contents_of
from kpiledger.audit.standing import tree_facts
from kpiledger.compiling import compile_project
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.definitions import definition_hash
from kpiledger.ledger.merkle import inclusion_proof, verify_inclusion
from kpiledger.ledger.store import signed_checkpoint
from kpiledger.project import Project
from kpiledger.projected import hashes_of_tables
from kpiledger.reports.known import require_known
from kpiledger.typed import typed_period

COLUMNS = ("link", "expected", "found", "holds")
Row = tuple[object, ...]
_HOLDS = {
    False: "every link holds: the logic is the recorded one",
    True: "every other link holds",
}
_PUBLISHED = "select definition_hash, entry_hash from kpi.dim_kpi_version where kpi = ? and version = ?"
_MEMBERS = "select distinct slice, member from kpi.fct_kpi_value where kpi = ?"
_LAST_RUN = "select seq, hashes from publication order by seq desc limit 1"


def answer(asked: Asked) -> Answer:
    """A row for each link; `holds` is false where one is broken."""
    index, project, kpi = asked.index(), asked.project(), asked.words["kpi"]
    period = typed_period(asked.words["period"], project.calendar.reckoning)
    held = in_force(versions_of(index, kpi), period)
    member = asked.words.get("member", "all")
    cut = Cut(kpi, asked.words.get("slice", "all" if member == "all" else _slice_of(project, kpi)), member)
    with published(asked.settings) as warehouse:
        _require_cut(warehouse, cut)
        number = number_of_period(warehouse, cut, period, held.version)
        told = warehouse.execute(_PUBLISHED, [kpi, held.version]).fetchone()
    rows = [
        ("the number has a version", f"version {held.version}", _value(number), number is not None),
        *_recorded(asked, index, held),
        _in_files(project, held),
        _same("the published definition", held.definition_hash, told and told[0]),
        _same("the published entry", held.entry_hash, told and told[1]),
        _compiled(project),
        *_as_published(asked, index),
        _included(asked, index, held),
    ]
    broken = [str(row[0]) for row in rows if not row[3]]
    of = "" if cut.member == "all" else f" of {cut.member}"
    said = f"{kpi}{of} in {period} is {number}, made by version {held.version}, recorded in entry {held.seq}"
    if number is None:
        broken.pop(0)  # there is nothing to hold it against
        said = f"no number of {kpi}{of} is published for {period}: there is none whose logic could be shown"
    verdict = f"broken: {', '.join(broken)}" if broken else _HOLDS[number is None]
    facts = {"entry": held.seq, "entry hash": held.entry_hash, "commit": held.commit, **tree_facts(index)}
    return Answer(COLUMNS, rows, (said, verdict), _NOTES, holds=not broken and number is not None, facts=facts)


_NOTES = (
    "The commit of the entry is where the definition was reviewed; `kpi verify` holds it against the history of git.",
)


def _value(number: Decimal | None) -> str:
    return "no number is published" if number is None else f"value {number}"


def _require_cut(warehouse: DuckDBPyConnection, cut: Cut) -> None:
    """WrongUse where no period of the KPI has a figure of that slice and member: it is a slip and no broken link."""
    found: dict[str, list[str]] = {}
    for name, member in warehouse.execute(_MEMBERS, [cut.kpi]).fetchall():
        found.setdefault(name, []).append(member)
    if found:
        require_known(cut.slice, found, f"slices of {cut.kpi}")
        require_known(cut.member, found[cut.slice], f"members of {cut.slice} of {cut.kpi}")


def _slice_of(project: Project, kpi: str) -> str:
    """The only slice of a KPI where none was asked for by name."""
    spec = project.kpis.get(kpi)
    return spec.slices[0] if spec and spec.slices else "all"


def _recorded(asked: Asked, index: DuckDBPyConnection, held: Defined) -> Iterator[Row]:
    content = contents_of(asked.ledger, index, [held.seq])[held.seq]
    found = sha256(canonical_bytes(content["definition"])).hexdigest()
    yield _same("the hash of the recorded definition", held.definition_hash, found)


def _in_files(project: Project, held: Defined) -> Row:
    kpi = project.kpis.get(held.kpi)
    version = next((one for one in kpi.versions if one.version == held.version), None) if kpi else None
    found = definition_hash(project, kpi, version) if kpi and version else None
    return _same("the files", held.definition_hash, found)


def _compiled(project: Project) -> Row:
    """The models that ran are the ones that the files compile to."""
    difference = compiled_files.compare(project.root, compile_project(project))
    names = (*difference.missing, *difference.changed, *difference.orphaned)
    return "the compiled models", "as the files compile to", ", ".join(names) or "the same", not names


def _as_published(asked: Asked, index: DuckDBPyConnection) -> Iterator[Row]:
    """The tables are those that the last run recorded."""
    last = index.execute(_LAST_RUN).fetchone()
    if last is None:
        yield "the published tables", "a recorded publication", None, False
        return
    found = hashes_of_tables(asked.settings.warehouse, asked.ledger)
    recorded = _json(last[1])
    for table in ("fct_kpi_value", "dim_kpi_version"):
        yield _same(f"the table {table}, as entry {last[0]} says", recorded.get(table), found.get(table))


def _included(asked: Asked, index: DuckDBPyConnection, held: Defined) -> Row:
    """The entry is a leaf of the tree whose root is signed."""
    checkpoint = signed_checkpoint(asked.ledger)
    leaves = [bytes.fromhex(text) for (text,) in index.execute("select entry_hash from entry order by seq").fetchall()]
    proof = inclusion_proof(held.seq - 1, leaves)
    leaf = bytes.fromhex(held.entry_hash)
    holds = verify_inclusion(held.seq - 1, checkpoint.size, leaf, proof, checkpoint.root)
    return "the entry is in the signed tree", checkpoint.root.hex(), f"a proof of {len(proof)} hashes", holds


def _same(link: str, expected: object, found: object) -> Row:
    return link, expected, found, expected is not None and expected == found


def _json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


QUESTION = Question(
    11,
    "Proof that the logic behind a number is the recorded definition",
    answer,
    needs=("kpi", "period"),
    takes=("slice", "member"),
)
