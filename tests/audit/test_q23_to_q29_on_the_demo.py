"""Questions 23 to 26, 28 and 29 on the demo's three years: what an auditor reads."""

from __future__ import annotations

import re

import pytest

from tests.audit.conftest import EXPECTED

ASKED = {
    "q23_demo": (23, {}),
    "q24_demo": (24, {"known_at": "2016-12-31"}),
    "q25_demo": (25, {"agreement": "sales_west_2017", "version": "2"}),
    "q26_demo": (26, {}),
    "q28_demo": (28, {}),
    "q29_demo": (29, {}),
}
# What hangs on the ledger's own key, and on the salts of people, is new each time.
_NEW = (
    (r"kpiledger\.demo/[0-9a-f]{16}", "<ledger>"),
    (r"\+[0-9a-f]{8}\+\S+", "<key>"),
    (r"[A-Za-z0-9+/]{43,}={0,2}", "<base64>"),
)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_demo_is_as_it_was_read(audit_world, golden, name):
    number, words = ASKED[name]
    text = audit_world.text(number, **words)
    for pattern, instead in _NEW:
        text = re.sub(pattern, instead, text)
    golden(EXPECTED / f"{name}.txt", text)


def test_the_checkpoint_known_at_a_moment_covers_what_was_recorded_by_then(audit_world):
    lines = (audit_world.ledger.directory / "entries.jsonl").read_text().splitlines()
    recorded = [re.search(r'"recorded_at":"([^"]+)"', line)[1] for line in lines]
    expected = sum(moment < "2016-12-31" for moment in recorded)
    assert audit_world.ask(24, known_at="2016-12-31").facts["earlier size"] == expected
