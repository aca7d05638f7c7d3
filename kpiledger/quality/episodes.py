"""Since when is each registration issue open, and when was it fixed?

An episode is one time that a record broke a rule: it opens in the run that first finds it and ends in the first run
that asked and found it no more. A record that breaks the rule again later opens an episode of its own, so that
`first_seen` always says since when it is open this time, and the earlier row keeps when it was fixed.

All episodes are brought up to date by one query: a hundred thousand of them are no list for Python to go through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from kpiledger.quality.report import QualityReport, RegistrationIssue
from kpiledger.vocabulary import Outcome

Rule = tuple[str, str, str]
# The relation of `follow`: the columns of fct_registration_issue, and the order in which they began.
FOLLOWED = "followed"


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


_FOLLOW = f"""
create or replace temp view {FOLLOWED} as
with
    found as (
        select
            issue.source,
            issue.table_name,
            issue.rule,
            issue.record_key,
            arg_max(issue.run_id, issue.position) as run_id,
            arg_max(issue.found_at, issue.position) as found_at,
            arg_max(struct_pack(team := issue.team, starts_on := issue.period_start), issue.position) as place,
            min(issue.position) as position,
        from issue
        inner join asked on
            issue.source = asked.source and issue.table_name = asked.table_name and issue.rule = asked.rule
        where asked.is_answered
        group by issue.source, issue.table_name, issue.rule, issue.record_key
    ),

    standing as (
        select
            known.*,
            known.is_open and asked.rule is null as is_gone,
            known.is_open and asked.is_answered and found.rule is not null as is_found,
            known.is_open and asked.is_answered and found.rule is null as is_fixed,
            asked.checked_at,
            found.run_id as found_in,
            found.found_at,
            found.place,
        from known
        left join asked on
            known.source = asked.source and known.table_name = asked.table_name and known.rule = asked.rule
        left join found on
            known.source = found.source and known.table_name = found.table_name and known.rule = found.rule
            and known.record_key = found.record_key
    ),

    begun as (
        select found.*
        from found
        left join known on
            known.is_open
            and known.source = found.source and known.table_name = found.table_name and known.rule = found.rule
            and known.record_key = found.record_key
        where known.rule is null
    )

select
    if(is_found, found_in, run_id) as run_id,
    source,
    table_name,
    rule,
    record_key,
    if(is_found, place.team, team) as team,
    if(is_found, place.starts_on, period_start) as period_start,
    first_seen,
    if(is_found, found_at, last_seen) as last_seen,
    if(is_fixed, checked_at, fixed_at) as fixed_at,
    is_open and not coalesce(is_gone, false) and not coalesce(is_fixed, false) as is_open,
    false as is_new,
    position,
from standing
union all
select
    run_id,
    source,
    table_name,
    rule,
    record_key,
    place.team,
    place.starts_on,
    found_at,
    found_at,
    null,
    true,
    true,
    position,
from begun
"""


def follow(link: duckdb.DuckDBPyConnection, report: QualityReport) -> None:
    """Make the view `followed`: what is in table `known`, brought up to date by a run's report.

    Its order is `is_new, position`: those first found stand behind those known. A rule that could not run says
    nothing: its episodes stay as they are, and none begins. A waived rule is asked like any other. Episodes of a rule
    that is no longer there end without having been fixed.
    """
    link.execute(
        "create or replace temp table asked "
        "(source varchar, table_name varchar, rule varchar, checked_at timestamp, is_answered boolean)"
    )
    for rule, (checked_at, is_answered) in _asked(report).items():
        link.execute("insert into asked values (?, ?, ?, ?, ?)", [*rule, checked_at, is_answered])
    link.execute(
        "create or replace temp table issue "
        "(position bigint, run_id varchar, source varchar, table_name varchar, rule varchar, found_at timestamp, "
        "record_key varchar, team varchar, period_start date)"
    )
    count = 0
    for shared, issues in _together(report).items():
        # What is the same for all of them is bound once: handing over lists is what takes the time.
        keys = [one.record_key for one in issues]
        teams = [one.team for one in issues]
        days = [one.period_start and one.period_start.isoformat() for one in issues]
        link.execute(
            "insert into issue select $6 + generate_subscripts($7::varchar[], 1), $1, $2, $3, $4, $5, "
            "unnest($7::varchar[]), unnest($8::varchar[]), cast(unnest($9::varchar[]) as date)",
            [*shared, count, keys, teams, days],
        )
        count += len(issues)
    link.execute(_FOLLOW)


def _asked(report: QualityReport) -> dict[Rule, tuple[datetime, bool]]:
    """When each rule was checked, and whether it gave an answer."""
    asked: dict[Rule, tuple[datetime, bool]] = {}
    for one in report.results:
        rule = (one.source, one.table_name, one.rule)
        answered = one.outcome is not Outcome.COULD_NOT_RUN or asked.get(rule, (None, False))[1]
        asked[rule] = (_plain(one.checked_at), answered)
    return asked


def _together(report: QualityReport) -> dict[tuple[str, str, str, str, datetime], list[RegistrationIssue]]:
    """The issues by all that a rule's have in common."""
    found: dict[tuple[str, str, str, str, datetime], list[RegistrationIssue]] = {}
    for one in report.issues:
        found.setdefault((one.run_id, one.source, one.table_name, one.rule, _plain(one.found_at)), []).append(one)
    return found


def _plain(at: datetime) -> datetime:
    """UTC without saying so, as every column in `_at` has it."""
    return at.replace(tzinfo=None)
