"""Questions on closed periods put to the demo, after December 2016 and its quarter were closed."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpiledger.checking import check_folder
from kpiledger.closing.close import Wish, close_period
from kpiledger.closing.doing import Place
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Period
from kpiledger.settings import load_settings
from tests.audit.conftest import EXPECTED, AuditWorld

pytestmark = pytest.mark.demo

ASKED = {
    "q15_demo": (15, {"kpi": "revenue", "period": "2016-12", "member": "West", "slice": "region"}),
    "q19_demo": (19, {"period": "2016-12"}),
    "q20_demo": (20, {}),
    "q21_demo": (21, {}),
    "q22_demo": (22, {}),
}
# Commits, runs and the moments of this copy of the demo; the models and files that it rests on are told by the hashes.
_OF_THIS_COPY = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|\b20[2-9]\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?"
)
_ENTRIES = re.compile(r"\b(entry +|tree size: )\d+")
_MODELS = re.compile(r"^model .*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def closed_demo(published_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    folder = shutil.copytree(published_demo, tmp_path_factory.mktemp("closed") / "demo", symlinks=True)
    settings = load_settings(folder, {})
    specs, _ = check_folder(folder)
    ledger = Ledger(settings.ledger, anchors=settings.anchors)
    place = Place(settings, specs, ledger, lambda: datetime.now(UTC))
    for period in ("2016-12", "2016-Q4"):
        close_period(place, Period.parse(period), Wish("p_1003", "p_1001"))
    return AuditWorld(settings, ledger, specs)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_closed_demo_is_as_it_was_read(closed_demo, golden, name):
    number, words = ASKED[name]
    text = _OF_THIS_COPY.sub("<this copy>", closed_demo.text(number, **words))
    golden(EXPECTED / f"{name}.txt", _ENTRIES.sub(r"\1<n>", _MODELS.sub("", text)))


def test_the_close_of_the_demo_holds_and_keeps_the_extracts_it_was_made_from(closed_demo):
    found = closed_demo.ask(19, period="2016-12")
    assert found.holds
    assert {row[1] for row in found.rows if row[0] == "extract"} >= {"extracts/erp/orders.parquet"}
