"""A byte of the published warehouse file is another: commands answer as before or name the file, and verify finds it.

DuckDB has a checksum of each block, which it looks at when it reads one, and the note on the file has a digest of all.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from kpiledger.cli import kpi
from kpiledger.errors import BrokenWorld, DamagedFile
from tests.ledger.flips import flipped, flipped_file

pytestmark = pytest.mark.demo

HEAD = 3 * 4096  # DuckDB's three header blocks
OTHERS = {
    "question 26": ("audit", "26"),
    "target": ("target", "revenue", "--holder", "sales_west", "--period", "2017-06"),
    "history": ("history", "sales_west_2017"),
}


@pytest.fixture(scope="module")
def demo(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "demo"
    shutil.copytree(published_demo, folder, symlinks=True)
    warehouse_of(folder).chmod(0o644)
    return folder


def warehouse_of(folder: Path) -> Path:
    return (folder / "build/warehouse.duckdb").resolve()


def asked(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(kpi, ["--project", str(folder), *words])


def assert_told(folder: Path, name: str, before: Result) -> None:
    """An answer that is the same, or one that fails and names the file; no other exception, and no other answer."""
    found = asked(folder, *OTHERS[name])
    if isinstance(found.exception, DamagedFile):
        assert str(folder / "build/warehouse.duckdb") in found.exception.message
        assert found.exception.hint == "run `kpi run` to make it anew"
    elif (found.exit_code, found.output) != (before.exit_code, before.output):
        assert (name, found.exit_code) == ("question 26", 1)
        assert "warehouse.duckdb.note" in found.output


def test_a_changed_byte_of_the_warehouse_is_found_by_verify_and_no_other_number_is_told(demo: Path) -> None:
    """Bytes of the header blocks and others by lot."""
    path, lot = warehouse_of(demo), Random(7)
    before = {name: asked(demo, *words) for name, words in OTHERS.items()}
    assert {name: one.exit_code for name, one in before.items()} == dict.fromkeys(OTHERS, 0)
    assert asked(demo, "verify").exit_code == 0
    places = [100, 5000, 9000, *lot.sample(range(HEAD, path.stat().st_size), 4)]
    for place, _ in flipped_file(path, [(place, 1 << place % 8) for place in places]):
        verified = asked(demo, "verify")
        assert verified.exit_code == 1, f"byte {place}"
        assert "warehouse.duckdb" in verified.output
        for name, one in before.items():
            assert_told(demo, name, one)


def test_a_warehouse_that_was_cut_is_named_by_every_command_that_reads_it(demo: Path) -> None:
    path = warehouse_of(demo)
    sound = path.read_bytes()
    before = {name: asked(demo, *words) for name, words in OTHERS.items()}
    try:
        for length in (0, 100, len(sound) // 2):
            path.write_bytes(sound[:length])
            verified = asked(demo, "verify")
            assert verified.exit_code == 1, length
            assert isinstance(verified.exception, SystemExit), length
            assert "warehouse.duckdb" in verified.output
            for name, one in before.items():
                assert_told(demo, name, one)
    finally:
        path.write_bytes(sound)


def test_a_number_is_not_traced_through_an_extract_that_was_changed(demo: Path) -> None:
    path = (warehouse_of(demo).parent / "extracts/erp/order_line.parquet").resolve()
    words = ("trace", "revenue", "--period", "2017-06", "--slice", "region", "--member", "West")
    assert asked(demo, *words).exit_code == 0
    sound = path.read_bytes()
    path.chmod(0o644)
    try:
        for changed in (sound[: len(sound) // 2], flipped(sound, len(sound) // 2)):
            path.write_bytes(changed)
            with pytest.raises(BrokenWorld, match=r"the extract .*/erp/order_line.parquet was changed: recorded "):
                CliRunner().invoke(kpi, ["--project", str(demo), *words], catch_exceptions=False)
    finally:
        path.write_bytes(sound)
