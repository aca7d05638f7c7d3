"""Limits with a reason, waivers that end, and a day from which the rules hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import mistakes
import pytest
from good_specs import agreement, kpi, target, targets, write, write_good

from kpiledger.checking import check_folder
from kpiledger.finding import Severity
from kpiledger.reports.findings import findings_json, findings_text, summary
from kpiledger.specs.governance import Thresholds

HERE = Path(__file__).parent
ORGANISATION = "metrics/organisation.yml"


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    write_good(tmp_path)
    return tmp_path


def add(root: Path, path: str, text: str) -> None:
    with (root / path).open("a", encoding="utf-8") as file:
        file.write(text)


def codes(root: Path, *, asked_on: date | None = None) -> list[str]:
    return [finding.rule for finding in check_folder(root, asked_on=asked_on)[1]]


def waive(root: Path, **changed: str) -> None:
    said = {
        "rule": "KPI204",
        "of": "east",
        "reason": "The team has the South too until its head is hired",
        "requested_by": "head_of_sales",
        "approved_by": "cfo",
        "valid_from": "2017-10-01",
        "expires_on": "2018-03-31",
        **changed,
    }
    lines = [f"{'  - ' if place == 0 else '    '}{key}: {value}\n" for place, (key, value) in enumerate(said.items())]
    write(root, {"metrics/waivers.yml": "waivers:\n" + "".join(lines)})


def test_a_limit_that_is_moved_with_a_reason_is_kept_to(specs: Path) -> None:
    mistakes.make(specs, "KPI204")
    add(specs, ORGANISATION, "thresholds:\n  most_kpis: {value: 6, reason: East carries two regions}\n")
    assert codes(specs) == []


def test_a_limit_that_is_moved_without_a_reason_is_refused(specs: Path, golden: Callable[[Path, str], None]) -> None:
    add(specs, ORGANISATION, "thresholds:\n  most_kpis: {value: 6}\n")
    golden(HERE / "expected/limit_without_a_reason.txt", findings_text(check_folder(specs)[1]))


def test_a_limit_that_is_written_as_it_is_needs_no_reason(specs: Path) -> None:
    lines = (f"  {name}: {{value: '{field.default.value}'}}\n" for name, field in Thresholds.model_fields.items())
    add(specs, ORGANISATION, "thresholds:\n" + "".join(lines))
    assert codes(specs) == []


def test_what_is_waived_is_shown_as_waived(specs: Path, golden: Callable[[Path, str], None]) -> None:
    mistakes.make(specs, "KPI204")
    waive(specs)
    findings = check_folder(specs)[1]
    assert [(one.rule, one.severity) for one in findings] == [("KPI204", Severity.WAIVED)]
    assert summary(findings) == "1 waived in 1 file"
    assert '"severity": "waived"' in findings_json(findings)
    golden(HERE / "expected/waived.txt", findings_text(findings))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"of": "west"}, ["KPI204"]),
        ({"rule": "KPI207"}, ["KPI204"]),
        ({"expires_on": "2017-12-30"}, ["KPI204", "KPI181"]),
        ({"valid_from": "2018-01-01"}, ["KPI204"]),
        ({"of": "est"}, ["KPI204", "KPI179"]),
        ({"rule": "KPI203"}, ["KPI204", "KPI179"]),
        ({"rule": "KPI104"}, ["KPI012"]),
        ({"approved_by": "head_of_sales"}, ["KPI204", "KPI180"]),
        ({"source": "erp"}, ["KPI010"]),
    ],
    ids=str,
)
def test_a_waiver_of_something_else_or_in_a_wrong_form_waives_nothing(
    specs: Path, changed: dict[str, str], expected: list[str]
) -> None:
    mistakes.make(specs, "KPI204")
    waive(specs, **changed)
    findings = check_folder(specs)[1]
    # A file that cannot be read says nothing, and what depends on it is not judged until it can.
    assert [one.rule for one in findings] == expected, findings_text(findings)
    assert [one.severity for one in findings if one.rule == "KPI204"] == [Severity.WARNING] * expected.count("KPI204")


def test_an_expired_waiver_is_told_with_what_it_waived(specs: Path, golden: Callable[[Path, str], None]) -> None:
    mistakes.make(specs, "KPI204")
    waive(specs, expires_on="2017-12-30")
    golden(HERE / "expected/expired_waiver.txt", findings_text(check_folder(specs)[1]))


def test_without_a_day_in_the_calendar_the_day_of_asking_counts(specs: Path) -> None:
    calendar = "metrics/calendar.yml"
    write(specs, {calendar: (specs / calendar).read_text().replace("as_of: 2017-12-31\n", "")})
    mistakes.make(specs, "KPI219")
    assert codes(specs) == []
    assert codes(specs, asked_on=date(2015, 12, 31)) == []
    assert codes(specs, asked_on=date(2016, 1, 1)) == ["KPI219"]


def test_what_was_there_before_the_rules_hold_is_left_as_it_is(specs: Path) -> None:
    for code in mistakes.CODES:
        mistakes.make(specs, code)
    add(specs, ORGANISATION, "governance: {from: 2018-01-01, reason: It is judged when it changes}\n")
    assert codes(specs) == []
    changed = agreement("north", *targets({"revenue": "0.5", "margin": "0.3", "days_to_ship": "0.2"}))
    path, text = changed
    event = text[text.index("  - event: agreed") :].replace("event: agreed", "event: amended").replace("'1'", "'2'")
    write(specs, {path: text + event.replace("2016-12-12", "2018-01-02").replace("2017-01-01", "2017-12-01")})
    assert codes(specs) == ["KPI207"]


def test_an_agreement_of_a_year_that_is_over_is_not_judged_and_one_to_come_is(specs: Path) -> None:
    past = agreement("north", *targets({"revenue": "1"}), valid_from="2016-01-01", valid_to="2016-12-31")
    write(specs, dict([past]))
    assert codes(specs) == []
    days = {"valid_from": "2018-01-01", "valid_to": "2018-12-31", "agreement": "north_2018"}
    write(specs, dict([agreement("north", *targets({"revenue": "0.5", "shipped_in_time": "0.4"}), **days)]))
    assert codes(specs) == ["KPI222"]


SECOND = {
    "outcomes_weigh_less": (
        "KPI202",
        dict([agreement("south", *targets({"revenue": "0.2", "visits": "0.5", "orders": "0.3"}))]),
    ),
    "lagging_by_day": ("KPI208", dict([kpi("queue", cadence="day", grains="[day, month]")])),
    "baseline_of_half_a_year": (
        "KPI217",
        dict(
            [
                agreement(
                    "coast",
                    *targets({"revenue": "0.5", "visits_to_orders": "0.3"}),
                    target(
                        "shipped_in_time",
                        "0.2",
                        baseline="baseline: {from: 2016-07, to: 2016-12, method: mean, value: '0.9', source: erp}",
                    ),
                )
            ]
        ),
    ),
    "baseline_from_nowhere": (
        "KPI217",
        dict(
            [
                agreement(
                    "coast",
                    *targets({"revenue": "0.5", "visits_to_orders": "0.3"}),
                    target(
                        "shipped_in_time",
                        "0.2",
                        baseline="baseline: {from: 2016-01, to: 2016-12, method: mean, value: '0.9', source: ear}",
                    ),
                )
            ]
        ),
    ),
    "trial_without_a_question": (
        "KPI224",
        dict([agreement("island", *targets({"revenue": "0.5", "shipped_in_time": "0.5"}), pilot="true")]),
    ),
    "no_weight_at_all": (
        "KPI222",
        dict([agreement("lakes", target("revenue", None), target("shipped_in_time", None))]),
    ),
}


@pytest.mark.parametrize("name", SECOND)
def test_the_other_ways_to_break_a_rule_are_found_too(name: str, specs: Path) -> None:
    code, files = SECOND[name]
    write(specs, files)
    findings = check_folder(specs)[1]
    assert [one.rule for one in findings] == [code], findings_text(findings)


GOOD = {
    "a trial needs no weights": dict(
        [
            agreement(
                "island",
                target("revenue", None),
                target("shipped_in_time", None),
                reason="{kind: pilot, text: Can it be steered by these?}",
                pilot="true",
            )
        ]
    ),
    "what must be met exactly needs no baseline": dict(
        [
            agreement(
                "coast",
                *targets({"revenue": "0.5", "visits_to_orders": "0.3"}),
                target(
                    "shipped_in_time",
                    "0.2",
                    baseline=None,
                    target="target: {grain: month, value: '1', within: '0', comparison: exactly}",
                ),
            )
        ]
    ),
    "a department may have little influence": dict(
        [
            agreement(
                "sales",
                *targets({"revenue": "0.5", "visits_to_orders": "0.3"}),
                target("shipped_in_time", "0.2", influence="influence: 0.3"),
                proposed_by="head_of_sales",
            )
        ]
    ),
    "a quantity may be paired within the set": dict(
        [
            kpi("calls_handled", aspect="quantity"),
            agreement("market", *targets({"revenue": "0.5", "shipped_in_time": "0.3", "calls_handled": "0.2"})),
        ]
    ),
    "a review counts as a change": dict(
        [kpi("old_habit", since="2014-01-01", reviewed="{on: 2017-02-01, by: controller, says: Still right}")]
    ),
    "a deprecated KPI is left alone": dict(
        [kpi("old_habit", since="2014-01-01", objective=None, deprecated="{on: 2017-06-01, reason: Nobody reads it}")]
    ),
    "the company is held to more": dict(
        [
            agreement(
                "company",
                *targets({"revenue": "0.4", "margin": "0.1", "visits": "0.1", "orders": "0.1", "days_to_ship": "0.1"}),
                *targets({"visits_to_orders": "0.1", "shipped_in_time": "0.1"}),
                proposed_by="head_of_sales",
            )
        ]
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_sensible_is_not_found(name: str, specs: Path) -> None:
    write(specs, GOOD[name])
    findings = check_folder(specs)[1]
    assert findings == [], findings_text(findings)
