"""Commands on periods: close, reopen, restate, override."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kpiledger.closing.close import Wish, close_period
from kpiledger.closing.doing import Pair, Place
from kpiledger.closing.override import ToOverride, override_check
from kpiledger.closing.quick_check import Accepted
from kpiledger.closing.reopen import reopen_period
from kpiledger.closing.restate import restate_period
from kpiledger.closing.telling import close_text
from kpiledger.commands.world import World, in_project
from kpiledger.typed import typed_period

_PERIOD = click.argument("period", metavar="PERIOD")
_BY = click.option("--by", "done_by", required=True, metavar="PERSON", help="Who does it, as p_1001.")
_APPROVED = click.option(
    "--approved-by", required=True, metavar="PERSON", help="Who approves it: another person with the right to."
)
_KEY = click.option(
    "--key", type=click.Path(path_type=Path), help="The approver's SSH key, to sign it with; a policy may ask for it."
)
_REASON = click.option("--reason", required=True, help="Why, in words that an auditor reads.")


@click.command()
@_PERIOD
@_BY
@_APPROVED
@_KEY
@click.option("--lock", "is_locked", is_flag=True, help="Lock it as well: it is not reopened any more.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="KPI:QUESTION:REASON",
    help="Why a no of the quick check is accepted.",
)
@in_project
def close(
    world: World,
    period: str,
    done_by: str,
    approved_by: str,
    key: Path | None,
    is_locked: bool,
    accepted: tuple[str, ...],
) -> None:
    """Freeze the figures of a month, quarter or year as they are published."""
    place = _place(world)
    wish = Wish(done_by, approved_by, key, is_locked, tuple(Accepted.parse(text) for text in accepted))
    click.echo(close_text(close_period(place, typed_period(period, place.project.calendar.reckoning), wish)))


@click.command()
@_PERIOD
@_REASON
@_BY
@_APPROVED
@_KEY
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="By which day it is to be closed anew.")
@in_project
def reopen(
    world: World, period: str, reason: str, done_by: str, approved_by: str, key: Path | None, until: datetime | None
) -> None:
    """Open a closed period again, so that its figures are as computed now."""
    place = _place(world)
    day = until.date() if until else None
    asked = typed_period(period, place.project.calendar.reckoning)
    entry = reopen_period(place, asked, reason, Pair(done_by, approved_by, key), day)
    click.echo(f"{asked} is open again: entry {entry.seq}, {entry.entry_hash}\nthe next `kpi run` shows it")


@click.command()
@_PERIOD
@_REASON
@_BY
@_APPROVED
@_KEY
@in_project
def restate(world: World, period: str, reason: str, done_by: str, approved_by: str, key: Path | None) -> None:
    """Accept what is computed now in the place of what was closed; both stay seen."""
    place = _place(world)
    asked = typed_period(period, place.project.calendar.reckoning)
    done = restate_period(place, asked, reason, Pair(done_by, approved_by, key))
    rows = ", ".join(f"{count} rows of {name}" for name, count in done.rows.items())
    causes = ", ".join(f"{cause} {count}" for cause, count in done.causes.items())
    click.echo(f"{asked} is restated: entry {done.entry.seq}, {done.entry.entry_hash}")
    click.echo(f"restated: {rows}; causes: {causes}\nthe next `kpi run` shows it")


@click.command()
@click.argument("check", metavar="CHECK")
@click.option("--source", required=True, metavar="SOURCE[.TABLE]", help="The source of the check, or one table of it.")
@click.option("--period", required=True, help="The period that it may fail for, until that is closed.")
@_REASON
@_BY
@_APPROVED
@_KEY
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it counts; a month without.")
@in_project
def override(
    world: World,
    check: str,
    source: str,
    period: str,
    reason: str,
    done_by: str,
    approved_by: str,
    key: Path | None,
    until: datetime | None,
) -> None:
    """Let a check fail for a period, by a recorded decision."""
    place = _place(world)
    asked, what = typed_period(period, place.project.calendar.reckoning), ToOverride.parse(check, source)
    day = until.date() if until else None
    entry = override_check(place, what, asked, reason, Pair(done_by, approved_by, key), day)
    last = entry.content["until"]
    click.echo(f"{what} may fail until {asked} is closed, at most until {last}: entry {entry.seq}, {entry.entry_hash}")


def _place(world: World) -> Place:
    return Place(world.settings, world.project(), world.ledger, lambda: datetime.now(UTC))
