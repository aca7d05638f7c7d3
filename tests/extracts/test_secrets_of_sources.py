"""The password in a source's URL stands in nothing that an extract, a check or a refusal leaves behind."""

from __future__ import annotations

import logging
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from extract_shop import ROWS, Shop
from test_checks_of_dropped_files import RECONCILE, RULES

from kpiledger.errors import RunStopped
from kpiledger.extracts.table import extract_table
from kpiledger.quality import check_sources, render_quality, write_quality_tables
from kpiledger.warehouse import lay_tables
from tests.postgres import needs_postgres, postgres_server

CANARY = "sesame$word"  # with a letter that some tools fill in


@needs_postgres
def test_a_password_is_found_in_no_file_no_table_no_log_and_no_message(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "till.sqlite").unlink()
    shop.table = {**shop.table, "rules": RULES, "reconcile": RECONCILE}
    with postgres_server() as server:
        url = server.engine.url.set(password=CANARY)
        shop.environ["TILL_URL"] = url.render_as_string(hide_password=False)
        with server.engine.begin() as connection:
            connection.execute(sa.text("create table sale (sale_id int, sold_on date, shop text, amount numeric)"))
            names = ("sale_id", "sold_on", "shop", "amount")
            rows = [dict(zip(names, row, strict=True)) for row in ROWS]
            connection.execute(sa.text("insert into sale values (:sale_id, :sold_on, :shop, :amount)"), rows)
        shop.take()
        warehouse = _warehouse(shop)
        project, at = shop.project, datetime(2025, 1, 1)
        report = check_sources(project, warehouse, date(2024, 12, 31), "run", at, shop.environ)
        write_quality_tables(warehouse, report)
        said = [render_quality(report), _refused(shop, "drop table sale")]
    said += [_refused(shop), caplog.text, *capfd.readouterr()]
    assert {result.outcome for result in report.results} >= {"passed"}
    assert not [text for text in said if _tells(text.encode())]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and _tells(path.read_bytes())]
    assert not _tells(_dumped(warehouse, tmp_path / "dump"))


def _warehouse(shop: Shop) -> Path:
    """A warehouse made of the newest extract, with the table that tells it."""
    path = shop.root / "next" / "warehouse.duckdb"
    lay_tables(path, "kpi", [extract_table(shop.choose())])
    with duckdb.connect(str(path)) as link:
        link.execute("create schema staging")
        link.execute(f"create table staging.stg_till__sale as from '{shop.root}/next/extracts/till/sale.parquet'")
    return path


def _refused(shop: Shop, *statements: str) -> str:
    """What is said when the source cannot be read: its table is gone, or the server is."""
    if statements:
        with sa.create_engine(shop.environ["TILL_URL"]).begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
    with pytest.raises(RunStopped) as problem:
        shop.take()
    return str(problem.value)


def _tells(content: bytes) -> bool:
    return b"sesame" in content


def _dumped(warehouse: Path, folder: Path) -> bytes:
    """Everything in the warehouse as text: DuckDB compresses its files."""
    with duckdb.connect(str(warehouse), read_only=True) as link:
        link.execute(f"export database '{folder}' (format csv)")
    return b"".join(path.read_bytes() for path in folder.rglob("*"))
