"""No type of a source hides a difference or makes one: each trap by a scanner of DuckDB, and by SQLAlchemy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from source_tables import found, held_against, result_of, written

from kpiledger.quality.reconciling import adapters
from kpiledger.vocabulary import Outcome
from tests.postgres import needs_postgres, postgres_server

ALL = {"by": ["id"]}
ROUTES = ("scanned", "fetched")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as running:
        yield running.engine.url.render_as_string(hide_password=False)


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "fetched":
        monkeypatch.setattr(adapters, "scanned", lambda session, link: None)
    return str(request.param)


# What the source's column is and holds, what the warehouse's is and holds, and whether the two agree.
POSTGRES: dict[str, tuple[str, str, str, Any, bool]] = {
    "numeric without precision": ("numeric", "0.1234567891", "decimal(38, 10)", "0.1234567891", True),
    "numeric beyond a double": ("numeric", "12345678901234567.89", "decimal(38, 10)", "12345678901234567.88", False),
    "more than 38 digits": ("numeric", "1" * 45, "varchar", "1" * 45, True),
    "more digits than a decimal, same": ("numeric", "1" * 38, "hugeint", "1" * 38, True),
    "more digits than a decimal, other": ("numeric", "1" * 37 + "2", "hugeint", "1" * 38, False),
    "a double as it is": ("double precision", "1e300", "double", 1e300, True),
    "another double": ("double precision", "1e300", "double", 1.1e300, False),
    "a double of 17 figures": ("double precision", "0.30000000000000004", "double", 0.30000000000000004, True),
    "no number": ("double precision", "'NaN'", "double", float("nan"), True),
    "an infinite date": ("date", "'infinity'", "date", "infinity", True),
    "an infinite date against a real one": ("date", "'infinity'", "date", "2024-01-01", False),
    "a time with its zone": ("timestamptz", "'2024-07-01 10:00+02'", "timestamp", "2024-07-01 08:00", True),
    "a time with another zone": ("timestamptz", "'2024-07-01 10:00+00'", "timestamp", "2024-07-01 08:00", False),
    "two times with zones": ("timestamptz", "'2024-07-01 10:00+02'", "timestamptz", "2024-07-01 08:00:00+00", True),
    "a millionth of a second": ("timestamp", "'2024-07-01 10:00:00.000001'", "timestamp", "2024-07-01 10:00:00", False),
    "true": ("boolean", "true", "boolean", True, True),
    "false for true": ("boolean", "false", "boolean", True, False),
    "null": ("text", "null", "varchar", None, True),
    "empty for null": ("text", "''", "varchar", None, False),
    "null for a figure": ("integer", "null", "integer", 0, False),
    "a figure in a text": ("text", "'7.50'", "decimal(5, 2)", "7.5", True),
    "a figure with a comma": ("text", "'7,50'", "decimal(5, 2)", "7.5", False),
    "odd letters": ("text", "'æ😀\u200bé'", "varchar", "æ😀\u200bé", True),
    "an accent written in two ways": ("text", "'e\u0301'", "varchar", "é", False),
    "quotes and strokes": ("text", "'it''s \\ $$ \"'", "varchar", "it's \\ $$ \"", True),
    "a padded code": ("char(5)", "'ab'", "varchar", "ab", True),
    "bytes": ("bytea", "'\\x00ff'", "blob", b"\x00\xff", True),
    "an id of many letters": (
        "uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", True,
    ),
}  # fmt: skip


@needs_postgres
@pytest.mark.parametrize("trap", POSTGRES)
def test_postgresql_holds_no_trap(trap: str, route: str, server: str, tmp_path: Path) -> None:
    kind, value, ours, kept, agrees = POSTGRES[trap]
    statements = ["drop table if exists item", f"create table item (id integer, v {kind})"]
    written(server, [*statements, f"insert into item values (1, {value})"])
    report = held_against(
        tmp_path, server, f"id integer, v {ours}", [(1, kept)], {"totals": ALL, "rows": {"v": "exact"}}
    )
    expected = Outcome.PASSED if agrees else Outcome.FAILED
    assert (result_of(report).outcome, bool(found(report))) == (expected, not agrees), result_of(report).message


@needs_postgres
def test_habits_of_the_account_change_nothing(route: str, server: str, tmp_path: Path) -> None:
    habits = ("datestyle = 'SQL, DMY'", "timezone = 'Asia/Tokyo'", "intervalstyle = 'iso_8601'")
    written(server, [f"alter role current_user set {habit}" for habit in habits])
    try:
        made = ["drop table if exists item", "create table item (id integer, on_day date, happened timestamptz)"]
        written(server, [*made, "insert into item values (1, date '2024-02-01', '2024-07-01 10:00+02')"])
        rows = {"on_day": "exact", "happened": "exact"}
        columns, kept = "id integer, on_day date, happened timestamp", [(1, "2024-02-01", "2024-07-01 08:00")]
        report = held_against(tmp_path, server, columns, kept, {"totals": ALL, "rows": rows})
        assert result_of(report).outcome is Outcome.PASSED, report.reconciliations
    finally:
        written(server, ["alter role current_user reset all"])


SQLITE: dict[str, tuple[str, Any, str, Any, str | None]] = {
    "a date as text": ("date", "2024-02-29", "date", "2024-02-29", None),
    "a date that never was": ("date", "2023-02-29", "date", "2023-02-28", "unreadable"),
    "a date in another form": ("date", "29.02.2024", "date", "2024-02-29", "unreadable"),
    "numeric kept as text": ("numeric", "12345678901234567.89", "decimal(38, 10)", "12345678901234567.89", "changed"),
    "a double of 17 figures": ("real", 0.1 + 0.2, "double", 0.1 + 0.2, None),
    "a text in a column of figures": ("integer", "seven", "integer", 7, "unreadable"),
    "a figure in a column of text": ("text", 7, "varchar", "7", None),
    "a text with NUL": ("text", "a\0b", "varchar", "a\0b", None),
    "a text cut at NUL": ("text", "a\0b", "varchar", "a", "changed"),
    "a truth value as 1": ("boolean", 1, "boolean", True, None),
    "a truth value as 2": ("boolean", 2, "boolean", True, "unreadable"),
    "a zone in a text": ("timestamp", "2024-07-01T10:00:00+02:00", "timestamp", "2024-07-01 08:00", None),
    "bytes": ("blob", b"\x00\xff", "blob", b"\x00\xff", None),
}  # fmt: skip


@pytest.mark.parametrize("trap", SQLITE)
def test_sqlite_holds_no_trap(trap: str, route: str, tmp_path: Path) -> None:
    kind, value, ours, kept, difference = SQLITE[trap]
    database = tmp_path / "a b'c.sqlite"
    with closing(sqlite3.connect(database)) as link, link:
        link.execute(f"create table item (id integer, v {kind})")
        link.execute("insert into item values (1, ?)", [value])
    url = f"sqlite:///{database}"
    report = held_against(tmp_path, url, f"id integer, v {ours}", [(1, kept)], {"totals": ALL, "rows": {"v": "exact"}})
    assert found(report) == ({("1", "v", difference)} if difference else set()), report.reconciliations
    assert result_of(report).outcome is (Outcome.FAILED if difference else Outcome.PASSED)


LOCAL = {"within": "1 second", "zone": "Europe/Copenhagen"}


@pytest.mark.parametrize(
    ("local", "utc", "agrees"),
    [
        ("2024-07-01 10:00:00", "2024-07-01 08:00:00", True),
        ("2024-01-01 10:00:00", "2024-01-01 09:00:01", True),
        ("2024-01-01 10:00:00", "2024-01-01 09:00:02", False),
        ("2024-07-01 10:00:00", "2024-07-01 10:00:00", False),
        ("2024-10-27 02:30:00", "2024-10-27 00:30:00", True),  # the hour that the clock shows twice
        ("2024-10-27 02:30:00", "2024-10-27 01:30:00", True),
        ("2024-10-27 02:30:00", "2024-10-27 02:30:00", False),
        ("2024-10-27 03:30:00", "2024-10-27 03:30:00", False),
    ],
)
def test_local_times_of_the_source_are_held_against_utc(local: str, utc: str, agrees: bool, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as link, link:
        link.execute("create table item (id integer, happened timestamp)")
        link.execute("insert into item values (1, ?)", [local])
    reconcile = {"totals": ALL, "rows": {"happened": LOCAL}}
    report = held_against(
        tmp_path, f"sqlite:///{tmp_path / 'shop.sqlite'}", "id integer, happened timestamp", [(1, utc)], reconcile
    )
    assert found(report) == (set() if agrees else {("1", "happened", "changed")})


@needs_postgres
def test_a_key_with_a_fraction_is_not_the_whole_key(route: str, server: str, tmp_path: Path) -> None:
    made = ["drop table if exists item", "create table item (id numeric, v text)"]
    written(server, [*made, "insert into item values (10.0, 'a'), (10.4, 'b')"])
    report = held_against(
        tmp_path, server, "id integer, v varchar", [(10, "a")], {"totals": {"by": ["v"]}, "rows": {"v": "exact"}}
    )
    assert found(report) == {("10.4", "rows", "missing")}


@needs_postgres
def test_a_time_beyond_the_years_of_duckdb_is_never_read_as_another(server: str, tmp_path: Path) -> None:
    written(server, ["drop table if exists item", "create table item (id integer, v timestamp)"])
    written(server, ["insert into item values (1, '294276-12-31 23:59:59'), (2, 'infinity')"])
    kept = [(1, "290279-12-14 (BC) 15:58:09.448384"), (2, "infinity")]
    reconcile = {"totals": ALL, "rows": {"v": "exact"}}
    report = held_against(tmp_path, server, "id integer, v timestamp", kept, reconcile)
    assert result_of(report).outcome is Outcome.COULD_NOT_RUN
    assert "294276-12-31 23:59:59 is too far away" in (result_of(report).message or "")


@needs_postgres
def test_a_figure_that_is_none_is_not_0(route: str, server: str, tmp_path: Path) -> None:
    written(server, ["drop table if exists item", "create table item (id integer, v numeric(18, 2))"])
    written(server, ["insert into item values (1, 'NaN'), (2, 1.50)"])
    reconcile = {"totals": ALL, "rows": {"v": "exact"}}
    report = held_against(tmp_path, server, "id integer, v decimal(18, 2)", [(1, 0), (2, "1.5")], reconcile)
    assert {key for key, _, _ in found(report)} == {"1"}
