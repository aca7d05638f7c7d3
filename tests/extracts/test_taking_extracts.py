"""An extract holds exactly what the source had, says so in its manifest, and is made anew only where rows differ."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from extract_shop import ROWS, Shop, extracting

from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.extracts.choosing import chosen_inputs
from kpiledger.extracts.manifest import read_manifest
from kpiledger.extracts.one_table import Taking
from kpiledger.extracts.taking import take_extracts
from kpiledger.file_hash import file_hash


def test_an_extract_has_the_rows_in_the_order_of_the_key_and_typed_as_declared(shop: Shop) -> None:
    shop.fill([ROWS[2], ROWS[0], ROWS[1]])
    shop.take()
    assert shop.rows() == [
        (1, date(2024, 1, 2), "North", Decimal("10.10")),
        (2, date(2024, 1, 3), "South", Decimal("20.20")),
        (3, date(2024, 2, 1), "North", Decimal("0.05")),
    ]


def test_a_manifest_says_where_an_extract_is_from_and_what_it_holds(shop: Shop) -> None:
    manifest = shop.take().manifest
    path = shop.extracts / "till" / "sale" / f"{manifest.extract_id}.parquet"
    assert read_manifest(path.with_suffix(".json")) == manifest
    assert (manifest.name, manifest.row_count, manifest.taken_at) == ("till.sale", 3, "2024-03-01T01:00:00+00:00")
    assert manifest.control_totals == {"amount": "30.35"}
    assert (manifest.period_from, manifest.period_to, manifest.high_water_mark) == (
        "2024-01-02", "2024-02-01", "2024-02-01",
    )  # fmt: skip
    assert manifest.query == 'select "sale_id", "sold_on", "shop", "amount" from "sale"'
    assert manifest.sha256 == file_hash(path)
    assert not path.stat().st_mode & 0o222


def test_the_same_rows_make_no_new_extract_in_whatever_order_the_source_gives_them(shop: Shop) -> None:
    first = shop.take()
    shop.fill(ROWS[::-1])
    again = shop.take()
    assert (first.is_new, again.is_new) == (True, False)
    assert again.manifest == first.manifest
    assert len(list((shop.extracts / "till" / "sale").glob("*.parquet"))) == 1


def test_many_rows_cross_in_batches_and_none_is_lost(shop: Shop) -> None:
    shop.fill([(number, "2024-01-01", "North", "0.01") for number in range(45_001)])
    manifest = shop.take().manifest
    assert (manifest.row_count, manifest.control_totals) == (45_001, {"amount": "450.01"})


def test_older_extracts_are_let_go_and_a_run_keeps_the_files_it_was_made_from(shop: Shop) -> None:
    shop.take(kept=1)
    shop.choose()
    before = file_hash(shop.root / "next/extracts/till/sale.parquet")
    for number in range(4, 7):
        shop.change(f"insert into sale values ({number}, '2024-02-02', 'South', '1')")
        shop.take(kept=1)
    assert len(list((shop.extracts / "till" / "sale").iterdir())) == 4  # two extracts and their manifests
    assert (
        file_hash(shop.root / "next/extracts/till/sale.parquet")
        == before
        == chosen_inputs(shop.root / "next")["till.sale"]
    )


def test_what_a_killed_extract_left_is_cleared_away_by_the_next(shop: Shop) -> None:
    shop.take()
    folder = shop.extracts / "till" / "sale"
    (folder / "20240101T000000000000Z.parquet").write_bytes(b"half")
    (shop.extracts / ".till.next").mkdir()
    (shop.extracts / ".till.next" / "sale.parquet").write_bytes(b"half")
    shop.take()
    assert len(list(folder.iterdir())) == 2
    assert not (shop.extracts / ".till.next").exists()


@pytest.mark.parametrize(
    ("kind", "stored", "read"),
    [
        ("decimal(18,2)", 19.990000000000002, Decimal("19.99")),  # the noise of a sum of doubles
        ("decimal(18,4)", "123456789012.1234", Decimal("123456789012.1234")),
        ("varchar", "007", "007"),
        ("varchar", "", ""),
        ("integer", 2.0, 2),
        ("boolean", 1, True),
        ("date", "2024-01-01 00:00:00", date(2024, 1, 1)),
    ],
)
def test_values_that_sqlite_stores_its_own_way_are_read_exactly(
    shop: Shop, kind: str, stored: object, read: object
) -> None:
    shop.table = extracting(columns={"sale_id": "integer", "v": kind}, control_totals=[], high_water_mark=None)
    shop.fill([(1, stored), (2, None)], "sale_id integer, v")
    shop.take()
    assert shop.rows() == [(1, read), (2, None)]


def test_a_source_nobody_extracts_is_named_with_those_that_are(shop: Shop) -> None:
    taking = Taking(shop.extracts, 3, shop.moment)
    with pytest.raises(WrongUse, match=r"nothing is extracted from shop\n.*are till"):
        take_extracts(shop.project, taking, {}, shop.root, ["shop"])


def test_lacking_demo_sources_are_said_once_with_the_command_that_makes_them(shop: Shop) -> None:
    (shop.root / "till.sqlite").unlink()
    with pytest.raises(BrokenWorld, match="the demo's source systems are not there: till") as stopped:
        shop.take()
    assert "kpi demo-sources" in stopped.value.hint


def test_the_published_warehouse_tells_its_extracts_and_reads_no_file(published_demo) -> None:  # type: ignore[no-untyped-def]
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as link:
        told = dict(link.execute("select source || '.' || table_name, sha256 from kpi.dim_extract").fetchall())
        views = link.execute(
            "select count(*) from duckdb_views() where not internal and sql ilike '%parquet%'"
        ).fetchone()
    assert told == chosen_inputs(published_demo / "build/current")
    assert len(told) == 6
    assert views == (0,)
    assert all(
        file_hash(published_demo / "build/current/extracts" / f"{name.replace('.', '/')}.parquet") == sha256
        for name, sha256 in told.items()
    )
