"""Which records break a rule, since when, and whose they are: per rule on the page of a run, and per team to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpiledger.audit.answer import Answer
from kpiledger.audit.rendering import render_csv
from kpiledger.pages.addresses import todo_address
from kpiledger.pages.dates import day_text, moment_text
from kpiledger.pages.provenance import person_text
from kpiledger.pages.quality_queries import IssueRow, QualityReadings, Rule
from kpiledger.project import Project

# So many keys of a rule stand on the page of the run; all of them stand in the list of their team.
KEYS_SHOWN = 8
# A page of so many records stays below 60 KB; the file beside it has all.
RECORDS_SHOWN = 250
NO_TEAM = "no team named"
_COLUMNS = ("source", "table", "rule", "says", "record_key", "team", "month", "first_seen", "last_seen")


@dataclass(frozen=True, slots=True)
class TeamShare:
    """How many open records of a rule are one team's."""

    label: str
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class OpenIssues:
    """The open records of a rule: since when, how many are new in this run, who has them; and how many were fixed."""

    count: int
    since: str
    is_all_new: bool
    new_count: int
    fixed_count: int
    teams: tuple[TeamShare, ...]
    keys: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class TodoRecord:
    """One record to put right."""

    key: str
    month: str
    since: str


@dataclass(frozen=True, slots=True)
class TodoRule:
    """The records of a team that break one rule."""

    rule: str
    says: str
    place: str
    records: tuple[TodoRecord, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Todo:
    """All that a team has to put right; `file` holds every record, the page as many as a reader can take in."""

    label: str
    address: str
    file: str
    count: int
    since: str
    rules: tuple[TodoRule, ...]
    left_out: int
    csv: str


def open_issues(project: Project, readings: QualityReadings, rule: Rule) -> OpenIssues | None:
    """What is open of a rule and what this run found fixed; None where there is neither."""
    own = readings.issues.get(rule, ())
    found = [row for row in own if row.is_open]
    fixed = sum(row.fixed_at is not None and row.fixed_at == readings.checked_at for row in own)
    if not found and not fixed:
        return None
    first = min((row.first_seen for row in found), default=None)
    new = sum(row.first_seen == readings.checked_at for row in found)
    return OpenIssues(
        count=len(found),
        since=moment_text(first) if first else "",
        is_all_new=new == len(found),
        new_count=new,
        fixed_count=fixed,
        teams=_teams(project, found),
        keys=tuple(row.record_key for row in found[:KEYS_SHOWN]),
        more=max(len(found) - KEYS_SHOWN, 0),
    )


def todos(project: Project, readings: QualityReadings) -> tuple[Todo, ...]:
    """A list for each team with open issues, the longest first; what names no team has a list of its own."""
    says = {(row.source, row.table_name, row.rule): row.says for row in readings.checks}
    teams: dict[str | None, dict[Rule, list[IssueRow]]] = {}
    for rule, rows in readings.issues.items():
        for row in rows:
            if row.is_open:
                teams.setdefault(row.team, {}).setdefault(rule, []).append(row)
    lists = [_todo(project, team, rules, says) for team, rules in teams.items()]
    return tuple(sorted(lists, key=lambda one: (-one.count, one.label)))


def team_text(project: Project, team: str | None) -> str:
    """A team by its label; a region or group that is no unit by its own name."""
    return NO_TEAM if team is None else person_text(project, team)


def _teams(project: Project, rows: Sequence[IssueRow]) -> tuple[TeamShare, ...]:
    counts: dict[str | None, int] = {}
    for row in rows:
        counts[row.team] = counts.get(row.team, 0) + 1
    shares = (TeamShare(team_text(project, team), todo_address(team), count) for team, count in counts.items())
    return tuple(sorted(shares, key=lambda one: (-one.count, one.label)))


def _todo(
    project: Project, team: str | None, rules: Mapping[Rule, Sequence[IssueRow]], says: Mapping[Rule, str]
) -> Todo:
    left, shown = RECORDS_SHOWN, []
    for rule, own in rules.items():
        source, table, name = rule
        records = tuple(_record(row) for row in own[:left])
        left -= len(records)
        shown.append(TodoRule(name, says.get(rule, ""), f"{source}.{table}", records, len(own)))
    rows = [row for own in rules.values() for row in own]
    return Todo(
        label=team_text(project, team),
        address=todo_address(team),
        file=todo_address(team).removesuffix(".html") + ".csv",
        count=len(rows),
        since=day_text(min(row.first_seen for row in rows).date()),
        rules=tuple(shown),
        left_out=max(len(rows) - RECORDS_SHOWN, 0),
        csv=render_csv(Answer(_COLUMNS, [_line(row, says) for row in rows])) + "\n",
    )


def _record(row: IssueRow) -> TodoRecord:
    month = f"{row.period_start:%Y-%m}" if row.period_start else ""
    return TodoRecord(row.record_key, month, day_text(row.first_seen.date()))


def _line(row: IssueRow, says: Mapping[Rule, str]) -> tuple[object, ...]:
    place = (row.source, row.table_name, row.rule)
    month = f"{row.period_start:%Y-%m}" if row.period_start else None
    return (*place, says.get(place, ""), row.record_key, row.team, month, row.first_seen, row.last_seen)
