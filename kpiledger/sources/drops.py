"""Files that a source drops into a folder, seen as tables of a DuckDB file of their own.

Each table is there twice: `<table>__as_written` has every value as the file has it, for extracts, which refuse what
does not read as declared; `<table>` has the declared types, for rules and reconciliation.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.extracting import DecimalMark, Drop, DropEncoding, DropFormat

AS_WRITTEN = "__as_written"
_FIGURES = ("decimal", "double", "integer", "bigint")
# A whole figure with or without points between its thousands, and a fraction behind a comma.
_COMMA_FIGURE = r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?"


def lay_drops(source: str, folder: Path, tables: Mapping[str, CheckedTable], place: Path) -> None:
    """Make a DuckDB file in which the dropped files are views; BrokenWorld where one is missing or unreadable."""
    with duckdb.connect(str(place)) as link:
        for name, table in tables.items():
            assert table.drop is not None
            declared = dict(table.extract.columns) if table.extract else {}
            files = _files(source, name, folder, table.drop)
            try:
                _lay(link, name, _reading(table.drop, files), table.drop, declared)
            except (duckdb.Error, ValueError) as problem:
                raise BrokenWorld(
                    f"the source {source} cannot be reached: the file of {name} cannot be read: {told(problem)}",
                    f"compare the file with `drop` in expectations/{source}.yml",
                ) from problem


def told(problem: Exception) -> str:
    """What is wrong with a file, without DuckDB's list of settings and possible fixes."""
    lines = str(problem).partition("Possible ")[0].splitlines()
    return ". ".join(line.strip().rstrip(".") for line in lines if line.strip()) or type(problem).__name__


def _lay(link: duckdb.DuckDBPyConnection, name: str, reading: str, drop: Drop, declared: Mapping[str, str]) -> None:
    written = [row[0] for row in link.execute(f"describe select * from {reading}").fetchall()]
    ours = {column: re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") for column in written}
    columns = ", ".join(f"{_value(column, drop, declared.get(as_, ''))} as {_q(as_)}" for column, as_ in ours.items())
    link.execute(f"create view {_q(name + AS_WRITTEN)} as select {columns} from {reading}")
    typed = ", ".join(
        f"try_cast({_q(as_)} as {declared[as_]}) as {_q(as_)}" if as_ in declared else _q(as_) for as_ in ours.values()
    )
    link.execute(f"create view {_q(name)} as select {typed} from {_q(name + AS_WRITTEN)}")


def _files(source: str, name: str, folder: Path, drop: Drop) -> list[Path]:
    """The files to read: the last by name, or all together."""
    found = sorted(path for path in folder.glob(drop.file) if path.is_file())
    if not found:
        raise BrokenWorld(
            f"the source {source} cannot be reached: no file of {name} is named {drop.file}",
            f"see what was dropped, or mend `drop` in expectations/{source}.yml",
        )
    return found if drop.together else found[-1:]


def _reading(drop: Drop, files: list[Path]) -> str:
    paths = "[" + ", ".join(_literal(str(path)) for path in files) + "]"
    if drop.format is DropFormat.PARQUET:
        return f"read_parquet({paths})"
    headers = {path.name: _header(path, drop) for path in files}
    first = headers[files[0].name]
    for name, header in headers.items():
        if header != first:
            raise ValueError(f"{name} has the columns {', '.join(header)}, and {files[0].name} {', '.join(first)}")
    nulls = "[" + ", ".join(map(_literal, drop.nulls)) + "]"
    columns = "{" + ", ".join(f"{_literal(column)}: 'varchar'" for column in first) + "}"
    # Nothing is detected: DuckDB would else skip lines that look like comments or titles.
    return (
        f"read_csv({paths}, auto_detect = false, columns = {columns}, header = true, "
        f"delim = {_literal(drop.delimiter)}, quote = '\"', escape = '\"', comment = '', "
        f"encoding = {_literal(drop.encoding)}, nullstr = {nulls}, null_padding = false)"
    )


def _header(path: Path, drop: Drop) -> list[str]:
    """The first line of a CSV file, in columns."""
    encoding = "utf-8-sig" if drop.encoding is DropEncoding.UTF_8 else str(drop.encoding)
    with path.open(encoding=encoding, newline="") as file:
        return next(csv.reader(file, delimiter=drop.delimiter), [])


def _value(column: str, drop: Drop, kind: str) -> str:
    """A column's value, in the form that our types are read from; what is in no known form stays as it was written."""
    quoted = _q(column)
    if drop.dates and kind in ("date", "timestamp"):
        return f"coalesce(cast(try_strptime({quoted}, {_literal(drop.dates)}) as varchar), 'unread: ' || {quoted})"
    if drop.decimals is DecimalMark.COMMA and kind.startswith(_FIGURES):
        plain = f"replace(replace({quoted}, '.', ''), ',', '.')"
        whole = f"regexp_full_match({quoted}, {_literal(_COMMA_FIGURE)})"
        return f"case when {whole} then {plain} else 'unread: ' || {quoted} end"
    return quoted


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
