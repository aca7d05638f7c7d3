"""Which number is asked about, and where was it fixed: in the publication that readers see, in which closes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.closing.places import EXTRACTS, VALUES_FILE, folder_of
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import sound_file
from kpiledger.errors import WrongUse
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.nearest import suggestion
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.recipe import FILE as RECIPE
from kpiledger.settings import Settings
from kpiledger.warehouse import literal, open_current

_WHERE = """kpi = $kpi and grain = $grain and period_start = $first and slice = $slice and member = $member
    and span = $span"""
_IN_FORCE = f"""
    select fct_kpi_value.value, fct_kpi_value.version, fct_kpi_value.row_count
    from kpi.fct_kpi_value join kpi.dim_kpi_version using (kpi, version)
    where {_WHERE} and valid_from <= period_start and coalesce(valid_to, period_start) >= period_start
"""
_CLOSED = f"from kpi.fct_closed_value where {_WHERE}"
_HAS_CLOSES = "select 1 from information_schema.tables where table_schema = 'kpi' and table_name = 'fct_closed_value'"
_MEMBERS = "select distinct member from kpi.fct_kpi_value where kpi = ? and slice = ? order by member"


@dataclass(frozen=True, slots=True)
class Number:
    """What tells one number from all others, but for the version of the definition."""

    kpi: str
    period: Period
    slice: str = "all"
    member: str = "all"
    span: str = "period"

    def __str__(self) -> str:
        of = "" if self.slice == "all" else f" of {self.slice} {self.member}"
        span = "" if self.span == "period" else f", {self.span}"
        return f"{self.kpi}{of} in {self.period}{span}"

    @property
    def words(self) -> dict[str, object]:
        """Its parts as the values of queries."""
        return {
            "kpi": self.kpi, "grain": self.period.grain.value, "first": self.period.start, "slice": self.slice,
            "member": self.member, "span": self.span,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number as it was fixed: the folder of its inputs, and the hashes that the ledger has of them.

    `inputs` are the hashes of extracts by table as `erp.orders`, `as_of_on` the day that the run was asked for.
    """

    told: str
    folder: Path
    entry: Entry | None
    value: Decimal | None
    version: int
    recipe: str | None
    inputs: Mapping[str, str]
    as_of_on: date | None


def number_of(project: Project, words: Mapping[str, str], period: Period) -> Number:
    """The number that somebody asks about; the only slice of a KPI need not be named with its member."""
    kpi = words["kpi"]
    if kpi not in project.kpis:
        raise WrongUse(f"there is no KPI `{kpi}`", suggestion(kpi, list(project.kpis), "KPIs"))
    member = words.get("member", "all")
    slices = project.kpis[kpi].slices
    cut = words.get("slice") or ("all" if member == "all" else slices[0] if slices else "all")
    if cut != "all" and cut not in slices:
        raise WrongUse(f"`{kpi}` is not cut by `{cut}`", suggestion(cut, list(slices), "slices"))
    if cut != "all" and member == "all":
        raise WrongUse(f"--slice {cut} is named and no member of it", "name one with --member")
    return Number(kpi, period, cut, member, words.get("span", "period"))


def published_figure(settings: Settings, entries: Sequence[Entry], number: Number) -> Fixed:
    """The number as the published run computed it; WrongUse where there is none."""
    with open_current(settings.warehouse) as warehouse:
        found = warehouse.execute(_IN_FORCE, number.words).fetchone()
        members = [name for (name,) in warehouse.execute(_MEMBERS, [number.kpi, number.slice]).fetchall()]
    if found is None:
        hint = suggestion(number.member, members, "members") if number.member not in members else _GRAINS
        raise WrongUse(f"no value of {number} is published", hint)
    folder = settings.warehouse.resolve().parent
    last = _publication(entries, folder.name)
    said = last.content if last else {}
    day = said.get("as_of_on")
    return Fixed(
        f"computed by run {folder.name}", folder, last, found[0], found[1], said.get("recipe"),
        said.get("inputs", {}), date.fromisoformat(day) if day else None,
    )  # fmt: skip


def official_figure(warehouse: DuckDBPyConnection, number: Number) -> Decimal | None:
    """The number that counts in a closed period; None where its period is open or the publication knows no closes."""
    there = warehouse.execute(_HAS_CLOSES).fetchone()
    found = warehouse.execute(f"select official {_CLOSED}", number.words).fetchone() if there else None
    return found[0] if found else None


def closed_figures(settings: Settings, entries: Sequence[Entry], number: Number) -> Iterator[Fixed]:
    """The number as each close froze it, in the order recorded, and as it was restated since."""
    for close in closes_in(entries):
        if not close.holds(number.period.start, number.period.end):
            continue
        folder, told = folder_of(settings.closes, close), f"close {close.period}/{close.ordinal}"
        kept = sound_file(settings.closes, close, VALUES_FILE)
        yield from _fixed(f"{told}, {close.state}", folder, kept, close.entry, close.content["files"], number)
        for restated in close.restatements:
            name = f"restated-{restated.content['restatement']}"
            files = {path.removeprefix(f"{name}/"): digest for path, digest in restated.content["files"].items()}
            kept = sound_file(settings.closes, close, f"{name}/{VALUES_FILE}")
            yield from _fixed(f"{told}, {name}", folder / name, kept, restated, files, number)


def _fixed(
    told: str, folder: Path, kept: Path | None, entry: Entry, files: Mapping[str, str], number: Number
) -> Iterator[Fixed]:
    """The number in the file `kept` of a folder, if it has it; `files` are the hashes by the path from the folder."""
    found = _frozen(kept, number) if kept else None
    if found:
        day = entry.content.get("as_of_on")
        yield Fixed(
            told, folder, entry, found[0], found[1], files.get(RECIPE), _extracts(files),
            date.fromisoformat(day) if day else None,
        )  # fmt: skip


def _publication(entries: Sequence[Entry], run_id: str) -> Entry | None:
    """What was recorded of a run: by itself, or, where it published the same again, by the last one that did."""
    found = [entry for entry in entries if entry.kind is EntryKind.RUN_PUBLISHED]
    own = [entry for entry in found if entry.content["run_id"] == run_id]
    return next(reversed(own or found), None)


_GRAINS = "the KPI has no value of that period, slice and span: `kpi show` tells which ones it has"


def _frozen(path: Path, number: Number) -> tuple[Any, ...] | None:
    with duckdb.connect() as connection:
        return _row(connection, f"select value, version from read_parquet({literal(path)}) where {_WHERE}", number)


def _row(connection: DuckDBPyConnection, query: str, number: Number) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = connection.execute(query, number.words).fetchone()
    return found


def _extracts(files: Mapping[str, str]) -> dict[str, str]:
    """The hashes of a close's extracts, by table as `erp.orders`."""
    found = {}
    for path, digest in files.items():
        folder, _, rest = path.partition("/")
        if folder == EXTRACTS:
            found[rest.removesuffix(".parquet").replace("/", ".", 1)] = digest
    return found
