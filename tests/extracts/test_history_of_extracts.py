"""Whoever removes extracts or edits a manifest does not get past the question whether rows are gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from extract_shop import Shop

from kpiledger.errors import RunStopped
from kpiledger.extracts.history import Published, history_of, published_inputs
from kpiledger.ledger.store import Ledger


def _lose_a_row(shop: Shop) -> None:
    shop.change("delete from sale where sale_id = 2")


def test_without_the_extracts_a_new_one_is_held_against_the_published_one(shop: Shop) -> None:
    shop.take()
    shop.publish()
    shutil.rmtree(shop.extracts)
    _lose_a_row(shop)
    with pytest.raises(RunStopped) as stopped:
        shop.take()
    assert (
        "till.sale has shrunk: found 2 rows, expected at least the 3 of the extract that entry 7 of the ledger"
        in str(stopped.value)
    )
    assert shop.take(accepted="a test sale was removed").manifest.accepted == "a test sale was removed"


def test_a_row_count_edited_in_a_manifest_is_not_believed(shop: Shop) -> None:
    path = shop.extracts / "till/sale" / f"{shop.take().manifest.extract_id}.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "row_count": 1}), encoding="utf-8")
    _lose_a_row(shop)
    with pytest.raises(RunStopped, match=r"found 2 rows, expected at least the 3 of extract 2024"):
        shop.take()


def test_a_smaller_file_put_in_the_place_of_an_extract_is_not_believed(shop: Shop) -> None:
    shop.take()
    shop.publish()
    shutil.rmtree(shop.extracts)
    _lose_a_row(shop)
    published, shop.published = shop.published, Published()
    shop.take()  # by somebody who reaches neither ledger nor publication
    shop.published = published
    with pytest.raises(RunStopped, match="that entry 7 of the ledger says was published"):
        shop.take()


def test_a_reason_for_lost_rows_is_said_again_until_a_publication_is_made_without_them(shop: Shop) -> None:
    shop.take()
    shop.publish()
    _lose_a_row(shop)
    shop.take(accepted="a test sale was removed")
    shop.change("update sale set shop = 'West' where sale_id = 1")
    assert shop.take().manifest.accepted == "a test sale was removed"
    shop.publish()
    shop.change("update sale set shop = 'East' where sale_id = 1")
    assert shop.take().manifest.accepted is None


def test_where_the_published_extract_is_gone_too_the_new_one_says_so_for_good(shop: Shop) -> None:
    digest = shop.take().manifest.sha256
    shop.publish()
    shutil.rmtree(shop.extracts)
    shutil.rmtree(shop.root / "publication")
    _lose_a_row(shop)
    assert shop.take().manifest.accepted == (
        f"not held against the published extract: no file of SHA-256 {digest[:12]}..., which entry 7 of the ledger "
        "says was published, is left"
    )


@pytest.mark.parametrize("left", ["", "{", "[]"])
def test_after_a_lost_manifest_a_new_extract_can_be_taken_as_the_hint_says(shop: Shop, left: str) -> None:
    path = shop.extracts / "till/sale" / f"{shop.take().manifest.extract_id}.json"
    path.chmod(0o644)
    path.write_text(left, encoding="utf-8")
    if not left:
        path.unlink()
        with pytest.raises(RunStopped, match="take a new one: `kpi extract till`"):
            shop.choose()
    assert shop.take().is_new
    shop.choose()


def test_without_its_manifest_the_rows_of_the_last_extract_still_count(shop: Shop) -> None:
    (shop.extracts / "till/sale" / f"{shop.take().manifest.extract_id}.json").unlink()
    _lose_a_row(shop)
    with pytest.raises(RunStopped, match="has shrunk"):
        shop.take()


def test_the_ledger_of_the_demo_says_what_was_published_and_its_files_are_there(published_demo: Path) -> None:
    build = published_demo / "build"
    found = published_inputs(Ledger(build / "ledger"), build / "current")
    assert found.folder == (build / "current").resolve()
    assert {name.partition(".")[0] for name in found.inputs} == {"crm", "desk", "erp", "wms"}
    for name in found.inputs:
        known = history_of(build / "extracts", *name.split("."), found)
        assert len({one.row_count for one in known.before}) == 1
        assert len(known.before) == 2
