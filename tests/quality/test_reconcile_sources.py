"""The same answers whatever database the source is, and none at all where it cannot be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from quality_builders import demo_expectations, project_of
from source_tables import AS_OF, AT, found, held_against, result_of, written

from kpiledger.quality import QualityReport, check_sources
from kpiledger.quality import reconciliation as reconciling
from kpiledger.quality.reconciling import adapters, scanners
from kpiledger.quality.reconciling.secrets import without_password
from kpiledger.quality.session import open_source, with_driver
from kpiledger.sources.demo import TABLES
from kpiledger.vocabulary import Outcome
from tests.postgres import needs_postgres, postgres_server

DAY = AS_OF.replace(year=2017, month=12, day=31)
CANARY = "canary-pass'word"
MYSQL = os.environ.get("KPI_TEST_MYSQL_URL", "")
needs_mysql = pytest.mark.skipif(not MYSQL, reason="no MariaDB or MySQL: set KPI_TEST_MYSQL_URL to an empty database")
TYPES = {"text": "varchar(200)", "real": "decimal(18, 4)", "timestamp": "timestamp", "integer": "integer"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as running:
        yield running.engine.url.render_as_string(hide_password=False)


def moved(sqlite_root: Path, url: str, types: Mapping[str, str]) -> dict[str, str]:
    """The demo's sources as they are in SQLite, put into one other database; the variables that name it."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table in TABLES:
            declared = ", ".join(f"{name} {types.get(kind, kind)}" for name, kind in table.columns)
            connection.exec_driver_sql(f"drop table if exists {table.table}")
            connection.exec_driver_sql(f"create table {table.table} ({declared})")
            names = [name for name, _ in table.columns]
            with closing(sqlite3.connect(sqlite_root / "build" / "sources" / f"{table.source}.sqlite")) as link:
                rows = link.execute(f"select {', '.join(names)} from {table.table}").fetchall()
            marks = ", ".join(f":{name}" for name in names)
            insert = sa.text(f"insert into {table.table} values ({marks})")
            connection.execute(insert, [dict(zip(names, row, strict=True)) for row in rows])
    engine.dispose()
    return {f"{source.upper()}_URL": url for source in ("crm", "erp", "wms", "desk")}


def checked(root: Path, warehouse: Path, environ: Mapping[str, str]) -> QualityReport:
    return check_sources(project_of(root, demo_expectations()), warehouse, DAY, "run-1", AT, environ)


def compared(report: QualityReport) -> tuple[object, ...]:
    """What must be the same on every source: results, offending keys and reconciliation, as the tables hold them."""
    results = [(one.source, one.table_name, one.rule, one.outcome, one.failing_count) for one in report.results]
    issues = {(one.source, one.rule, one.record_key, one.team, one.period_start) for one in report.issues}
    rows = {replace(one, source_value=None) for one in report.reconciliations}
    return results, issues, rows


@needs_postgres
def test_the_demo_gives_the_same_tables_from_postgresql_as_from_sqlite(
    faulted_root: Path, demo_warehouse: Path, server: str
) -> None:
    sqlite = checked(faulted_root, demo_warehouse, {})
    postgres = checked(faulted_root, demo_warehouse, moved(faulted_root, server, TYPES))
    assert [one.message for one in postgres.results if one.outcome is Outcome.COULD_NOT_RUN] == []
    for ours, theirs in zip(compared(sqlite), compared(postgres), strict=True):
        assert ours == theirs


@needs_postgres
def test_a_url_without_a_driver_is_read_by_the_one_that_is_installed(server: str) -> None:
    plain = server.replace("postgresql+psycopg2://", "postgresql://")
    assert plain != server
    with open_source("shop", plain) as session:
        assert session.connection.engine.dialect.driver == "psycopg2"
        assert session.rows("select 1") == [(1,)]
    assert open_driver("mysql://reader@nowhere/shop") == "pymysql"
    assert open_driver("mariadb://reader@nowhere/shop") == "pymysql"
    assert open_driver("sqlite:////nowhere") == "pysqlite"


def open_driver(url: str) -> str:
    """The driver that a source with this URL is read by."""
    return str(sa.create_engine(with_driver(sa.make_url(url))).dialect.driver)


@needs_mysql
def test_the_demo_reconciles_alike_from_mysql(clean_root: Path, faulted_root: Path, demo_warehouse: Path) -> None:
    for root in (clean_root, faulted_root):
        sqlite = checked(root, demo_warehouse, {})
        mysql = checked(root, demo_warehouse, moved(root, MYSQL, {**TYPES, "timestamp": "datetime"}))
        assert compared(sqlite)[2] == compared(mysql)[2]


