"""Every promise of the design has its tests, and each test that the table names is there."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
# A word or two of each promise.
PROMISES = (
    "ratios of sums", "Distinct counts", "Percentiles", "missing month", "12 calendar months", "fiscal years",
    "last year", "incomplete", "as-of date", "fan out", "null and never 0", "missing: zero", "Members", "Time zones",
    "week", "Leap",
)  # fmt: skip


def rows() -> list[tuple[str, str]]:
    """Promise and tests of each line of the table."""
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [(promise, tests) for promise, tests in cells[1:]]


def test_every_promise_stands_in_the_table_with_a_test() -> None:
    told = rows()
    assert [word for word in PROMISES if not any(word in promise for promise, _ in told)] == []
    assert [promise for promise, tests in told if not NAMED.search(tests)] == []


def test_every_test_that_the_table_names_is_there() -> None:
    named = [found for _, tests in rows() for found in NAMED.findall(tests)]
    missing = [
        f"{file}::{test}" for file, test in named
        if not re.search(rf"^def {test}\(", (FOLDER / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]  # fmt: skip
    assert missing == []
