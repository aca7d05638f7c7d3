"""Which commits of the present history touched the files that an entry may come from, oldest first?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.git import GitSaid, ask_git

_MARK = b"\x01"


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


def outside_of(repository: Repository, commits: Iterable[str]) -> frozenset[str]:
    """Which of some commits, that all exist, are not in the history of the present branch."""
    known = list(commits)
    if not known:
        return frozenset()
    asked = [*known, *([f"^{repository.head}"] if repository.head else [])]
    said = ask_git(repository.root, "rev-list", "--stdin", given="\n".join(asked).encode() + b"\n")
    return frozenset(_output(said).decode().split())


def after(repository: Repository, commit: str) -> frozenset[str]:
    """The commits of the present history that were made on top of a commit."""
    said = ask_git(repository.root, "rev-list", "--ancestry-path", f"{commit}..{repository.head}")
    return frozenset(_output(said).decode().split())


def branches_with(repository: Repository, commit: str) -> tuple[str, ...]:
    """The branches and tags that still lead to a commit."""
    said = ask_git(repository.root, "for-each-ref", "--format=%(refname:short)", f"--contains={commit}")
    return tuple((said.text or "").splitlines())


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
