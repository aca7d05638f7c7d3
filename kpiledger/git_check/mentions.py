"""Which files of a folder can hold events of an agreement? Those that have its name in their text.

So that a look at one commit of a folder with fifty thousand files parses the few that matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpiledger.git_check.snapshots import Folder, Snapshots

# In YAML a name stands as it is, or within double quotes with escapes.
_WORD = re.compile(rb"[A-Za-z0-9_]+")
_ANY = ""
_REMEMBERED = 4  # folders: entries of a commit follow each other, and the newest commit is looked at again and again

Place = tuple[str, str]
"""The path of a file in its folder, and its blob."""


@dataclass(slots=True)
class Mentions:
    """Files by the names that are asked for; each blob is read once."""

    snapshots: Snapshots
    names: frozenset[bytes]
    _of_blob: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _of_folder: dict[str, Mapping[str, Sequence[Place]]] = field(default_factory=dict)

    def of(self, folder: Folder, name: str) -> list[Place]:
        """The files that may speak of a name, by path; also those that nobody can read without a parser."""
        found = self._index(folder)
        return sorted([*found.get(name, ()), *found.get(_ANY, ())])

    def _index(self, folder: Folder) -> Mapping[str, Sequence[Place]]:
        if folder.tree not in self._of_folder:
            new = sorted({blob for blob in folder.files.values() if blob not in self._of_blob})
            for blob, found in self.snapshots.objects.read_all(new):
                # What is missing or damaged is told by whoever reads it.
                self._of_blob[blob] = self._names_in(found.content) if found else (_ANY,)
            index = defaultdict(list)
            for path, blob in folder.files.items():
                for name in self._of_blob[blob]:
                    index[name].append((path, blob))
            if len(self._of_folder) >= _REMEMBERED:
                del self._of_folder[next(iter(self._of_folder))]
            self._of_folder[folder.tree] = index
        return self._of_folder[folder.tree]

    def _names_in(self, text: bytes) -> tuple[str, ...]:
        if b"\\" in text:
            return (_ANY,)
        return tuple(name.decode() for name in self.names.intersection(_WORD.findall(text)))
