"""Gives a run its inputs: links to the newest extracts in a folder of its own, each held against its manifest.

The folder is published with the numbers, so what they were made from stays with them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from kpiledger.errors import RunStopped
from kpiledger.extracts.declared import extracted_tables
from kpiledger.extracts.manifest import Manifest, extract_id_of, manifests_bytes, read_manifests
from kpiledger.extracts.problem import Problem, stop_on
from kpiledger.extracts.store import DATA, current_link, newest
from kpiledger.file_hash import file_hash
from kpiledger.ledger.durable import replace_file
from kpiledger.project import Project
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.specs.extracting import Extract

# Beside the warehouse that is made of them; models/staging/<source>/_sources.yml reads the folder.
FOLDER, SET = "extracts", "extracts.json"
_EXACT = ("decimal", "integer", "bigint")  # the sums of others depend on the order of their rows


def choose_extracts(project: Project, extracts: Path, aside: Path) -> list[Manifest]:
    """Link the newest extract of each table into `aside`, with their manifests in one file.

    RunStopped where an extract is missing, was changed since it was taken, or is not what the specs declare now.
    """
    tables = extracted_tables(project)
    lacking = [one for one in tables if not current_link(extracts, one[0].source, one[1].table).is_symlink()]
    if lacking:
        names = ", ".join(f"{expectations.source}.{table.table}" for expectations, table, _ in lacking)
        raise RunStopped(
            f"there is no extract of {names}", "take them: `kpi extract`, or `kpi run` without --no-extract"
        )
    chosen: list[Manifest] = []
    problems: list[Problem] = []
    for one, table, asked in tables:
        found = list(_chosen(one, table, asked, extracts, aside))
        problems += [item for item in found if isinstance(item, Problem)]
        chosen += [item for item in found if isinstance(item, Manifest)]
    stop_on(problems)
    replace_file(aside / SET, manifests_bytes(chosen))
    return chosen


def chosen_inputs(aside: Path) -> dict[str, str]:
    """The SHA-256 of each extract that a run was made from, by its table's name: erp.orders."""
    return {manifest.name: manifest.sha256 for manifest in read_manifests(aside / SET)}


def _chosen(
    one: Expectations, table: CheckedTable, asked: Extract, extracts: Path, aside: Path
) -> Iterator[Manifest | Problem]:
    data = current_link(extracts, one.source, table.table).resolve()
    again = f"take a new one: `kpi extract {one.source}`"
    if not data.exists() or not data.with_suffix(".json").exists():
        lost = "its file" if not data.exists() else "its manifest"
        yield Problem(one.source, table.table, "lost an extract", f"no {lost[4:]} for {data.stem}", lost, again)
        return
    manifest = newest(extracts, one.source, table.table)
    assert manifest is not None
    if dict(manifest.columns) != dict(asked.columns):
        differing = _differing(manifest, asked)
        yield Problem(
            one.source, table.table, "was declared anew", f"an extract with {differing[0]}", differing[1], again
        )
        return
    link = aside / FOLDER / one.source / f"{table.table}{DATA}"
    keep_too(data, link)
    found = file_hash(link)
    if found != manifest.sha256:
        yield Problem(
            one.source, table.table, "was changed", f"a file {data.name} of SHA-256 {found[:12]}...",
            f"{manifest.sha256[:12]}... as its manifest says", again,
        )  # fmt: skip
        return
    untrue = _untrue(link, data.stem, manifest)
    if untrue:
        yield Problem(
            one.source, table.table, "has a changed manifest", untrue[0], untrue[1], again,
        )  # fmt: skip
        return
    yield manifest


def _untrue(path: Path, named: str, manifest: Manifest) -> tuple[str, str] | None:
    """What a manifest says that its file does not bear out, and what the file has; None where all of it holds."""
    if manifest.extract_id != named or extract_id_of(datetime.fromisoformat(manifest.taken_at)) != named:
        return f"extract {manifest.extract_id} taken at {manifest.taken_at}", f"{named} as the file is called"
    sums = [name for name in manifest.control_totals if manifest.columns[name].startswith(_EXACT)]
    asked = ", ".join(["count(*)", *(f"coalesce(sum({_quoted(name)}), 0)" for name in sums)])
    with duckdb.connect(":memory:") as link:
        row_count, *totals = link.execute(f"select {asked} from read_parquet(?)", [str(path)]).fetchall()[0]
    if manifest.row_count != row_count:
        return f"{manifest.row_count} rows said", f"{row_count} rows in the file"
    for name, total in zip(sums, totals, strict=True):
        if Decimal(manifest.control_totals[name]) != total:
            return f"{manifest.control_totals[name]} said as the total of {name}", f"{total} in the file"
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _differing(manifest: Manifest, asked: Extract) -> Sequence[str]:
    """The first column that the manifest and the declaration do not share, as each of them says it."""
    names = [*manifest.columns, *asked.columns]
    name = next((name for name in names if manifest.columns.get(name) != asked.columns.get(name)), names[0])
    return [f"{name} {columns.get(name, 'missing')}" for columns in (manifest.columns, asked.columns)]


def keep_too(data: Path, link: Path) -> None:
    """Another name of the same file; a copy where the disk has no links, or is another one."""
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(data, link)
    except OSError:
        shutil.copy2(data, link)
