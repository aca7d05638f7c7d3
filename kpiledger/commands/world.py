"""What does every command share: the project it runs in, and how periods and moments are asked for?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpiledger.errors import RunStopped, WrongUse
from kpiledger.finding import Finding, has_errors
from kpiledger.ledger.store import Ledger
from kpiledger.reports.findings import findings_text
from kpiledger.settings import Settings, load_settings

if TYPE_CHECKING:
    from kpiledger.project import Project

OUTPUT = click.option("--output", type=click.Choice(["text", "json"]), default="text", help="How to print the answer.")


@dataclass(frozen=True)
class World:
    """Where the command runs: the project's settings."""

    settings: Settings

    @property
    def root(self) -> Path:
        """The project's root."""
        return self.settings.root

    @property
    def ledger(self) -> Ledger:
        """The project's ledger."""
        return Ledger(self.settings.ledger, anchors=self.settings.anchors)

    def project(self) -> Project:
        """The checked project; RunStopped with its findings where it has errors."""
        # Imported here, since most questions to the ledger need no specs, and the rules need a reader of SQL.
        read: tuple[Project | None, list[Finding]] = import_module("kpiledger.checking").check_folder(self.root)
        project, findings = read
        if project is None or has_errors(findings):
            raise RunStopped(findings_text(findings, color=color()), "mend what is found first")
        return project


def in_project(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the settings of the project as its first argument."""

    @click.pass_context
    def command(context: click.Context, /, *words: object, **options: object) -> None:
        for name, said in options.items():
            _require_visible(name, said)
        world = World(load_settings(context.obj.resolve(), os.environ))
        function(world, *words, **options)

    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    if hasattr(function, "__click_params__"):
        command.__click_params__ = function.__click_params__  # type: ignore[attr-defined]
    return command


def _require_visible(name: str, said: object) -> None:
    """WrongUse for characters that the texts of specs may not have either: what is typed here may be kept for good."""
    for text in said if isinstance(said, tuple) else (said,):
        if not isinstance(text, str) or text.isprintable():
            continue
        # Imported here, since next to nothing that is typed comes this far, and the package has the reader of specs.
        if found := import_module("kpiledger.loading.text").INVISIBLE.search(text):
            problem = f"the invisible character U+{ord(found.group()):04X} stands in `{name}`"
            raise WrongUse(problem, "delete it and type the text anew")


def color() -> bool:
    """Whether the answer may be coloured: a terminal, and no NO_COLOR."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
