"""What does the repository hold under an object's id?

One git process answers for all; each object is held against the hash that is its name, as git itself reads
packed objects without doing so.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from kpiledger.git import git_command, git_environment

# A SHA-1 or a SHA-256; anything else in an entry could be a name that means another commit tomorrow.
OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_SHA1_LENGTH = 40
_WRITTEN_AT_ONCE = 1000


class ObjectDamaged(ValueError):
    """The repository's own object is not what its name says, or cannot be read."""


@dataclass(frozen=True, slots=True)
class GitObject:
    """A commit, tree or blob."""

    kind: str
    content: bytes


class Objects:
    """The objects of a repository, read through one `git cat-file --batch` while it is open."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, object_id: str) -> GitObject | None:
        """The object of an id, None where the repository does not have it; ObjectDamaged where it is another."""
        if not OBJECT_ID.match(object_id):
            raise ValueError(f"{object_id!r} is no object id")
        asked, answered = self._pipes()
        asked.write(object_id.encode() + b"\n")
        asked.flush()
        words = answered.readline().split()
        if words[1:] == [b"missing"]:
            return None
        if len(words) != 3:  # git reports what it cannot read on its other output, and ends
            self._stop()
            raise ObjectDamaged(f"the object {object_id} cannot be read; `git fsck` says more")
        kind, size = words[1].decode(), int(words[2])
        content = answered.read(size)
        answered.read(1)
        if _hash(object_id, kind, content) != object_id:
            self._stop()  # where git found the damage while it wrote, it has ended
            raise ObjectDamaged(f"the object {object_id} does not have the content of its name; `git fsck` says more")
        return GitObject(kind, content)

    def read_all(self, object_ids: Sequence[str]) -> Iterator[tuple[str, GitObject | None]]:
        """Many objects in the order asked, without waiting for each; None where it is missing or damaged."""
        left = list(object_ids)
        while left:
            count = 0
            for found in _answers(self._root, left):
                count += 1
                yield found
            if count < len(left):  # git ends at an object that it cannot read
                yield left[count], None
                count += 1
            left = left[count:]

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(
                git_command(self._root, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git_environment(),
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("git was started with pipes and has none")
        return process.stdin, process.stdout

    def _stop(self) -> None:
        if self._process is not None:
            self._process.communicate()  # the end of its input ends it
            self._process = None


def _answers(root: Path, object_ids: Sequence[str]) -> Iterator[tuple[str, GitObject | None]]:
    """What one git process says of many ids that another thread writes to it; fewer where it breaks off."""
    command = git_command(root, "cat-file", "--batch", "--buffer")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git_environment()
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("git was started with pipes and has none")
        writer = threading.Thread(target=_write_all, args=(process.stdin, object_ids))
        writer.start()
        try:
            for object_id in object_ids:
                words = process.stdout.readline().split()
                if words[1:] == [b"missing"]:
                    yield object_id, None
                    continue
                if len(words) != 3:
                    return
                kind, content = words[1].decode(), process.stdout.read(int(words[2]))
                process.stdout.read(1)
                is_sound = _hash(object_id, kind, content) == object_id
                yield object_id, GitObject(kind, content) if is_sound else None
        finally:
            process.stdout.close()  # lets the writer end where nobody reads on
            writer.join()


def _write_all(asked: IO[bytes], object_ids: Sequence[str]) -> None:
    with suppress(BrokenPipeError), asked:
        for begin in range(0, len(object_ids), _WRITTEN_AT_ONCE):
            asked.write("\n".join([*object_ids[begin : begin + _WRITTEN_AT_ONCE], ""]).encode())


def _hash(object_id: str, kind: str, content: bytes) -> str:
    """The name that git gives to a content: by the length of the id asked for, SHA-1 or SHA-256."""
    named = f"{kind} {len(content)}\0".encode() + content
    if len(object_id) == _SHA1_LENGTH:
        return hashlib.sha1(named, usedforsecurity=False).hexdigest()
    return hashlib.sha256(named).hexdigest()
