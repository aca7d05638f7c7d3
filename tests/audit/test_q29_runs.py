"""Question 29: runs that did not publish, and that nothing of them can be seen."""

import duckdb
import pytest
from evidence_world import evidence_world, publish

from kpiledger.claim import claim, release
from kpiledger.journal import JournalEntry, write_journal
from kpiledger.publishing import PUBLISHED_TABLES, table_hashes
from tests.audit.conftest import EXPECTED

DAY = "2017-10-06T"
RUNS = (
    JournalEntry("run-a", f"{DAY}05:00:00+00:00", None, "stopped", f"{DAY}05:01:00+00:00", "dbt: 2 failed\n  x"),
    JournalEntry("run-b", f"{DAY}05:30:00+00:00", "2017-09-30", "broken", f"{DAY}05:31:00+00:00", "disk full"),
    JournalEntry("run-c", f"{DAY}05:45:00+00:00", "2017-09-30", "running"),
    JournalEntry("run-d", f"{DAY}06:00:00+00:00", "2017-09-30", "published", f"{DAY}06:02:00+00:00"),
    JournalEntry("run-e", "2017-11-06T06:00:00+00:00", "2017-10-31", "stopped", "2017-11-06T06:01:00+00:00", "late"),
)


def released(settings, run_id):
    """A publication as a run leaves it: a folder with the warehouse, and the links to it."""
    folder = settings.publications / run_id
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema kpi")
        for table in PUBLISHED_TABLES:
            connection.execute(f"create table kpi.{table} as select '{table}' as name")
    settings.current.symlink_to(folder)
    settings.warehouse.symlink_to(settings.current / "warehouse.duckdb")
    return table_hashes(settings.warehouse)


@pytest.fixture
def world(tmp_path):
    found = evidence_world(tmp_path)
    for run in RUNS:
        write_journal(found.settings.runs, run)
    publish(found.ledger, "2017-10-06T06:01:00", run="run-d", hashes=released(found.settings, "run-d"))
    return found


def test_runs_that_did_not_publish_are_listed_and_left_nothing(world, golden):
    golden(EXPECTED / "q29_runs.txt", world.text(29, from_="2017-10-01", to="2017-10-31"))


def test_a_run_without_an_end_was_killed_unless_it_still_runs(world):
    def outcomes():
        return {row["run"]: row["outcome"] for row in world.rows(29)}

    assert outcomes() == {"run-a": "stopped", "run-b": "broken", "run-c": "killed", "run-e": "stopped"}
    claim(world.settings.build, "run-c")
    try:
        assert outcomes()["run-c"] == "running"
    finally:
        release(world.settings.build)


def test_a_stopped_run_that_readers_see_fails(world):
    world.settings.publications.joinpath("run-a").mkdir()
    world.settings.current.unlink()
    world.settings.current.symlink_to(world.settings.publications / "run-a")
    (world.settings.publications / "run-d" / "warehouse.duckdb").rename(
        world.settings.publications / "run-a" / "warehouse.duckdb"
    )
    found = world.ask(29)
    assert not found.holds
    assert [(row[0], row[6], row[7]) for row in found.rows if row[6] or row[7]] == [("run-a", True, True)]


def test_a_stopped_run_that_is_recorded_as_published_fails(world):
    publish(world.ledger, "2017-10-06T06:05:00", run="run-b", hashes={"fct_kpi_value": "6" * 64})
    found = world.ask(29)
    assert not found.holds
    assert [(row[0], row[5]) for row in found.rows if row[5]] == [("run-b", 7)]


def test_tables_that_no_publication_recorded_fail(world):
    path = world.settings.publications / "run-d" / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("update kpi.fct_kpi_value set name = 'changed'")
    found = world.ask(29)
    assert not found.holds
    assert "whose tables hash to no recorded publication" in found.summary[1]


def publish_fewer(world):
    """A publication of before the last table was hashed, which changed nothing else."""
    hashes = table_hashes(world.settings.warehouse)
    left = {table: digest for table, digest in hashes.items() if table != PUBLISHED_TABLES[-1]}
    return publish(world.ledger, "2017-10-06T06:03:00", run="run-d", hashes=left).seq


def change(world, table):
    with duckdb.connect(str(world.settings.publications / "run-d" / "warehouse.duckdb")) as connection:
        connection.execute(f"update kpi.{table} set name = 'changed'")


def test_a_table_that_the_last_publication_did_not_hash_is_told_as_such_and_is_no_damage(world):
    change(world, PUBLISHED_TABLES[-1])  # so that no publication before it says the same
    seq = publish_fewer(world)
    found = world.ask(29)
    assert found.holds
    assert found.summary[1] == (
        "readers see the publication of run run-d; its tables hash to what entry "
        f"{seq} recorded; not hashed by that publication: {PUBLISHED_TABLES[-1]}"
    )


def test_a_changed_table_is_not_explained_by_an_older_publication_that_did_not_hash_it(world):
    publish_fewer(world)
    publish(world.ledger, "2017-10-06T06:04:00", run="run-d", hashes=table_hashes(world.settings.warehouse))
    assert world.ask(29).holds
    change(world, PUBLISHED_TABLES[-1])
    found = world.ask(29)
    assert not found.holds
    assert "whose tables hash to no recorded publication" in found.summary[1]


def test_a_table_that_was_hashed_and_is_gone_is_damage(world):
    with duckdb.connect(str(world.settings.publications / "run-d" / "warehouse.duckdb")) as connection:
        connection.execute(f"drop table kpi.{PUBLISHED_TABLES[-1]}")
    assert not world.ask(29).holds


def test_without_runs_and_publications_there_is_nothing_to_find(tmp_path):
    found = evidence_world(tmp_path).ask(29)
    assert (found.holds, list(found.rows)) == (True, [])
    assert found.summary[1] == "readers see nothing: there is no publication"
