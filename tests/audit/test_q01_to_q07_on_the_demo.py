"""Questions 1 to 7 on the demo's three years: what an auditor reads."""

from __future__ import annotations

import pytest

from tests.audit.conftest import EXPECTED

ASKED = {
    "q01_target": (1, {"kpi": "revenue", "holder": "sales_west", "period": "2017-08", "known_at": "2017-06-01"}),
    "q02_history": (2, {"agreement": "sales_west_2017"}),
    "q03_changes": (3, {"from_": "2016-02-01", "to": "2016-12-01"}),
    "q03_sample": (3, {"sample": "3", "seed": "2017"}),
    "q04_retroactive": (4, {}),
    "q05_improving": (5, {}),
    "q06_authority": (6, {}),
    "q07_reasons": (7, {}),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_demo_is_as_it_was_read(audit_world, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", audit_world.text(number, **words))