@needs_mysql
@pytest.mark.parametrize("route", ["scanned", "fetched"])
def test_mysql_holds_no_trap(route: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if route == "fetched":
        monkeypatch.setattr(adapters, "scanned", lambda session, link: None)
    flags = "id integer, flag tinyint(1), bit_flag bit(1)"
    columns = f"{flags}, loose decimal(60, 20), at_utc timestamp(6) null, day date, name text"
    written(MYSQL, [
        "drop table if exists item", "set sql_mode = ''", "set time_zone = '+03:00'",
        f"create table item ({columns}) character set utf8mb4",
        "insert into item values (1, 1, b'1', 12345678901234567.89, '2024-07-01 13:00:00.5', '2024-01-01', 'æ😀')",
        "insert into item values (2, 2, b'0', 1, '2024-07-01 13:00:00', '0000-00-00', null)",
    ])  # fmt: skip
    kept = "id integer, flag boolean, bit_flag boolean, loose decimal(38, 10), at_utc timestamp, day date, name varchar"
    rows = [
        (1, True, True, "12345678901234567.89", "2024-07-01 10:00:00.5", "2024-01-01", "æ😀"),
        (2, True, False, "1", "2024-07-01 10:00:00", "2024-01-01", ""),
    ]
    asked = dict.fromkeys(("flag", "bit_flag", "loose", "at_utc", "day", "name"), "exact")
    report = held_against(tmp_path, MYSQL, kept, rows, {"totals": {"by": ["id"]}, "rows": asked})
    assert found(report) == {("2", "flag", "unreadable"), ("2", "day", "unreadable"), ("2", "name", "changed")}


def made(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "shop.sqlite")) as link, link:
        link.execute("create table item (id integer, v text)")
        link.execute("insert into item values (1, 'a')")
    return f"sqlite:///{folder / 'shop.sqlite'}"


ASKED = {"totals": {"by": ["v"]}, "rows": {"v": "exact"}}


@pytest.mark.parametrize("lost", ["the packages", "this version's file"])
def test_without_its_scanner_a_source_is_read_all_the_same(
    lost: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if lost == "the packages":
        monkeypatch.setattr(scanners.importlib.util, "find_spec", lambda name: None)
    else:
        monkeypatch.setattr(scanners.duckdb, "__version__", "0.0.1")
    report = held_against(tmp_path, made(tmp_path), "id integer, v varchar", [(1, "b")], ASKED)
    assert found(report) == {("1", "v", "changed")}


@needs_postgres
def test_a_source_that_dies_midway_is_not_verified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with postgres_server() as running:
        url = running.engine.url.render_as_string(hide_password=False)
        written(url, ["create table item (id integer, v text)", "insert into item values (1, 'a')"])
        engine, put = running.engine, reconciling.put_warehouse

        def killing(*given: object) -> None:
            with engine.connect() as connection:
                others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                connection.exec_driver_sql(others)
            put(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(reconciling, "put_warehouse", killing)
        for route in ("scanned", "fetched"):
            if route == "fetched":
                monkeypatch.setattr(adapters, "scanned", lambda session, link: None)
            report = held_against(tmp_path, url, "id integer, v varchar", [(1, "a")], ASKED)
            result = result_of(report)
            assert (result.outcome, result.is_blocking) == (Outcome.COULD_NOT_RUN, True)
            assert result.message.startswith("not verified: ")
            assert report.reconciliations == ()


@needs_postgres
def test_no_password_reaches_an_error_or_a_result(tmp_path: Path) -> None:
    with postgres_server() as running:
        host = str(running.engine.url.query["host"])
        quoted = CANARY.replace("'", "''")
        admin = running.engine.url.render_as_string(hide_password=False)
        written(admin, [f"create role reader login password '{quoted}'", "create table item (id integer, v text)"])
        reader = sa.URL.create(
            "postgresql+psycopg2", "reader", CANARY, database=running.engine.url.database, query={"host": host}
        )
        url = reader.render_as_string(hide_password=False)
        report = held_against(tmp_path, url, "id integer, v varchar", [(1, "a")], ASKED)
        assert result_of(report).outcome is Outcome.COULD_NOT_RUN  # the reader may not read it
        assert "permission denied" in result_of(report).message
        assert "canary" not in str(report)


def test_a_password_is_hidden_however_it_is_written() -> None:
    url = sa.URL.create("postgresql", "reader", CANARY, "db").render_as_string(hide_password=False)
    for text in (CANARY, CANARY.replace("'", "''"), url, f"could not connect to {url}"):
        assert "canary" not in without_password(text, url)


def test_files_that_are_dropped_are_held_against_the_warehouse(tmp_path: Path) -> None:
    folder = tmp_path / "drops"
    folder.mkdir()
    (folder / "item_2024.csv").write_text("id,v\n1,7.50\n2,seven\n3,9\n", encoding="utf-8")
    more = {
        "drop": {"file": "item_*.csv", "format": "csv"},
        "extract": {"columns": {"id": "integer", "v": "decimal(5,2)"}},
    }
    rows = [(1, "7.5"), (2, "7.0"), (3, "9.01")]
    report = held_against(
        tmp_path, folder.as_uri(), "id integer, v decimal(5, 2)", rows,
        {"totals": {"by": ["id"]}, "rows": {"v": "exact"}}, **more,
    )  # fmt: skip
    assert found(report) == {("2", "v", "unreadable"), ("3", "v", "changed")}, report.results
    shutil.rmtree(folder)
    gone = held_against(tmp_path, folder.as_uri(), "id integer, v decimal(5, 2)", rows, ASKED, **more)
    assert result_of(gone).outcome is Outcome.COULD_NOT_RUN
