"""Why is a closed figure another now: late data, a corrected source, another definition, another target?

Definitions are held against those that the close recorded, rows of facts against those that it kept. A figure over
several facts or KPIs has the causes of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.closing.differing import Different
from kpiledger.closing.facts import FactChange, change_of
from kpiledger.closing.places import folder_of
from kpiledger.closing.standing import Close
from kpiledger.project import Project
from kpiledger.specs.formula import kpis_in


class Cause(StrEnum):
    """Why a closed figure is another now."""

    LATE_DATA = "late_data"
    """Rows of the period came after it was closed."""
    SOURCE_CORRECTION = "source_correction"
    """Rows of the period were changed or removed after it was closed, or rows that no close keeps."""
    DEFINITION_CHANGE = "definition_change"
    """A definition that holds in the period is another now."""
    TARGET_CHANGE = "target_change"
    """What was promised for the period is another now."""


Found = tuple[Cause, str]
_UNKNOWN = "rows outside of the period, which its close does not keep"


@dataclass(slots=True)
class Causes:
    """Finds causes for the figures of one warehouse; each fact of a close is compared once."""

    connection: DuckDBPyConnection
    project: Project
    closes: Iterable[Close]
    folder: Path
    _by_key: dict[tuple[str, int], Close] = field(init=False)
    _facts: dict[tuple[str, str], FactChange | None] = field(init=False, default_factory=dict)
    _versions: dict[str, list[tuple[int, str, date, date | None]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_key = {(close.period, close.ordinal): close for close in self.closes}
        query = "select kpi, version, definition_hash, valid_from, valid_to from kpi.dim_kpi_version order by all"
        for kpi, *version in self.connection.execute(query).fetchall():
            self._versions.setdefault(kpi, []).append(tuple(version))

    def of(self, one: Different) -> tuple[str, str]:
        """The causes of a figure in one text, in the order of `Cause`, and what of each can be told."""
        close = self._by_key[one.close_period, one.close_ordinal]
        found = list(self._found(one, close))
        if not found:
            found = [(Cause.SOURCE_CORRECTION, _UNKNOWN)]
        causes = [cause for cause in Cause if any(cause is one for one, _ in found)]
        return ", ".join(causes), "; ".join(dict.fromkeys(told for _, told in found))

    def _found(self, one: Different, close: Close) -> Iterator[Found]:
        if one.promise_changed and (told := _promised(one)):
            yield Cause.TARGET_CHANGE, told
        if one.as_closed == one.current and not one.is_added:
            if one.promise_changed and one.agreement_as_closed == one.agreement_current:
                yield from self._data(one, close)  # a target that follows from data
            return
        defined = list(self._defined(one, close))
        yield from defined
        rows = list(self._data(one, close))
        if rows or not (defined or (one.figure == "scorecard" and one.is_added)):
            yield from rows

    def _defined(self, one: Different, close: Close) -> Iterator[Found]:
        """The definition itself, then those of the KPIs that it is derived from."""
        recorded: Mapping[str, Mapping[str, str]] = close.content["definitions"]
        for kpi in self._behind(one.kpi):
            now = {str(version): digest for version, digest in self._in_force(kpi, one.period_start, one.period_end)}
            if kpi in recorded and kpi not in self._versions:
                yield Cause.DEFINITION_CHANGE, f"{kpi} is no longer defined"
                continue
            then = recorded.get(kpi, {})
            if one.kpi == kpi and one.version_as_closed is not None:
                then = {str(one.version_as_closed): then.get(str(one.version_as_closed), "")}
                now = dict(list(now.items())[:1])
            changed = {version for version in now if then and now[version] != then.get(version)}
            if changed:
                versions = f"version {', '.join(then)} -> {', '.join(now)}" if set(then) != set(now) else "changed"
                yield Cause.DEFINITION_CHANGE, f"{kpi}: {versions}"
        known = self.project.kpis.get(one.kpi)
        if known and one.current is None and one.slice not in ("all", *known.slices):
            yield Cause.DEFINITION_CHANGE, f"{one.kpi} is no longer sliced by {one.slice}"

    def _data(self, one: Different, close: Close) -> Iterator[Found]:
        kpi = self.project.kpis.get(one.kpi)
        facts = dict.fromkeys(fact.fact for fact, _ in self.project.measured_by(kpi)) if kpi else {}
        looked_at = [close]
        if one.span != "period":  # its days reach back: other closes keep their rows
            looked_at += [other for other in self._by_key.values() if other.last_day < close.first_day]
        for kept in looked_at:
            for name in facts:
                change = self._change(kept, name)
                if change is None:
                    continue
                if change.new:
                    yield Cause.LATE_DATA, str(change)
                if change.changed or change.gone:
                    yield Cause.SOURCE_CORRECTION, str(change)

    def _change(self, close: Close, name: str) -> FactChange | None:
        key = close.entry.entry_hash, name
        if key not in self._facts:
            path = folder_of(self.folder, close) / "facts" / f"{name}.parquet"
            days = close.first_day, close.last_day
            fact = self.project.facts[name]
            self._facts[key] = change_of(self.connection, fact, path, *days) if path.exists() else None
        return self._facts[key]

    def _behind(self, kpi: str) -> Iterator[str]:
        """A KPI and all that it is derived from, each once."""
        waiting, seen = [kpi], set[str]()
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            yield name
            known = self.project.kpis.get(name)
            for version in known.versions if known else ():
                waiting += sorted(kpis_in(version.formula).values())

    def _in_force(self, kpi: str, first: date, last: date) -> Iterator[tuple[int, str]]:
        for version, digest, valid_from, valid_to in self._versions.get(kpi, ()):
            if valid_from <= last and (valid_to is None or first <= valid_to):
                yield version, digest


def _promised(one: Different) -> str | None:
    """What of a promise changed, where the agreement or its standing did: not where only data did."""
    if one.agreement_as_closed is None:
        return f"{one.agreement_current} was promised after the close"
    if one.agreement_current is None:
        return f"{one.agreement_as_closed} does not hold any more"
    if one.agreement_as_closed != one.agreement_current:
        return f"{one.agreement_as_closed} -> {one.agreement_current}"
    if one.target_as_closed == one.target_current:
        return f"{one.agreement_current} counts otherwise than it did"
    return None
