"""Dropped files are read as they are declared, the last by name or all together, and nothing in them is guessed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from extract_shop import Shop, extracting

from kpiledger.errors import RunStopped

COLUMNS = {"sale_id": "integer", "shop": "varchar", "sold_on": "date", "amount": "decimal(18,2)"}
LINES = "sale_id,shop,sold_on,amount\n1,007,2024-01-02,10.50\n2,South,2024-01-03,1300.00\n"


def dropped(folder: Path, text: str, columns: dict[str, str] = COLUMNS, **drop: Any) -> Shop:
    """A shop that drops one file of this text."""
    (folder / "sales_1.csv").write_bytes(text.encode())
    table = extracting(columns=columns, control_totals=[], high_water_mark=None)
    return Shop(folder, {**table, "drop": {"file": "sales_*.csv", **drop}}, {"TILL_URL": folder.as_uri()})


def refused(shop: Shop, *words: str) -> None:
    with pytest.raises(RunStopped) as stopped:
        shop.take()
    for word in ("till", *words):
        assert word in str(stopped.value)


def test_leading_zeros_and_texts_that_look_like_nulls_stay(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES.replace("South", "NA"))
    shop.take()
    assert [row[1] for row in shop.rows()] == ["007", "NA"]


def test_texts_that_mean_nothing_are_null(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES.replace("South", "NA").replace("10.50", "?"), nulls=["NA", "?"])
    shop.take()
    assert [(row[1], row[3]) for row in shop.rows()] == [("007", None), (None, Decimal("1300.00"))]


@pytest.mark.parametrize(("written", "read"), [("1.300,50", "1300.50"), ("1300,5", "1300.50"), ("-0,05", "-0.05")])
def test_a_decimal_comma_is_read_with_or_without_points_between_thousands(
    tmp_path: Path, written: str, read: str
) -> None:
    shop = dropped(tmp_path, f"sale_id;amount\n1;{written}\n", _amount(), delimiter=";", decimals="comma")
    shop.take()
    assert shop.rows() == [(1, Decimal(read))]


@pytest.mark.parametrize("written", ["1300.50", "1.30", "1,300.50", "1,2,3"])
def test_a_figure_that_does_not_fit_the_decimal_comma_is_refused(tmp_path: Path, written: str) -> None:
    refused(
        dropped(tmp_path, f"sale_id;amount\n1;{written}\n", _amount(), delimiter=";", decimals="comma"),
        f"found 1 values of amount: unread: {written}",
    )


def _amount() -> dict[str, str]:
    return {"sale_id": "integer", "amount": "decimal(18,2)"}


def test_dates_are_read_as_declared_and_never_guessed(tmp_path: Path) -> None:
    columns = {"sale_id": "integer", "sold_on": "date", "made_at": "timestamp"}
    shop = dropped(tmp_path, "sale_id,sold_on,made_at\n1,03-04-2024,31-12-2024\n", columns, dates="%d-%m-%Y")
    shop.take()
    assert shop.rows() == [(1, date(2024, 4, 3), datetime(2024, 12, 31))]
    refused(dropped(tmp_path, "sale_id,sold_on,made_at\n1,2024-04-03,\n", columns, dates="%d-%m-%Y"), "unread: 2024")


def test_of_several_files_the_last_by_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "sales_2.csv").write_text("sale_id,shop,sold_on,amount\n9,New,2024-02-01,1\n")
    shop = dropped(tmp_path, LINES)
    shop.take()
    assert [row[0] for row in shop.rows()] == [9]


def test_files_that_are_one_table_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "sales_2.csv").write_text("sale_id,shop,sold_on,amount\n9,New,2024-02-01,1\n")
    shop = dropped(tmp_path, LINES, together=True)
    shop.take()
    assert [row[0] for row in shop.rows()] == [1, 2, 9]


def test_headers_are_read_without_regard_to_case_and_blanks(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES.replace("sale_id,shop,sold_on,amount", "Sale ID,SHOP,Sold on, Amount "))
    assert shop.take().manifest.row_count == 2


def test_a_row_with_too_few_values_is_refused(tmp_path: Path) -> None:
    refused(dropped(tmp_path, f"{LINES}3,Nor"), "broke off", "Expected Number of Columns: 4 Found: 2")


def test_a_text_in_another_encoding_than_declared_is_refused(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES)
    (tmp_path / "sales_1.csv").write_bytes(LINES.replace("South", "Sønderborg").encode("latin-1"))
    refused(shop, "utf-8")


def test_another_delimiter_than_declared_is_a_lost_column(tmp_path: Path) -> None:
    refused(dropped(tmp_path, LINES.replace(",", ";")), "lost columns", "sale_id_shop_sold_on_amount")


def test_lines_that_look_like_comments_or_titles_are_rows(tmp_path: Path) -> None:
    columns = {"code": "varchar", "amount": "decimal(18,2)"}
    shop = dropped(tmp_path, "code,amount\n#1,1\n# 2,2\n,\n", columns)
    shop.table = {**shop.table, "key": ["code"]}
    refused(shop, "has rows without key: found 1 rows")
    (tmp_path / "sales_1.csv").write_text("code,amount\n#1,1\n# 2,2\n")
    shop.take()
    assert [row[0] for row in shop.rows()] == ["# 2", "#1"]


def test_files_with_other_columns_are_not_one_table(tmp_path: Path) -> None:
    (tmp_path / "sales_2.csv").write_text("sale_id,amount,shop,sold_on\n9,1,New,2024-02-01\n")
    refused(dropped(tmp_path, LINES, together=True), "sales_2.csv has the columns sale_id, amount, shop, sold_on")


def test_a_missing_file_is_named_as_it_was_declared(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES)
    (tmp_path / "sales_1.csv").unlink()
    refused(shop, "no file of sale is named sales_*.csv")


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sales.parquet").write_bytes(b"PAR1 no rows")
    table = {**extracting(), "drop": {"file": "sales.parquet", "format": "parquet"}}
    refused(Shop(tmp_path, table, {"TILL_URL": tmp_path.as_uri()}), "the file of sale cannot be read")


def test_a_connection_that_is_no_folder_says_so_and_shows_nothing_of_it(tmp_path: Path) -> None:
    shop = dropped(tmp_path, LINES)
    shop.environ["TILL_URL"] = "postgresql://till:sesame-canary@db/till"
    with pytest.raises(RunStopped, match="names no folder") as stopped:
        shop.take()
    assert "sesame-canary" not in str(stopped.value)
