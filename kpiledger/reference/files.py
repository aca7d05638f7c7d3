"""Every file of the reference, and whether those in a project are current.

All of it is made from the code, but for the tables: they are those that the project's dbt YAML describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from kpiledger.errors import BrokenWorld
from kpiledger.loading.files import spec_files
from kpiledger.reference.commands_page import commands_page
from kpiledger.reference.example import example_files, examples
from kpiledger.reference.file_page import file_page
from kpiledger.reference.findings_page import findings_page
from kpiledger.reference.index_page import index_page
from kpiledger.reference.kinds import FILE_KINDS, MARK
from kpiledger.reference.markdown import as_text
from kpiledger.reference.rules_page import rules_page
from kpiledger.reference.schema import schema_of
from kpiledger.reference.tables_page import tables_page
from kpiledger.reference.vocabulary_page import vocabulary_page
from kpiledger.rules.governance import FROM_LINES, LESSONS
from kpiledger.specs.fact import Fact

PAGES = "docs/reference"
RULES = "docs/rules"
# Where the findings of broken projects lie as a user sees them, in the project of kpiledger itself.
_SHOWN_FINDINGS = "tests/findings/expected"


def schema_files() -> dict[str, str]:
    """The schema of each kind of file, by path from a project's root."""
    return {kind.schema: as_text(schema_of(kind.model, examples())) for kind in FILE_KINDS}


def reference_files(root: Path, top: click.Group) -> dict[str, str]:
    """Pages and schemas by path from the project's root; `top` is the command `kpi`."""
    facts = [file.name for file in spec_files(root)[0] if file.kind.model is Fact]
    schemas = {kind: schema_of(kind.model, examples()) for kind in FILE_KINDS}
    shown = {path.stem: path.read_text(encoding="utf-8") for path in (root / _SHOWN_FINDINGS).glob("*.txt")}
    pages = {
        "README.md": index_page(schemas),
        **{kind.page: file_page(kind, schema, example_files(kind)) for kind, schema in schemas.items()},
        "vocabulary.md": vocabulary_page(schemas.values()),
        "findings.md": findings_page(shown),
        "commands.md": commands_page(top),
        "tables.md": tables_page(root, facts),
    }
    rules = {f"{RULES}/README.md": rules_page(LESSONS, FROM_LINES)}
    return {**{f"{PAGES}/{name}": text for name, text in pages.items()}, **rules, **schema_files()}


def stale(root: Path, files: Mapping[str, str]) -> list[str]:
    """The files that a project does not hold as they should be, and those of ours that nothing makes any more."""
    found = [name for name, text in files.items() if _text(root / name) != text]
    return found + [name for name in _ours(root) if name not in files]


def write(root: Path, files: Mapping[str, str]) -> list[str]:
    """Bring a project in line with the files and say which were not."""
    behind = stale(root, files)
    for name in behind:
        path = root / name
        if name not in files:
            path.unlink()
            continue
        if path.exists() and name not in _ours(root):
            raise BrokenWorld(f"{name} was not written by `kpi reference`", "rename or remove that file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8")
    return behind


def _ours(root: Path) -> list[str]:
    patterns = (f"{PAGES}/*.md", f"{RULES}/*.md", "schemas/*.json")
    made = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    return [path.relative_to(root).as_posix() for path in made if MARK in _text(path)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
