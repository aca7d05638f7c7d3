"""Question 8: what is the baseline of a KPI made of, and does it give the same number today?

A baseline is the mean or median of the months' values as published now, without the excluded months. It is held
against the recorded figure at the decimals that the figure was recorded with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.published import Cut, monthly_values, published
from kpiledger.audit.recorded import contents_of
from kpiledger.audit.standing import tree_facts
from kpiledger.errors import WrongUse
from kpiledger.nearest import suggestion
from kpiledger.periods import Period, periods_between
from kpiledger.vocabulary import Grain, Unit

COLUMNS = (
    "agreement", "version", "slice", "member", "from", "to", "excluded", "post_mortem", "method", "source", "recorded",
    "today", "difference", "holds", "months_used", "months_without_data", "proposed_by", "approved_by", "recorded_at",
    "entry",
)  # fmt: skip
_TARGETS = """
    select
        event.agreement, event.agreement_version, target.slice, target.member, target.baseline_from,
        target.baseline_to, target.baseline_method, target.baseline_source, target.baseline_value,
        event.proposed_by, event.approved_by, entry.recorded_at, entry.seq
    from target
    join event on event.seq = target.seq
    join entry on entry.seq = target.seq
    where target.kpi = ? and target.baseline_value is not null
    order by entry.seq, target.slice, target.member
"""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A recorded baseline: its months, those left out with their reasons, and how they become one figure."""

    cut: Cut
    first: Period
    last: Period
    excluded: Mapping[str, str]
    method: str
    value: str
    post_mortem: str | None = None

    @property
    def months(self) -> list[Period]:
        """The months that count."""
        between = periods_between(self.first.start, self.last.end, Grain.MONTH)
        return [month for month in between if str(month) not in self.excluded]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the published values give today; None where no month has one."""

    value: Decimal | None
    used: int
    without_data: tuple[str, ...]

    def rounded(self, smallest: Decimal) -> Decimal | None:
        """Today's figure at some decimals."""
        return None if self.value is None else self.value.quantize(smallest, ROUND_HALF_UP)


def answer(asked: Asked) -> Answer:
    """Every recorded baseline of a KPI, held against today's numbers."""
    index, kpi = asked.index(), asked.words["kpi"]
    targets = [
        row
        for row in index.execute(_TARGETS, [kpi]).fetchall()
        if asked.words.get("agreement", row[0]) == row[0] and asked.words.get("member", row[3]) == row[3]
    ]
    if not targets:
        known = [name for (name,) in index.execute("select distinct kpi from target order by kpi").fetchall()]
        narrowed = "".join(f", {word} {asked.words[word]}" for word in ("agreement", "member") if word in asked.words)
        hint = "ask without --agreement and --member" if narrowed else "`kpi history` shows what was agreed"
        raise WrongUse(
            f"no baseline of `{kpi}` is recorded{narrowed}",
            hint if kpi in known else suggestion(kpi, known, "KPIs with targets"),
        )
    digits = _AMOUNT if _is_amount(index, kpi) else 0
    contents = contents_of(asked.ledger, index, [row[-1] for row in targets])
    with published(asked.settings) as warehouse:
        values = monthly_values(warehouse, kpi)
    rows = []
    for row in targets:
        baseline = _baseline(Cut(kpi, row[2], row[3]), contents[row[-1]])
        rows.append(_row(row, baseline, recomputed(baseline, values.get(baseline.cut, {})), digits))
    unequal = sum(1 for row in rows if not row[COLUMNS.index("holds")])
    facts = {"baselines": len(rows), "not the same today": unequal, **tree_facts(index)}
    return Answer(COLUMNS, rows, (_told(kpi, len(rows), unequal),), _NOTES, holds=not unequal, facts=facts)


def recomputed(baseline: Baseline, values: Mapping[date, Decimal]) -> Recomputed:
    """The mean or median of the months that count and have a value."""
    found = [values[month.start] for month in baseline.months if month.start in values]
    without = tuple(str(month) for month in baseline.months if month.start not in values)
    if not found:
        return Recomputed(None, 0, without)
    value = median(found) if baseline.method == "median" else sum(found, Decimal(0)) / len(found)
    return Recomputed(value, len(found), without)


# Needless zeros are not recorded, so "20000" may have been written "20000.00": an amount is held to the cent.
_AMOUNT = 2
_NOTES = (
    "Today's figure is computed from the published values of the version in force in each month, and rounded as "
    "the recorded one; months without data are left out and named.",
)


def _baseline(cut: Cut, content: Mapping[str, Any]) -> Baseline:
    target = next(one for one in content["targets"] if _cut_of(one) == cut)
    shown = target["baseline"]
    excluded = {month["month"]: month["reason"] for month in shown["exclude"]}
    first, last = Period.parse(shown["from"]), Period.parse(shown["to"])
    post_mortem = shown.get("post_mortem")
    return Baseline(cut, first, last, excluded, shown["method"], shown["value"], post_mortem)


def _cut_of(target: Mapping[str, Any]) -> Cut:
    name, member = next(iter(target["slice"].items()), ("all", "all"))
    return Cut(target["kpi"], name, member)


def _row(row: Sequence[Any], baseline: Baseline, today: Recomputed, digits: int) -> tuple[object, ...]:
    recorded = Decimal(baseline.value)
    shown = today.rounded(Decimal(1).scaleb(-max(digits, len(baseline.value.partition(".")[2]))))
    difference = None if shown is None else shown - recorded
    excluded = ", ".join(f"{month} ({reason})" for month, reason in sorted(baseline.excluded.items()))
    return (
        *row[:6], excluded or None, baseline.post_mortem, baseline.method, row[7],
        recorded, shown, difference, difference == 0,
        today.used, ", ".join(today.without_data) or None, *row[9:],
    )  # fmt: skip


def _is_amount(index: DuckDBPyConnection, kpi: str) -> bool:
    query = "select definition->>'$.unit' from definition where kpi = ? order by seq desc limit 1"
    found = index.execute(query, [kpi]).fetchone()
    return found is not None and found[0] == Unit.CURRENCY


def _told(kpi: str, count: int, unequal: int) -> str:
    plural = "" if count == 1 else "s"
    verdict = "all give the same number today" if not unequal else f"{unequal} give another number today"
    return f"{count} recorded baseline{plural} of {kpi}; {verdict}"


QUESTION = Question(
    8,
    "The baseline of a KPI: months, exclusions, who, and does it recompute to the same number today",
    answer,
    needs=("kpi",),
    takes=("agreement", "member"),
)
