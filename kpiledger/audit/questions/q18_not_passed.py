"""Question 18: which checks failed, did not run or were waived for a period, who let them pass, and why?

Checks are of a run; for a closed period also of the run that it was closed from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.closes import rule_changes
from kpiledger.audit.numbers import entries_behind, period_asked, results_for
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.overriding import last_day_of
from kpiledger.closing.standing import closes_in
from kpiledger.ledger.subjects import resolving
from kpiledger.tracing.checked import overrides_in
from kpiledger.vocabulary import Outcome
from kpiledger.warehouse import open_current, rows_of

COLUMNS = (
    "of", "source", "table", "rule", "says", "outcome", "failing", "failing_in_period", "message", "accepted_by",
    "until", "why",
)  # fmt: skip
Row = tuple[object, ...]
_BAD = (Outcome.FAILED, Outcome.COULD_NOT_RUN)
_QUERY = """
    select source, table_name, rule, says, outcome, failing_count, message, waiver_approved_by, waived_until,
        waiver_reason
    from {table} where outcome <> 'passed' order by source, table_name, rule
"""
_IN_PERIOD = """
    select source, table_name, rule, count(*) as failing from kpi.fct_registration_issue
    where period_start between ? and ? group by all
"""


def answer(asked: Asked) -> Answer:
    """A row for each check that did not pass, with the rows of the period that break it."""
    period, plain = period_asked(asked), resolving(asked.ledger)
    let_pass = {
        (one.content["source"], one.content.get("table"), one.content["check"]): {
            **plain(one.content),
            "entry": one.seq,
            "last": last_day_of(one),
        }
        for one in overrides_in(entries_behind(asked), period, asked.reckoning())
    }
    with open_current(asked.settings.warehouse) as warehouse:
        issues = rows_of(warehouse, _IN_PERIOD, [period.start, period.end])
    broken = {(row["source"], row["table_name"], row["rule"]): row["failing"] for row in issues}
    standing = [
        one for one in closes_in(entries_behind(asked)) if one.is_standing and one.holds(period.start, period.end)
    ]
    rows, summary, is_good = [], [], True
    for found in results_for(asked, period, "fct_check_result", "checks.parquet", _QUERY, {}):
        for row in found.rows:
            names = row["source"], row["table_name"], row["rule"]
            override = let_pass.get(names) or let_pass.get((names[0], None, names[2]))
            is_good = is_good and (override is not None or row["outcome"] not in _BAD)
            rows.append(_row(found.of, row, override, broken))
        counts = Counter(row["outcome"].replace("_", " ") for row in found.rows)
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "every check passed"
        summary.append(f"{found.of}: {told}")
    summary += [line for close in standing for line in rule_changes(asked, close)]
    return Answer(COLUMNS, rows, tuple(summary), _NOTES, is_good, tree_facts(asked.index()))


_NOTES = ("failing counts all rows that break the rule, failing_in_period those that belong to a month of the period.",)


def _row(
    of: str, row: Mapping[str, Any], override: Mapping[str, Any] | None, broken: Mapping[tuple[str, str, str], int]
) -> Row:
    accepted, until, why = row["waiver_approved_by"], row["waived_until"], row["waiver_reason"]
    if override is not None:
        accepted, until = override["approved_by"], f"the close of {override['period']}, {override['last']} at most"
        why = f"{override['reason']} (override by {override['overridden_by']}, entry {override['entry']})"
    here = broken.get((row["source"], row["table_name"], row["rule"]), 0) if of == "published" else None
    return (
        of, row["source"], row["table_name"], row["rule"], row["says"], row["outcome"], row["failing_count"], here,
        row["message"], accepted, until, why,
    )  # fmt: skip


QUESTION = Question(18, "Checks failed, skipped or waived for a period: who, why", answer, needs=("period",))
