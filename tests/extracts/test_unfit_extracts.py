"""An extract that is not fit stops the run: the table, what was found and what was expected; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from extract_shop import COLUMNS, ROWS, Shop, extracting

from kpiledger.errors import RunStopped
from kpiledger.extracts import one_table, snapshot


def stopped(shop: Shop, *words: str) -> None:
    """Taking stops with these words, and the extract before stays the newest."""
    link = shop.extracts / "current/till/sale.parquet"
    before = link.readlink() if link.is_symlink() else None
    with pytest.raises(RunStopped) as problem:
        shop.take()
    told = str(problem.value)
    for word in ("till.sale", "hint: ", *words):
        assert word in told, f"{word} is not said in {told}"
    assert (link.readlink() if link.is_symlink() else None) == before
    assert list(shop.extracts.glob("*.next")) == []


def test_an_empty_table(shop: Shop) -> None:
    shop.take()
    shop.change("delete from sale")
    stopped(shop, "is empty", "found no row, expected at least one row", "may_be_empty")


def test_an_empty_table_that_may_be_empty_is_taken(shop: Shop) -> None:
    shop.table = extracting(may_be_empty=True)
    shop.change("delete from sale")
    assert shop.take().manifest.row_count == 0


def test_a_table_that_lost_rows(shop: Shop) -> None:
    first = shop.take().manifest
    shop.change("delete from sale where sale_id = 2")
    stopped(shop, "has shrunk", f"found 2 rows, expected at least the 3 of extract {first.extract_id}", "--accept")


def test_a_table_may_lose_the_share_of_its_rows_that_is_declared(shop: Shop) -> None:
    shop.table = extracting(may_shrink="0.34")
    shop.take()
    shop.change("delete from sale where sale_id = 2")
    assert shop.take().manifest.row_count == 2
    shop.change("delete from sale where sale_id = 1")
    stopped(shop, "has shrunk", "less 34 %")


def test_lost_rows_are_taken_where_somebody_says_why(shop: Shop) -> None:
    shop.take()
    shop.change("delete from sale where sale_id = 2")
    assert shop.take(accepted="a test sale was removed").manifest.accepted == "a test sale was removed"
    assert not shop.take().is_new


def test_an_answer_that_breaks_off(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = snapshot.batches

    def half(*asked: Any) -> Iterator[Any]:
        for part in whole(*asked):
            yield part[:2]

    monkeypatch.setattr(one_table, "batches", half)
    stopped(shop, "is partial", "found 2 rows, expected the 3 rows that the source counts")


def test_a_key_that_stands_twice_names_the_key(shop: Shop) -> None:
    shop.take()
    shop.change("insert into sale values (2, '2024-02-02', 'South', '1')")
    stopped(shop, "has duplicates", "found 1 key more than once: 2, expected each sale_id once")


def test_a_row_without_key(shop: Shop) -> None:
    shop.fill([*ROWS, (None, "2024-02-02", "South", "1")])
    stopped(shop, "has rows without key", "found 1 rows with an empty sale_id")


def test_a_column_that_is_gone(shop: Shop) -> None:
    shop.take()
    shop.change("alter table sale rename column amount to total")
    stopped(shop, "lost columns", "no amount among sale_id, sold_on, shop, total")


def test_a_table_that_is_gone(shop: Shop) -> None:
    shop.take()
    shop.change("drop table sale")
    with pytest.raises(RunStopped, match=r"till broke off: found .*sale"):
        shop.take()


def test_a_column_that_changed_its_type(shop: Shop) -> None:
    first = shop.take().manifest
    shop.fill(ROWS, "sale_id integer, sold_on date, shop text, amount real")
    stopped(shop, "changed a type", f"found amount as real, expected text as in extract {first.extract_id}", "--accept")
    assert shop.take(accepted="release 9 stores figures").manifest.source_columns["amount"] == "real"


def test_a_new_column_is_no_reason_to_stop_and_is_known(shop: Shop) -> None:
    shop.take()
    shop.change("alter table sale add column cashier text")
    shop.change("insert into sale values (4, '2024-02-02', 'South', '1', 'p1')")
    manifest = shop.take().manifest
    assert "cashier" in manifest.source_columns
    assert dict(manifest.columns) == COLUMNS


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1.5"),
        ("integer", "12a"),
        ("decimal(18,2)", "10.125"),
        ("decimal(18,2)", "1,50"),
        ("decimal(18,2)", "123456789012345.678"),
        ("decimal(4,2)", "123.45"),
        ("date", "03/04/2024"),
        ("date", "2024-02-30"),
        ("date", "2024-01-01 13:00:00"),
        ("date", "0000-00-00"),
        ("date", "infinity"),
        ("timestamp", "yesterday"),
        ("boolean", "maybe"),
        ("integer", ""),
    ],
)
def test_a_value_that_its_type_cannot_hold_exactly_is_named(shop: Shop, kind: str, value: str) -> None:
    shop.table = extracting(columns={"sale_id": "integer", "v": kind}, control_totals=[], high_water_mark=None)
    shop.fill([(1, value)], "sale_id integer, v text")
    stopped(shop, "cannot be read", f"found 1 values of v: {value}, expected {kind}, held exactly")


def test_a_source_that_does_not_answer_is_named_without_its_password(shop: Shop) -> None:
    shop.environ["TILL_URL"] = "postgresql+psycopg2://till:sesame-canary@127.0.0.1:1/till"
    with pytest.raises(RunStopped) as problem:
        shop.take()
    assert "till cannot be reached" in str(problem.value)
    assert "sesame-canary" not in str(problem.value)


def test_a_run_has_no_extract_before_one_was_taken(shop: Shop) -> None:
    with pytest.raises(RunStopped, match=r"there is no extract of till.sale\n.*kpi extract"):
        shop.choose()


@pytest.mark.parametrize("how", ["edited", "truncated", "emptied"])
def test_a_file_that_was_changed_since_it_was_taken_stops_the_run(shop: Shop, how: str) -> None:
    shop.take()
    path = (shop.extracts / "current/till/sale.parquet").resolve()
    path.chmod(0o644)
    content = path.read_bytes()
    edited = content.replace(b"North", b"South") if b"North" in content else content[:50] + b"x" + content[51:]
    path.write_bytes({"edited": edited, "truncated": content[:-9], "emptied": b""}[how])
    with pytest.raises(RunStopped, match=r"till.sale was changed: found a file .* of SHA-256"):
        shop.choose()


def test_a_manifest_without_its_file_stops_the_run(shop: Shop) -> None:
    shop.take()
    (shop.extracts / "current/till/sale.parquet").resolve().unlink()
    with pytest.raises(RunStopped, match=r"till.sale lost an extract: found no file for"):
        shop.choose()


def test_a_file_without_its_manifest_stops_the_run(shop: Shop) -> None:
    shop.take()
    (shop.extracts / "current/till/sale.parquet").resolve().with_suffix(".json").unlink()
    with pytest.raises(RunStopped, match=r"till.sale lost an extract: found no manifest for"):
        shop.choose()


def test_an_extract_of_other_columns_than_are_declared_now_stops_the_run(shop: Shop) -> None:
    shop.take()
    shop.table = extracting(columns={**COLUMNS, "amount": "decimal(18,4)"})
    with pytest.raises(RunStopped) as problem:
        shop.choose()
    assert "found an extract with amount decimal(18,2), expected amount decimal(18,4)" in str(problem.value)


def test_a_set_of_inputs_is_kept_with_what_is_made_of_them(shop: Shop) -> None:
    taken = shop.take().manifest
    shop.choose()
    (kept,) = json.loads((shop.root / "next/extracts.json").read_text())
    assert (kept["extract_id"], kept["sha256"]) == (taken.extract_id, taken.sha256)
    link = Path(shop.root / "next/extracts/till/sale.parquet")
    assert link.stat().st_ino == (shop.extracts / "current/till/sale.parquet").stat().st_ino


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"row_count": 1}, "found 1 rows said, expected 3 rows in the file"),
        ({"taken_at": "2016-01-01T00:00:00+00:00"}, "taken at 2016-01-01T00:00:00"),
        ({"control_totals": {"amount": "7"}}, "found 7 said as the total of amount"),
    ],
)
def test_a_manifest_that_says_what_its_file_does_not_bear_out_stops_the_run(
    shop: Shop, said: dict[str, object], told: str
) -> None:
    manifest = shop.take().manifest
    path = shop.extracts / "till/sale" / f"{manifest.extract_id}.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **said}), encoding="utf-8")
    with pytest.raises(RunStopped, match=r"till.sale has a changed manifest") as stopped:
        shop.choose()
    assert told in str(stopped.value)
    assert shop.take().is_new  # as the hint says
    shop.choose()
