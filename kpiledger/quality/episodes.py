"""Since when is each registration issue open, and when was it fixed?

An episode is one time that a record broke a rule: it opens in the run that first finds it and ends in the first run
that asked and found it no more. A record that breaks the rule again later opens an episode of its own, so that
`first_seen` always says since when it is open this time, and the earlier row keeps when it was fixed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from kpiledger.quality.report import CheckResult, QualityReport, RegistrationIssue
from kpiledger.vocabulary import Outcome

Rule = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a record broke a rule; the fields are the columns of fct_registration_issue, in order.

    `fixed_at` is null while it is open, and stays null where the rule was taken away before the record was fixed.
    """

    run_id: str
    source: str
    table_name: str
    rule: str
    record_key: str
    team: str | None
    period_start: date | None
    first_seen: datetime
    last_seen: datetime
    fixed_at: datetime | None
    is_open: bool

    @property
    def of_rule(self) -> Rule:
        """The rule that the record breaks: its source, table and id."""
        return (self.source, self.table_name, self.rule)


def followed(known: Iterable[Episode], report: QualityReport) -> tuple[Episode, ...]:
    """What was known, brought up to date by a run's report; open ones first found stand behind those known.

    A rule that could not run says nothing: its episodes stay as they are, and none begins. A waived rule is asked
    like any other. Episodes of a rule that is no longer there end without having been fixed.
    """
    times = {_rule(result): result.checked_at for result in report.results}
    asked = {_rule(result) for result in report.results if result.outcome is not Outcome.COULD_NOT_RUN}
    found = {(_rule(issue), issue.record_key): issue for issue in report.issues if _rule(issue) in asked}
    standing = [_standing(one, found, asked, times) for one in known]
    still_open = {(one.of_rule, one.record_key) for one in standing if one.is_open}
    return (*standing, *(_begun(issue) for place, issue in found.items() if place not in still_open))


def _standing(
    known: Episode,
    found: dict[tuple[Rule, str], RegistrationIssue],
    asked: Collection[Rule],
    times: dict[Rule, datetime],
) -> Episode:
    if not known.is_open:
        return known
    if known.of_rule not in times:
        return replace(known, is_open=False)
    if known.of_rule not in asked:
        return known
    issue = found.get((known.of_rule, known.record_key))
    if issue is None:
        return replace(known, is_open=False, fixed_at=_plain(times[known.of_rule]))
    return replace(_begun(issue), first_seen=known.first_seen)


def _begun(issue: RegistrationIssue) -> Episode:
    seen = _plain(issue.found_at)
    return Episode(
        issue.run_id, issue.source, issue.table_name, issue.rule, issue.record_key, issue.team, issue.period_start,
        first_seen=seen, last_seen=seen, fixed_at=None, is_open=True,
    )  # fmt: skip


def _rule(row: CheckResult | RegistrationIssue) -> Rule:
    return (row.source, row.table_name, row.rule)


def _plain(at: datetime) -> datetime:
    """UTC without saying so, as every column in `_at` has it."""
    return at.replace(tzinfo=None)
