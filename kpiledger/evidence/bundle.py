"""What does an auditor take away: the whole ledger, proofs of what was asked, and what checks them, in one folder.

The same ledger and the same words give the same bytes. Nothing in it names a person, unless personal values were
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files as packaged
from pathlib import Path

from kpiledger.errors import WrongUse
from kpiledger.evidence.proof_files import inclusion_file
from kpiledger.evidence.proving import proved_beginning
from kpiledger.evidence.readme import readme
from kpiledger.evidence.signatures import approval_files
from kpiledger.evidence.tree import levels_of, path_in
from kpiledger.evidence.whole import Whole, anchor_files, ledger_files, read_whole
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.durable import read_from
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.side_store import value_path
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commitments_in, resolving

ALL = "all"
_TAKEN_ALONG = ("verify-ledger.sh", "verify_ledger.pl", "ledger-format.md")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bundle shall prove beside the whole: agreements by their ids or `all`, and an earlier tree."""

    agreements: tuple[str, ...] = ()
    from_size: int | None = None
    with_subjects: bool = False


def bundle_files(ledger: Ledger, wanted: Wanted) -> Mapping[str, bytes]:
    """Every file of the bundle by its path; LedgerDamaged where the ledger does not hold."""
    whole = read_whole(ledger)
    chosen = _chosen(whole.entries, wanted.agreements)
    files = {**ledger_files(whole), **anchor_files(ledger), **_proofs(whole, chosen)}
    if wanted.from_size is not None:
        proof = proved_beginning(ledger, wanted.from_size)
        files[f"proofs/from-{wanted.from_size}.consistency"] = proof.content
        files[f"proofs/from-{wanted.from_size}.checkpoint"] = proof.note
    files |= approval_files(whole.entries, resolving(ledger) if wanted.with_subjects else None)
    if wanted.with_subjects:
        files |= _subjects(whole)
    for name in _TAKEN_ALONG:
        files[name] = packaged("kpiledger.evidence").joinpath("taken_along", name).read_bytes()
    files["README.txt"] = readme(whole.checkpoint, whole.key, sorted(files)).encode()
    return files


def write_bundle(folder: Path, files: Mapping[str, bytes]) -> None:
    """Lay the files into a folder that is new or empty."""
    if folder.is_symlink() and not folder.exists():
        raise WrongUse(f"{folder} is a link to nothing", "take it away, or name a folder that does not exist yet")
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is no folder", "name a folder that does not exist yet")
    if folder.exists() and any(folder.iterdir()):
        raise WrongUse(f"{folder} is not empty", "name a folder that does not exist yet")
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600 if name.startswith("subjects/") else 0o644)


def _chosen(entries: Iterable[Entry], agreements: tuple[str, ...]) -> list[Entry]:
    """The events of the agreements and what approved them."""
    events = [entry for entry in entries if entry.kind in EVENT_OF_KIND]
    known = {_agreement(entry) for entry in events}
    unknown = sorted({*agreements} - known - {ALL})
    if unknown:
        raise WrongUse(f"the ledger has no agreement {unknown[0]!r}", "`kpi audit 3` lists them, or name `all`")
    wanted = known if ALL in agreements else {*agreements}
    keys = {entry.key for entry in events if _agreement(entry) in wanted}
    return [entry for entry in entries if _agreement_key(entry) in keys]


def _agreement(entry: Entry) -> str:
    return entry.key.rpartition("/")[0]


def _agreement_key(entry: Entry) -> str | None:
    """The event that an entry is, or approves."""
    return entry.key if entry.kind in EVENT_OF_KIND else entry.content.get("event")


def _proofs(whole: Whole, chosen: Iterable[Entry]) -> dict[str, bytes]:
    levels = levels_of(whole.leaves)
    files: dict[str, bytes] = {}
    for entry in chosen:
        name = f"proofs/{entry.key.replace('/', '-')}-entry-{entry.seq}"
        files[f"{name}.entry"] = entry.line + b"\n"
        files[f"{name}.tlog-proof"] = inclusion_file(entry.seq, path_in(levels, entry.seq - 1), whole.stored.checkpoint)
    return files


def _subjects(whole: Whole) -> dict[str, bytes]:
    """The values behind the commitments of all entries, where they were not erased."""
    found = frozenset[str]().union(*map(commitments_in, whole.entries))
    kept = ((commitment, read_from(value_path(whole.ledger, commitment))) for commitment in sorted(found))
    return {f"subjects/{commitment}.json": content for commitment, content in kept if content is not None}
