"""Findings as text and as JSON."""

from __future__ import annotations

import json

from kpiledger.finding import Finding, Position, Severity
from kpiledger.reports.findings import findings_json, findings_text

LINE = "cadense: month"
ERROR = Finding(
    "KPI010", Severity.ERROR, Position("metrics/a.yml", 12, 1, LINE), "not known", "did you mean `cadence`?"
)
WARNING = Finding("KPI080", Severity.WARNING, Position("metrics/b.yml", 3, 6, "kpi: x"), "no counter-KPI", "add one")


def test_a_finding_shows_its_place_its_line_and_a_way_out() -> None:
    assert findings_text([ERROR]) == (
        "metrics/a.yml:12:1: KPI010 error: not known\n"
        "  12 | cadense: month\n"
        "     | ^\n"
        "  hint: did you mean `cadence`?\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_the_last_line_counts_errors_and_warnings_and_files() -> None:
    assert findings_text([ERROR, ERROR, WARNING]).endswith("\n2 errors and 1 warning in 2 files\n")
    assert findings_text([WARNING]).endswith("\n1 warning in 1 file\n")
    assert findings_text([]) == "nothing found\n"


def test_colors_come_only_when_asked_for() -> None:
    assert "\033[" not in findings_text([ERROR, WARNING])
    assert "\033[31mKPI010 error:\033[0m" in findings_text([ERROR], color=True)
    assert "\033[33mKPI080 warning:\033[0m" in findings_text([WARNING], color=True)


def test_a_long_line_is_cut_around_its_caret() -> None:
    place = Position("a.yml", 1, 301, "a" * 300 + "X" + "b" * 300)
    lines = findings_text([Finding("KPI012", Severity.ERROR, place, "wrong", "mend it")]).split("\n")
    assert len(lines[1]) < 130
    assert lines[1][lines[2].index("^")] == "X"


def test_a_line_cannot_write_to_the_terminal() -> None:
    place = Position("a.yml", 1, 1, "a: \033[2J\u202eb")
    assert "a: ?[2J?b" in findings_text([Finding("KPI002", Severity.ERROR, place, "wrong", "mend it")])


def test_json_is_a_flat_list_that_reads_back() -> None:
    assert json.loads(findings_json([ERROR, WARNING])) == [
        {
            "rule": "KPI010",
            "severity": "error",
            "path": "metrics/a.yml",
            "line": 12,
            "column": 1,
            "message": "not known",
            "hint": "did you mean `cadence`?",
        },
        {
            "rule": "KPI080",
            "severity": "warning",
            "path": "metrics/b.yml",
            "line": 3,
            "column": 6,
            "message": "no counter-KPI",
            "hint": "add one",
        },
    ]
