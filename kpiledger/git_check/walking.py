"""Which files did each commit write? Asked of git once for each commit, and held against the hashes of its trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kpiledger.git import ask_git
from kpiledger.git_check.objects import Objects
from kpiledger.git_check.present import GitRefused, Repository
from kpiledger.git_check.snapshots import tree_entries

_DELETED = "D"


class Touch(NamedTuple):
    """A file that a commit wrote: the folder it lies in, its path there, and the blob."""

    commit: str
    folder: str
    path: str
    blob: str


def touches_of(repository: Repository, commits: Sequence[str], folders: Sequence[str]) -> list[Touch]:
    """What git says that some commits wrote in some folders of the project; a merge writes nothing."""
    if not commits:
        return []
    words = ("diff-tree", "--stdin", "-r", "--root", "--raw", "--no-abbrev", "--no-renames", "-z", "--")
    said = ask_git(
        repository.root,
        *words,
        *(f"{repository.prefix}{folder}" for folder in folders),
        given="\n".join([*commits, ""]).encode(),
    )
    if said.refusal is not None:
        raise GitRefused(said.refusal)
    return list(_parsed(said.output, repository.prefix, folders))


def _parsed(output: bytes, prefix: str, folders: Sequence[str]) -> Iterator[Touch]:
    parts = iter(output.split(b"\0"))
    commit = ""
    for part in parts:
        if not part.startswith(b":"):
            commit = part.strip().decode()
            continue
        words = part.decode().split()
        path = next(parts).decode(errors="replace").removeprefix(prefix)
        folder = next((one for one in folders if path.startswith(f"{one}/")), None)
        if folder and words[4] != _DELETED and words[1] in ("100644", "100755"):
            yield Touch(commit, folder, path[len(folder) + 1 :], words[3])


def confirmed(objects: Objects, prefix: str, touches: Iterable[Touch]) -> list[Touch]:
    """Those of some touches whose commit, by the hashes of its trees, holds the blob at the path.

    Level by level, so that git is asked for all trees of a level at once.
    """
    open_at: dict[str, list[tuple[Touch, Sequence[str]]]] = defaultdict(list)
    for touch in touches:
        open_at[touch.commit].append((touch, f"{prefix}{touch.folder}/{touch.path}".split("/")))
    at_trees: dict[str, list[tuple[Touch, Sequence[str]]]] = defaultdict(list)
    for commit, found in objects.read_all(list(open_at)):
        if found and found.kind == "commit":
            tree = found.content.partition(b"\n")[0].removeprefix(b"tree ").decode()
            at_trees[tree] += open_at[commit]
    held = []
    while at_trees:
        below: dict[str, list[tuple[Touch, Sequence[str]]]] = defaultdict(list)
        for tree, found in objects.read_all(list(at_trees)):
            if found is None or found.kind != "tree":
                continue
            inner = _named(found.content, len(tree) // 2, {names[0] for _, names in at_trees[tree]})
            for touch, names in at_trees[tree]:
                child = inner.get(names[0])
                if len(names) == 1:
                    held += [touch] if child == touch.blob else []
                elif child:
                    below[child].append((touch, names[1:]))
        at_trees = below
    return held


def _named(content: bytes, id_size: int, names: set[str]) -> Mapping[str, str]:
    """The ids of some names in a tree; of a large tree only these are looked for."""
    found: dict[str, str] = {}
    for name in names:
        wanted = b" " + name.encode() + b"\0"
        at = content.find(wanted)
        # Within the bytes of an id stands anything: only a single find of a long name is sure.
        if len(wanted) <= id_size or b" " in name.encode() or content.find(wanted, at + 1) >= 0:
            found |= {key: inner for key, (_, inner) in tree_entries(content, id_size) if key == name}
        elif at >= 0:
            end = at + len(wanted)
            found[name] = content[end : end + id_size].hex()
    return found
