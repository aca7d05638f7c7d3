"""Are the objects that stand for cleared entries undamaged now? What was read in an earlier call is looked at again.

Git keeps most objects in packs, large files that are never changed. A pack whose bytes are those of an earlier call
holds the objects that were held against their hashes then. Any other object is read and held against its hash again:
one of a new pack, one that lies in a file of its own, one in another repository's store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from kpiledger.git import ask_git
from kpiledger.git_check.known import Known
from kpiledger.git_check.objects import Objects
from kpiledger.git_check.present import Repository

_AT_ONCE = 1 << 20
# The index of a pack, version 2: a header, 256 counts of which the last is of all, then the sorted names.
_HEADER = b"\xfftOc\x00\x00\x00\x02"
_COUNTS_END = len(_HEADER) + 4 * 256
_RESTS_ON = "select blob from cleared union select found_in from cleared"
_EVER_READ = "select blob from known_blob_read union select commit_id from known_touch"
_TAKE_BACK = (
    "delete from cleared where blob in (select unnest(?::varchar[])) or found_in in (select unnest(?::varchar[]))"
)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack: its name, the digest of its bytes and of its index's, and the ids of the objects in it."""

    name: str
    digest: str
    ids: frozenset[bytes]


def packs_of(repository: Repository) -> tuple[Pack, ...]:
    """The packs of the repository's own store."""
    return tuple(
        Pack(path.name, digest, _names(path, repository)) for path, digest in _digests(repository).items() if digest
    )


def judge_packs(known: Known, objects: Objects, packs_now: Callable[[], tuple[Pack, ...]]) -> None:
    """Take back what was cleared by an object that is missing or damaged, and remember the packs that are sound."""
    rests_on = _ids(known, _RESTS_ON)
    if not known.is_kept and rests_on <= known.verified:
        return
    packs = packs_now()
    remembered = set(known.connection.execute("from known_pack").fetchall())
    new = [pack for pack in packs if (pack.name, pack.digest) not in remembered]
    safe = frozenset[bytes]().union(*(pack.ids for pack in packs if pack not in new))
    doubtful = {one for one in rests_on if bytes.fromhex(one) not in safe}
    if new:
        fresh = frozenset[bytes]().union(*(pack.ids for pack in new))
        doubtful |= {one for one in rests_on | _ids(known, _EVER_READ) if bytes.fromhex(one) in fresh}
    bad = [one for one, found in objects.read_all(sorted(doubtful - known.verified)) if found is None]
    known.connection.execute(_TAKE_BACK, [bad, bad])
    lost = {bytes.fromhex(one) for one in bad}
    known.add("pack", [(pack.name, pack.digest) for pack in new if not lost & pack.ids])


def _ids(known: Known, statement: str) -> set[str]:
    return {name for (name,) in known.connection.execute(statement).fetchall()}


def _digests(repository: Repository) -> dict[Path, str]:
    """The packs of the repository's own store, with the digest of their bytes and of their index's."""
    said = ask_git(repository.root, "rev-parse", "--git-path", "objects/pack").text
    packs = sorted((repository.root / said).glob("*.pack")) if said else []
    with ThreadPoolExecutor() as threads:
        found = zip(packs, threads.map(lambda pack: _digest((pack, pack.with_suffix(".idx"))), packs), strict=True)
        return {pack: digest for pack, digest in found if digest}


def _digest(files: Iterable[Path]) -> str | None:
    """None where a file is gone: git has packed anew meanwhile."""
    digest = blake2b(digest_size=32)
    try:
        for path in files:
            with path.open("rb") as file:
                while part := file.read(_AT_ONCE):
                    digest.update(part)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _names(pack: Path, repository: Repository) -> frozenset[bytes]:
    """The ids of the objects in a pack, as its index says."""
    size = len(repository.head or "") // 2
    content = pack.with_suffix(".idx").read_bytes()
    if not content.startswith(_HEADER) or not size:
        return frozenset()
    count = int.from_bytes(content[_COUNTS_END - 4 : _COUNTS_END], "big")
    return frozenset(content[at : at + size] for at in range(_COUNTS_END, _COUNTS_END + count * size, size))
