"""PostgreSQL, MariaDB, SQLite, DuckDB and dropped files with the same rows give the same extract, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from extract_shop import Shop, extracting

from kpiledger.errors import RunStopped
from tests.postgres import needs_postgres, postgres_server

COLUMNS = {
    "sale_id": "integer",
    "code": "varchar",
    "amount": "decimal(18,4)",
    "rate": "double",
    "is_paid": "boolean",
    "sold_on": "date",
    "made_at": "timestamp",
}
ROWS = [
    (1, "007", "10.1000", "0.1", "true", "2024-01-02", "2024-01-02 08:30:00"),
    (2, 'Sørensen "& Søn", it\'s', "12345678901234.5678", "1e-7", "false", "2024-12-31", "2024-12-31 23:59:59.123456"),
    (3, None, None, None, None, None, None),
    (10, "  padded ", "-0.0001", "1.7976931348623157e+308", "true", "1999-02-28", "1999-02-28 00:00:00"),
]
TABLE = {
    **extracting(columns=COLUMNS, control_totals=["amount"], high_water_mark="made_at"),
    "period": "sold_on",
}
TYPES = (
    "sale_id integer, code {text}, amount {exact}, rate double precision, is_paid boolean, sold_on date, made_at {at}"
)


def _fill(engine: sa.Engine, **types: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("drop table if exists sale"))
        connection.execute(sa.text(f"create table sale ({TYPES.format(**types)})"))
        names = COLUMNS.keys()
        bound: list[dict[str, object]] = [dict(zip(names, row, strict=True)) for row in ROWS[::-1]]
        for row in bound:
            row["is_paid"] = None if row["is_paid"] is None else row["is_paid"] == "true"
            row["rate"] = None if row["rate"] is None else float(str(row["rate"]))
        connection.execute(sa.text(f"insert into sale values ({', '.join(f':{name}' for name in names)})"), bound)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash of the extract of a SQLite database."""
    shop = Shop(tmp_path_factory.mktemp("sqlite"), TABLE)
    _fill(sa.create_engine(f"sqlite:///{shop.root / 'till.sqlite'}"), text="text", exact="text", at="text")
    return shop.take().manifest.sha256


@pytest.fixture(scope="module")
def postgres() -> Iterator[sa.URL]:
    with postgres_server() as server:
        yield server.engine.url


@pytest.fixture(scope="module")
def mysql() -> sa.URL:
    address = os.environ.get("KPI_TEST_MYSQL_URL")
    if not address:
        pytest.skip("no MariaDB or MySQL server: KPI_TEST_MYSQL_URL names one, with a database that may be changed")
    return sa.make_url(address)


def _shop(tmp_path: Path, url: sa.URL | str) -> Shop:
    written = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    return Shop(tmp_path, TABLE, {"TILL_URL": written})


@needs_postgres
def test_postgresql_gives_the_same_extract(tmp_path: Path, postgres: sa.URL, expected: str) -> None:
    _fill(sa.create_engine(postgres), text="text", exact="numeric", at="timestamp")
    manifest = _shop(tmp_path, postgres).take().manifest
    assert (manifest.sha256, manifest.source_columns["amount"]) == (expected, "numeric")


@needs_postgres
def test_postgresql_is_read_as_of_one_moment_and_its_times_as_utc(tmp_path: Path, postgres: sa.URL) -> None:
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("drop table if exists sale"))
        connection.execute(sa.text("create table sale (sale_id integer, made_at timestamptz)"))
        connection.execute(sa.text("insert into sale values (1, '2024-12-31 20:00:00-05')"))
        connection.execute(sa.text("alter database postgres set timezone to 'America/New_York'"))
    shop = _shop(tmp_path, postgres)
    shop.table = extracting(
        columns={"sale_id": "integer", "made_at": "timestamp"}, control_totals=[], high_water_mark="made_at"
    )
    assert shop.take().manifest.high_water_mark == "2025-01-01 01:00:00"


@needs_postgres
def test_an_infinite_date_is_refused_and_not_made_a_day(tmp_path: Path, postgres: sa.URL) -> None:
    with sa.create_engine(postgres).begin() as connection:
        connection.execute(sa.text("drop table if exists sale"))
        connection.execute(sa.text("create table sale (sale_id integer, until date)"))
        connection.execute(sa.text("insert into sale values (1, 'infinity')"))
    shop = _shop(tmp_path, postgres)
    shop.table = extracting(columns={"sale_id": "integer", "until": "date"}, control_totals=[], high_water_mark=None)
    with pytest.raises(RunStopped, match=r"found 1 values of until: infinity, expected date"):
        shop.take()


def test_mariadb_gives_the_same_extract(tmp_path: Path, mysql: sa.URL, expected: str) -> None:
    _fill(sa.create_engine(mysql), text="varchar(50)", exact="decimal(24,4)", at="datetime(6)")
    assert _shop(tmp_path, mysql).take().manifest.sha256 == expected


def test_a_zero_date_of_mariadb_is_refused(tmp_path: Path, mysql: sa.URL) -> None:
    with sa.create_engine(mysql).begin() as connection:
        connection.execute(sa.text("drop table if exists sale"))
        connection.execute(sa.text("create table sale (sale_id integer, until date)"))
        connection.execute(sa.text("set session sql_mode = ''"))
        connection.execute(sa.text("insert into sale values (1, '0000-00-00')"))
    shop = _shop(tmp_path, mysql)
    shop.table = extracting(columns={"sale_id": "integer", "until": "date"}, control_totals=[], high_water_mark=None)
    with pytest.raises(RunStopped, match=r"found 1 values of until: 0000-00-00, expected date"):
        shop.take()


def test_duckdb_gives_the_same_extract(tmp_path: Path, expected: str) -> None:
    url = f"duckdb:///{tmp_path / 'till.duckdb'}"
    engine = sa.create_engine(url)
    _fill(engine, text="varchar", exact="decimal(24,4)", at="timestamp")
    engine.dispose()
    assert _shop(tmp_path, url).take().manifest.sha256 == expected


def _csv(folder: Path, write: Callable[[str | None], str], delimiter: str, encoding: str) -> None:
    lines = [delimiter.join(COLUMNS), *(delimiter.join(write(value) for value in map(_text, row)) for row in ROWS)]
    (folder / "sales_2024.csv").write_bytes("\r\n".join(lines).encode(encoding))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_dropped_csv_files_give_the_same_extract(tmp_path: Path, expected: str, encoding: str, delimiter: str) -> None:
    _csv(tmp_path, _quoted, delimiter, encoding)
    drop = {"file": "sales_*.csv", "delimiter": delimiter, "encoding": encoding}
    shop = Shop(tmp_path, {**TABLE, "drop": drop}, {"TILL_URL": tmp_path.as_uri()})
    assert shop.take().manifest.sha256 == expected


def test_dropped_parquet_files_give_the_same_extract(tmp_path: Path, expected: str) -> None:
    shop = Shop(tmp_path / "from", TABLE)
    shop.root.mkdir()
    _fill(sa.create_engine(f"sqlite:///{shop.root / 'till.sqlite'}"), text="text", exact="text", at="text")
    shop.take()
    drops = tmp_path / "drops"
    drops.mkdir()
    (drops / "sales.parquet").write_bytes((shop.extracts / "current/till/sale.parquet").read_bytes())
    dropped = {**TABLE, "drop": {"file": "sales.parquet", "format": "parquet"}}
    assert Shop(tmp_path, dropped, {"TILL_URL": drops.as_uri()}).take().manifest.sha256 == expected
