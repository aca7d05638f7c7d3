"""Question 16: do the totals of a period agree with the source systems, and what is known of each difference?

For a closed period also as they stood when it was closed.
"""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.numbers import period_asked, results_for
from kpiledger.audit.standing import tree_facts
from kpiledger.tracing.lines import counted
from kpiledger.vocabulary import Outcome

COLUMNS = (
    "of", "source", "table", "level", "bucket", "measure", "source_value", "warehouse_value", "difference", "tolerance",
    "outcome", "explanation",
)  # fmt: skip
# A total without a month is of the whole table. A record that differs belongs to the month that it is counted in.
_QUERY = """
    select source, table_name, level, coalesce(bucket, record_key) as bucket, measure, source_value, warehouse_value,
        difference, tolerance, outcome, explanation,
        try_cast(nullif(regexp_extract(coalesce(bucket, ''), 'month=([0-9]{{4}}-[0-9]{{2}})', 1), '') || '-01' as date)
            as month
    from {table}
    where (level = 'total' or outcome <> 'passed')
        and (month is null or month between $first and $last)
    order by source, table_name, level desc, bucket, measure
"""


def answer(asked: Asked) -> Answer:
    """A row for each total of the period, and for each record that differs."""
    period = period_asked(asked)
    words: dict[str, object] = {"first": period.start, "last": period.end}
    rows, summary, is_good = [], [], True
    for found in results_for(asked, period, "fct_reconciliation", "reconciliation.parquet", _QUERY, words):
        differing = [row for row in found.rows if row["outcome"] not in (Outcome.PASSED, Outcome.NOTHING_TO_CHECK)]
        is_good = is_good and all(row["outcome"] != Outcome.FAILED for row in differing)
        totals, records = (sum(1 for row in differing if row["level"] == level) for level in ("total", "row"))
        asked_for = sum(1 for row in found.rows if row["level"] == "total")
        said = f"{totals or 'none'} of them and {counted(records, 'record')} differ" if differing else "all agree"
        summary.append(f"{found.of}: {counted(asked_for, 'total')} of {period} or of a whole table, {said}")
        rows += [(found.of, *(value for name, value in row.items() if name != "month")) for row in found.rows]
    return Answer(COLUMNS, rows, tuple(summary), holds=is_good, facts=tree_facts(asked.index()))


QUESTION = Question(
    16,
    "Reconciliation of a period to the totals of its sources: difference, tolerance, explanation",
    answer,
    needs=("period",),
)
