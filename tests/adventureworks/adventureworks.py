"""AdventureWorks as a project: its data laid into a warehouse, its models compiled and built there by dbt."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, text

from kpiledger import compiled_files
from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project
from kpiledger.compiling.dialects import Dialect
from kpiledger.finding import has_errors
from kpiledger.project import Project

ROOT = Path(__file__).parents[2]
SPECS = Path(__file__).parent / "project"
DATA = ROOT.parent / "shared/data/adventureworks"
EXPECTED = DATA / "expected/values"

Key = tuple[Any, ...]
Row = Mapping[str, Any]
KEY = ("kpi", "version", "grain", "span", "period_start", "slice", "member")

# What DuckDB reads from Parquet and PostgreSQL calls otherwise.
_POSTGRES_TYPES = {"DOUBLE": "double precision", "UTINYINT": "smallint"}


def make_project(folder: Path, dialect: Dialect) -> Project:
    """The project in a folder, with dbt's files as the repository has them and the models compiled."""
    shutil.copytree(SPECS, folder)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("macros", "models/scorecard"):
        shutil.copytree(ROOT / name, folder / name)
    project = checked(folder)
    compiled_files.write(folder, compile_project(project, dialect))
    return project


def checked(folder: Path) -> Project:
    """The project of a folder, which has no errors."""
    project, findings = check_folder(folder)
    assert project is not None
    assert not has_errors(findings), findings
    return project


def lay_in_duckdb(path: Path) -> None:
    """Every table of the sources, in a schema for each."""
    with duckdb.connect(str(path)) as connection:
        for file, schema, table in _files():
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.{table} as select * from read_parquet('{file}')")


def lay_in_postgres(engine: Engine) -> None:
    """The same, read by DuckDB and copied in as CSV."""
    with tempfile.TemporaryDirectory() as folder, engine.begin() as connection:
        cursor = connection.connection.cursor()
        for file, schema, table in _files():
            data = Path(folder) / f"{schema}.{table}.csv"
            relation = duckdb.sql(f"select * from read_parquet('{file}')")
            kinds = [_POSTGRES_TYPES.get(str(kind), str(kind)) for kind in relation.types]
            columns = ", ".join(f"{name} {kind}" for name, kind in zip(relation.columns, kinds, strict=True))
            relation.write_csv(str(data), header=False)
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"create table {schema}.{table} ({columns})")
            with data.open(encoding="utf-8") as lines:
                cursor.copy_expert(f"copy {schema}.{table} from stdin with (format csv)", lines)


def rows_in_duckdb(path: Path, query: str) -> list[Row]:
    """The rows of a query, by column."""
    with duckdb.connect(str(path), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def rows_in_postgres(engine: Engine, query: str) -> list[Row]:
    """The rows of a query, by column."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def by_key(rows: Iterable[Row]) -> dict[Key, Row]:
    """Rows of `fct_kpi_value` by the columns that name one; none stands twice."""
    listed = list(rows)
    found = {tuple(row[name] for name in KEY): row for row in listed}
    assert len(found) == len(listed)
    return found


def rounded(value: Decimal | int | float | None, like: str) -> Decimal | None:
    """A value at the decimals that an expected text has."""
    places = len(like.partition(".")[2])
    return None if value is None else round(Decimal(str(value)), places)


def _files() -> Iterator[tuple[Path, str, str]]:
    for file in sorted(DATA.glob("*/*.parquet")):
        yield file, f"raw_{file.parent.name}", file.stem
