"""The kinds of file that the reference has a page and a schema for, and where these lie."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from pydantic import BaseModel

from kpiledger.loading.files import KINDS
from kpiledger.settings import FILE, SettingsFile

# Stands in every page and schema: what carries it is ours to write anew.
MARK = "Made by `kpi reference` from the code. Do not edit: change the code."
# An agreement file is found by its holder; readers look for it by what it holds.
_READ_AS = {"holder": "agreement"}


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its name for readers, the model of its content, where it lies and a pattern for that."""

    name: str
    model: type[BaseModel]
    written: str
    place: re.Pattern[str]

    @property
    def title(self) -> str:
        """What readers call such a file."""
        return "The KPI file" if self.name == "kpi" else f"The {self.name} file"

    @property
    def schema(self) -> str:
        """Where its JSON Schema lies, from the project's root."""
        return f"schemas/{self.name}.json"

    @property
    def page(self) -> str:
        """Its page among those of the reference."""
        return f"{self.name}.md"


FILE_KINDS = (
    *(FileKind(_READ_AS.get(kind.name, kind.name), kind.model, kind.written, kind.place) for kind in KINDS),
    FileKind("settings", SettingsFile, FILE, re.compile(re.escape(FILE) + r"\Z")),
)


def kind_of(path: str) -> FileKind | None:
    """The kind of the file at a path from the project's root."""
    return next((kind for kind in FILE_KINDS if kind.place.match(path)), None)


def schema_line(path: str, kind: FileKind) -> str:
    """The first line of a file, by which editors find its schema."""
    return f"# yaml-language-server: $schema={posixpath.relpath(kind.schema, posixpath.dirname(path) or '.')}"
