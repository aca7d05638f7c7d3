"""Pages rendered once from a project and a warehouse made by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from made_project import made_project
from made_warehouse import made_warehouse

from kpiledger.pages import render_pages

BUILT_AT = datetime(2018, 1, 2, 6, 14)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of pages."""
    folder = tmp_path_factory.mktemp("pages")
    warehouse = made_warehouse(folder / "warehouse.duckdb")
    out = folder / "pages"
    render_pages(made_project(folder), warehouse, out, BUILT_AT, "run-1", "d92be40aa11")
    return out
