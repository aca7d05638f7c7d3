"""What does every command share: the project it runs in, and how periods and moments are asked for?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from kpiledger.checking import check_folder
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.finding import has_errors
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Period, Reckoning
from kpiledger.project import Project
from kpiledger.reports.findings import findings_text
from kpiledger.settings import Settings, load_settings

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
        project, findings = check_folder(self.root)
        if project is None or has_errors(findings):
            raise RunStopped(findings_text(findings, color=color()), "mend what is found first")
        return project


def in_project(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the settings of the project as its first argument."""

    @click.pass_context
    def command(context: click.Context, /, *words: object, **options: object) -> None:
        world = World(load_settings(context.obj.resolve(), os.environ))
        function(world, *words, **options)

    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    if hasattr(function, "__click_params__"):
        command.__click_params__ = function.__click_params__  # type: ignore[attr-defined]
    return command


def color() -> bool:
    """Whether the answer may be coloured: a terminal, and no NO_COLOR."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def asked_period(text: str, reckoning: Reckoning) -> Period:
    """The period that a text names; WrongUse says how one is written."""
    try:
        return Period.parse(text, reckoning)
    except ValueError as problem:
        fiscal = "quarters and years are fiscal here and begin with FY; "
        raise WrongUse(str(problem), f"{fiscal if reckoning.is_fiscal else ''}a month is written 2016-08") from problem


def asked_moment(text: str | None) -> datetime | None:
    """The moment that a text names, in UTC where it names no zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse(f"{text!r} is no moment", "write 2016-08-01 or 2016-08-01T12:00:00 (UTC)") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
