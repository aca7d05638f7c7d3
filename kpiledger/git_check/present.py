"""Which commits of the present history touched the files that an entry may come from, oldest first?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.git import GitSaid, ask_git

_MARK = b"\x01"
_BRANCHES = 3  # so many say where a commit is


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a project lies in git: `prefix` from the repository's top, the commit it is at, whether history is cut."""

    root: Path
    prefix: str
    head: str | None
    is_shallow: bool


def repository_of(root: Path) -> Repository | str:
    """The repository of a project's folder, or why there is none to look at."""
    said = ask_git(root, "rev-parse", "--show-prefix", "--is-shallow-repository")
    if said.refusal is not None:
        return said.refusal.removeprefix("fatal: ")
    prefix, shallow = said.output.decode(errors="surrogateescape").splitlines()[:2]
    return Repository(root, prefix, head_of(root), shallow == "true")


def head_of(root: Path) -> str | None:
    """The commit that the present branch is at; None before the first one."""
    return ask_git(root, "rev-parse", "--verify", "--quiet", "HEAD").text or None


def history_of(repository: Repository) -> bytes:
    """The commits of the present history, oldest first, one a line."""
    if repository.head is None:
        return b""
    return _output(ask_git(repository.root, "rev-list", "--topo-order", "--reverse", repository.head))


def after(repository: Repository, commit: str) -> frozenset[str]:
    """The commits of the present history that were made on top of a commit."""
    said = ask_git(repository.root, "rev-list", "--ancestry-path", f"{commit}..{repository.head}")
    return frozenset(_output(said).decode().split())


def branches_of(repository: Repository) -> Mapping[str, Sequence[str]]:
    """For the commits outside of the present history: the first branches and tags that still lead to them."""
    beyond = [f"^{repository.head}"] if repository.head else []
    said = ask_git(repository.root, "rev-list", "--parents", "--all", *beyond)
    parents = {line.split()[0]: line.split()[1:] for line in (said.text or "").splitlines()}
    found: dict[str, list[str]] = defaultdict(list)
    if not parents:
        return found
    shown = "--format=%(objectname) %(*objectname) %(refname:short)"
    for line in (ask_git(repository.root, "for-each-ref", shown).text or "").splitlines():
        *tips, name = line.split(" ")
        reached = [tip for tip in tips if tip in parents]
        seen = set(reached)
        while reached:
            commit = reached.pop()
            # Whoever leads to a commit leads to all before it: those have as many names.
            if len(found[commit]) < _BRANCHES:
                found[commit].append(name)
                new = [one for one in parents[commit] if one in parents and one not in seen]
                seen.update(new)
                reached += new
    return found


def commits_by_path(repository: Repository, folder: str) -> Mapping[str, Sequence[str]]:
    """For each path that ever lay in a folder of the project, the commits that changed it, oldest first."""
    found: dict[str, list[str]] = defaultdict(list)
    if repository.head is None:
        return found
    words = ("log", "--reverse", "--topo-order", "--no-renames", "--name-only", "-z", "--format=%x01%H")
    commit = ""
    for part in _parts(_output(ask_git(repository.root, *words, repository.head, "--", folder))):
        if part.startswith(_MARK):
            commit = part[1:].decode()
        else:
            path = part.decode(errors="replace").removeprefix(f"{repository.prefix}{folder}/")
            found[path].append(commit)
    return found


def _parts(output: bytes) -> Iterator[bytes]:
    return (part for part in (one.strip(b"\n") for one in output.split(b"\0")) if part)


def _output(said: GitSaid) -> bytes:
    if said.refusal is not None:
        raise GitRefused(said.refusal)
    return said.output


class GitRefused(RuntimeError):
    """Git does not answer a question that it answers in every sound repository."""
