"""Which files did a project have at a commit? Read from tree objects, without a checkout; each tree once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kpiledger.git_check.objects import GitObject, ObjectDamaged, Objects

# So many are remembered: each has a line for every file in it.
_FOLDERS = 50
_TREE_MODE, _FILE_MODES = "40000", frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder at a commit: the id of its tree, which names its whole content, and its files by path."""

    tree: str
    files: Mapping[str, str]


@dataclass(slots=True)
class Snapshots:
    """The folders of a project at its commits; `prefix` is where the project lies in the repository."""

    objects: Objects
    prefix: str
    _entries: dict[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    _folders: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def folder(self, commit: str, path: str) -> Folder | None:
        """The files below a folder, by path within it; None where the commit has no such folder."""
        tree = self._tree_of(commit)
        for part in f"{self.prefix}{path}".split("/"):
            mode, inner = self._read(tree).get(part, ("", ""))
            if mode != _TREE_MODE:
                return None
            tree = inner
        if tree not in self._folders:
            if len(self._folders) >= _FOLDERS:
                self._folders.clear()
                self._entries.clear()
            self._folders[tree] = dict(self._walk(tree))
        return Folder(tree, self._folders[tree])

    def text(self, blob: str) -> bytes:
        """The bytes of a file."""
        return self._object(blob).content

    def _walk(self, tree: str) -> Iterator[tuple[str, str]]:
        """Every file below a tree; links and submodules are no specs."""
        for name, (mode, inner) in self._read(tree).items():
            if mode == _TREE_MODE:
                yield from ((f"{name}/{path}", blob) for path, blob in self._walk(inner))
            elif mode in _FILE_MODES:
                yield name, inner

    def _tree_of(self, commit: str) -> str:
        head, _, _ = self._object(commit).content.partition(b"\n")
        return head.removeprefix(b"tree ").decode()

    def _read(self, tree: str) -> Mapping[str, tuple[str, str]]:
        if tree not in self._entries:
            self._entries[tree] = dict(tree_entries(self._object(tree).content, len(tree) // 2))
        return self._entries[tree]

    def _object(self, object_id: str) -> GitObject:
        found = self.objects.read(object_id)
        if found is None:
            raise ObjectDamaged(f"the object {object_id} is missing; `git fsck` says more")
        return found


def tree_entries(content: bytes, id_size: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """Name, mode and id of each entry of a tree: `<mode> <name>`, a zero byte, the id's bytes."""
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        at = end + 1 + id_size
        yield name.decode(errors="replace"), (mode.decode(), content[end + 1 : at].hex())
