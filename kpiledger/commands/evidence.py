"""Commands for who does not trust us: evidence bundle, inclusion, consistency."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kpiledger.commands.world import World, in_project
from kpiledger.errors import WrongUse
from kpiledger.evidence.bundle import Wanted, bundle_files, write_bundle
from kpiledger.evidence.locating import place_of, size_known_at
from kpiledger.evidence.proving import proved_beginning, proved_entry
from kpiledger.ledger.keys import PUBLIC_FILE, trusted_key
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger_index.opening import open_index
from kpiledger.people.individuals import record_export
from kpiledger.typed import typed_moment

_OUT = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files; else printed."
)
_FROM_SIZE = click.option("--from-size", type=int, help="The number of entries of an earlier checkpoint.")


@click.group()
def evidence() -> None:
    """Proofs and bundles that are checked without this program."""


@evidence.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder.")
@click.option("--agreement", "agreements", multiple=True, help="Prove its entries; may be repeated, or `all`.")
@_FROM_SIZE
@click.option("--with-subjects", is_flag=True, help="Personal values as well; that is recorded in the ledger.")
@click.option("--by", help="With --with-subjects: who exports, by role or id.")
@click.option("--purpose", help="With --with-subjects: what for; it names nobody.")
@in_project
def bundle(
    world: World,
    out: Path,
    agreements: tuple[str, ...],
    from_size: int | None,
    with_subjects: bool,
    by: str | None,
    purpose: str | None,
) -> None:
    """Write the whole ledger, proofs and the programs that check them into a folder."""
    ledger = world.ledger
    if with_subjects:
        if not (by and purpose):
            raise WrongUse("personal values leave the house only with --by and --purpose", "say who exports, and why")
        known = [kept.value for kept in all_kept(ledger) if kept.about is None]
        people = world.project().organisation.people
        record_export(ledger, by, "audit bundle", known, purpose, lambda: datetime.now(UTC), people)
    files = bundle_files(ledger, Wanted(agreements, from_size, with_subjects))
    write_bundle(out, files)
    click.echo(f"{len(files)} files in {out}, begin with README.txt")


@evidence.command()
@click.option("--agreement", help="The id of an agreement.")
@click.option("--version", type=int, help="Its version, the last by default.")
@click.option("--seq", type=int, help="Any entry of the ledger, by its number.")
@_OUT
@in_project
def inclusion(world: World, agreement: str | None, version: int | None, seq: int | None, out: Path | None) -> None:
    """Prove that one entry is in the ledger (C2SP tlog-proof)."""
    ledger = world.ledger
    found, offset = place_of(open_index(world.settings, ledger), agreement, version, seq)
    proof = proved_entry(ledger, found, offset)
    _give(world, out, {f"entry-{found}.tlog-proof": proof.content, f"entry-{found}.entry": proof.line + b"\n"})


@evidence.command()
@_FROM_SIZE
@click.option("--known-at", help="Instead of a size: the checkpoint that was the newest at a moment (UTC).")
@_OUT
@in_project
def consistency(world: World, from_size: int | None, known_at: str | None, out: Path | None) -> None:
    """Prove that an earlier checkpoint is a beginning of the ledger (as C2SP tlog-witness has it)."""
    ledger, moment = world.ledger, typed_moment(known_at)
    if (from_size is None) == (moment is None):
        raise WrongUse("an earlier tree is named by --from-size or by --known-at", "name one of the two")
    size = from_size
    if moment is not None:
        size = size_known_at(open_index(world.settings, ledger), ledger, moment)
    proof = proved_beginning(ledger, size or 0)
    _give(world, out, {f"from-{size}.consistency": proof.content, f"from-{size}.checkpoint": proof.note})


def _give(world: World, out: Path | None, files: dict[str, bytes]) -> None:
    """Print the proof alone, or write it with what it is checked with."""
    if out is None:
        click.echo(next(iter(files.values())), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, content in {**files, PUBLIC_FILE: f"{trusted_key(world.ledger.keys)}\n".encode()}.items():
        (out / name).write_bytes(content)
        click.echo(str(out / name))
