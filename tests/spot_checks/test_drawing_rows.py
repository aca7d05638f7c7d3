"""The rows of a sample: the same in every database, by nobody's choice, each as probable as any other."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from kpiledger.errors import BrokenWorld
from kpiledger.periods import Period
from kpiledger.specs.expectation import CheckedTable
from kpiledger.spot_checks.queries import Drawing
from kpiledger.spot_checks.sides import source_side
from kpiledger.vocabulary import Grain
from tests.postgres import needs_postgres, postgres_server

SEED = "5eed"
MARCH = Period(date(2017, 3, 1), Grain.MONTH)
TICKET = CheckedTable.model_validate(
    {
        "table": "ticket",
        "model": "stg_desk__ticket",
        "key": ["ticket_id", "part"],
        "period": "opened_at",
        "spot_check": {"claim": {"error_share_below": "0.05"}, "strata": ["team"], "columns": ["status"]},
    }
)
# Letters beyond ASCII, quotes, backslashes, an empty team, rows at both ends of March and outside of it.
ROWS = [
    (f"T-{number:03d}{'øé' if number % 7 == 0 else ''}", number % 3, f"2017-03-{1 + number % 31:02d} 23:59:59",
     (None, "o'hara", "søndag\\")[number % 3], "open")
    for number in range(90)
] + [("T-before", 0, "2017-02-28 23:59:59", "o'hara", "open"),
     ("T-after", 0, "2017-04-01 00:00:00", "o'hara", "open")]  # fmt: skip
CREATE = "create table ticket (ticket_id text, part integer, opened_at {at}, team text, status text)"


def expected(team: str | None, rows: int) -> list[str]:
    """The sample by the words of the guide, without a database."""
    keys = [f"{row[0]} / {row[1]}" for row in ROWS if row[3] == team and row[2].startswith("2017-03")]
    return sorted(keys, key=lambda key: hashlib.md5(f"{SEED}:{key}".encode()).hexdigest())[:rows]


def filled(url: str) -> str:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        at = "datetime" if engine.dialect.name in ("mysql", "mariadb") else "timestamp"
        connection.execute(sa.text(CREATE.format(at=at)))
        insert = sa.text("insert into ticket values (:a, :b, :c, :d, :e)")
        connection.execute(insert, [dict(zip("abcde", row, strict=True)) for row in ROWS])
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as server:
        yield filled(server.engine.url.render_as_string(hide_password=False))


@pytest.fixture
def mysql() -> str:
    address = os.environ.get("KPI_TEST_MYSQL_URL")
    if not address:
        pytest.skip("no MariaDB or MySQL server: KPI_TEST_MYSQL_URL names one, with a database that may be changed")
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text("drop table if exists ticket"))
    engine.dispose()
    return filled(address)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param in ("postgres", "mysql"):
        found: str = request.getfixturevalue(request.param)
        return found
    return filled(f"{request.param}:///{tmp_path / 'desk.db'}")


DATABASES = pytest.mark.parametrize(
    "url", ["sqlite", "duckdb", "mysql", pytest.param("postgres", marks=needs_postgres)], indirect=True
)


@DATABASES
@pytest.mark.parametrize("team", ["o'hara", "søndag\\", None])
def test_every_database_draws_the_same_rows(url: str, team: str | None) -> None:
    with source_side("desk", url, TICKET, MARCH) as side:
        drawn = side.drawn({"team": team}, SEED, 12)
    assert drawn == expected(team, 12)
    assert len(drawn) == 12


@DATABASES
def test_every_database_counts_the_same_populations(url: str) -> None:
    with source_side("desk", url, TICKET, MARCH) as side:
        assert side.populations() == [({"team": None}, 30), ({"team": "o'hara"}, 30), ({"team": "søndag\\"}, 30)]


@needs_postgres
def test_an_auditor_draws_the_printed_query_in_postgresql_and_gets_the_same_rows(postgres: str) -> None:
    printed = Drawing("postgres", '"ticket"', TICKET.key, ("team",), "opened_at", MARCH.start, date(2017, 4, 1)).drawn(
        {"team": "o'hara"}, SEED, 9
    )
    engine = sa.create_engine(postgres)
    with engine.connect() as connection:  # no code of ours takes part
        found = [key for (key,) in connection.exec_driver_sql(printed)]
    engine.dispose()
    assert found == expected("o'hara", 9)


def test_the_file_of_a_sqlite_source_is_drawn_from_in_duckdb(tmp_path: Path) -> None:
    filled(f"sqlite:///{tmp_path / 'desk.db'}")
    printed = Drawing("duckdb", '"ticket"', TICKET.key, ("team",), "opened_at", MARCH.start, date(2017, 4, 1))
    with duckdb.connect(":memory:") as link:
        scanner = importlib.import_module("duckdb_extension_sqlite_scanner").__path__[0]
        link.execute(f"load '{scanner}/extensions/v{duckdb.__version__}/sqlite_scanner.duckdb_extension'")
        link.execute(f"attach '{tmp_path / 'desk.db'}' as source (type sqlite)")
        link.execute("use source")
        found = [key for (key,) in link.execute(printed.drawn({"team": "o'hara"}, SEED, 9)).fetchall()]
    assert found == expected("o'hara", 9)


def test_mysql_is_asked_in_its_own_words() -> None:
    asked = Drawing("mysql", "`ticket`", ("ticket_id", "part"), ("team",), "opened_at", MARCH.start, date(2017, 4, 1))
    assert asked.drawn({"team": "søndag\\"}, SEED, 9) == (
        "with population as (\n"
        "    select distinct concat(coalesce(cast(`ticket_id` as char), ''), ' / ', "
        "coalesce(cast(`part` as char), '')) as record_key\n"
        "    from `ticket`\n"
        "    where `opened_at` >= '2017-03-01' and `opened_at` < '2017-04-01' "
        "and cast(`team` as char) = 'søndag\\\\'\n"
        ")\n"
        "select record_key\nfrom population\norder by md5(concat('5eed:', record_key))\nlimit 9"
    )


def test_every_row_is_as_probable_as_any_other() -> None:
    drawn: Counter[str] = Counter()
    asked = Drawing("duckdb", "ticket", ("ticket_id",), ())
    rounds, rows, population = 600, 5, 20
    with duckdb.connect(":memory:") as link:
        link.execute(f"create table ticket as select range::varchar as ticket_id from range({population})")
        for seed in range(rounds):
            name = hashlib.sha256(str(seed).encode()).hexdigest()
            drawn.update(key for (key,) in link.execute(asked.drawn({}, name, rows)).fetchall())
    mean = rounds * rows / population
    # Chi-square with 19 degrees of freedom exceeds 43.8 once in a thousand times, and here it varies less.
    assert len(drawn) == population
    assert sum((count - mean) ** 2 / mean for count in drawn.values()) < 43.8


def test_a_table_that_is_not_there_is_told_without_its_url(tmp_path: Path) -> None:
    url = filled(f"sqlite:///{tmp_path / 'desk.db'}")
    other = TICKET.model_copy(update={"table": "tickets"})
    with source_side("desk", url, other, MARCH) as side, pytest.raises(BrokenWorld) as problem:
        side.populations()
    assert problem.value.message == "the table desk.tickets cannot be read: no such table: tickets"


def test_dropped_files_are_drawn_from_like_any_source(tmp_path: Path) -> None:
    lines = [",".join("" if value is None else str(value) for value in row) for row in ROWS]
    text = "\n".join(["ticket_id,part,opened_at,team,status", *lines])
    (tmp_path / "ticket_1.csv").write_text(f"{text}\n", encoding="utf-8")
    columns = {
        "ticket_id": "varchar",
        "part": "integer",
        "opened_at": "timestamp",
        "team": "varchar",
        "status": "varchar",
    }
    given = {"drop": {"file": "ticket_*.csv", "format": "csv"}, "extract": {"columns": columns}}
    dropped = CheckedTable.model_validate(TICKET.model_dump(by_alias=True, exclude_unset=True) | given)
    with source_side("desk", f"file://{tmp_path}", dropped, MARCH) as side:
        assert side.drawn({"team": "o'hara"}, SEED, 12) == expected("o'hara", 12)
