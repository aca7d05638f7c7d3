"""What lies beside the published warehouse is held against the ledger as the tables are."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kpiledger.ledger.store import Ledger
from kpiledger.publishing import table_hashes
from kpiledger.settings import load_settings
from kpiledger.verifying import verify


@pytest.fixture
def root(published_demo: Path, tmp_path: Path) -> Path:
    """The settings of the demo, and a copy of what it built."""
    shutil.copy(published_demo / "kpiledger.yml", tmp_path)
    shutil.copytree(published_demo / "build", tmp_path / "build", symlinks=True)
    return tmp_path


def said(root: Path) -> list[str]:
    """What does not hold of the publication."""
    settings = load_settings(root, {})
    hashes = table_hashes(settings.warehouse)
    found = verify(Ledger(settings.ledger), published=hashes, settings=settings)
    assert "published tables" in found.looked_at
    return [problem.message for problem in found.problems if problem.name == "published tables"]


def _edit_recipe(place: Path) -> None:
    path = place / "recipe.json"
    path.write_bytes(path.read_bytes().replace(b"sales", b"sailes", 1))


def _edit_extract(place: Path) -> None:
    path = place / "extracts/erp/orders.parquet"
    content = path.read_bytes()
    path.unlink()  # it is a hard link, and the file behind it another's
    path.write_bytes(content + b" ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_edit_recipe, "recipe.json: recorded "),
        (lambda place: (place / "recipe.json").unlink(), "found nothing; "),
        (
            lambda place: (place / "extracts.json").unlink(),
            "extracts.json does not name the extracts",
        ),
        (_edit_extract, "extracts/erp/orders.parquet: recorded "),
        (lambda place: (place / "extracts/erp/orders.parquet").unlink(), "orders.parquet: recorded "),
    ],
)
def test_a_recipe_or_an_input_that_was_changed_is_found(root: Path, change: Callable[[Path], None], told: str) -> None:
    assert said(root) == []
    change((root / "build/current").resolve())
    (problem,) = said(root)
    assert told in problem
