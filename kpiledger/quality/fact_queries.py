"""The SQL of the checks that every fact gets: the counts of all of them in one statement, the rows of one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpiledger.specs.automatic import Automatic, reached_models
from kpiledger.specs.fact import Fact

# A year outside of these is a slip of the keyboard or a stand-in for "never", and no day that something happened on.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
Places = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FactCheck:
    """One check: the conditions that pick tested and failing rows of `model`, and how a row of it is named.

    `repeated` are columns whose values no two rows may share; `parent` the model and key that `parent_key` names.
    """

    name: str
    says: str
    severity: Literal["blocking", "warning"]
    model: str
    key: tuple[str, ...]
    period: str | None
    tested: str
    failing: str
    repeated: tuple[str, ...] = ()
    parent: tuple[str, str] | None = None

    def offending(self, places: Places) -> str:
        """The query for the key columns and the period of each failing row."""
        period = _quoted(self.period) if self.period else "null"
        shown = [f"{_quoted(name)} as key_{number}" for number, name in enumerate(self.key)]
        return (
            f"with {self._seen(places)} select {', '.join(shown)}, {period} as period_of_row from seen "
            f"where ({self.tested}) and ({self.failing}) group by all order by all"
        )

    def counts(self, places: Places) -> str:
        """The query for the rows of the model, the tested and the failing ones."""
        if self.repeated:
            # Grouped, which is cheaper than to look at each row beside those that share its key.
            names = ", ".join(_quoted(name) for name in self.repeated)
            return (
                f"with keyed as (select {names}, count(*) as row_count from {places[self.model]} group by {names}) "
                "select coalesce(sum(row_count), 0) as in_table, coalesce(sum(row_count), 0) as tested, "
                f"coalesce(sum(case when {self.failing} then row_count else 0 end), 0) as failing from keyed"
            )
        return (
            f"with {self._seen(places)} select count(*) as in_table, "
            f"coalesce(sum(case when {self.tested} then 1 else 0 end), 0) as tested, "
            f"coalesce(sum(case when ({self.tested}) and ({self.failing}) then 1 else 0 end), 0) as failing from seen"
        )

    def _seen(self, places: Places) -> str:
        own = places[self.model]
        if self.repeated:
            names = ", ".join(_quoted(name) for name in self.repeated)
            return f"seen as (select *, count(*) over (partition by {names}) as row_count from {own})"
        if self.parent:
            model, key = self.parent
            column = _quoted(key)
            return (
                f"parent as (select distinct {column} as parent_key from {places[model]} where {column} is not null), "
                f"seen as (select own.*, parent.parent_key from {own} as own "
                f"left join parent on own.{column} = parent.parent_key)"
            )
        return f"seen as (select * from {own})"


def fact_checks(fact: Fact, first: date, last: date) -> tuple[FactCheck, ...]:
    """The checks of a fact; dates lie between the first day of the calendar and the last day that there can be."""
    times = (fact.time, *fact.times)
    moment = f"cast({_quoted(fact.time)} as date)"
    empty = " or ".join(f"{_quoted(name)} is null" for name in fact.key)
    years = f"year({moment}) between {_FIRST_YEAR} and {_LAST_YEAR}"
    outside = [f"cast({_quoted(name)} as date) not between date '{first}' and date '{last}'" for name in times]
    dated = " or ".join(f"{_quoted(name)} is not null" for name in times)
    own = (fact.model, fact.key, fact.time)
    named, dates = ", ".join(fact.key), " or ".join(times)
    return (
        FactCheck(
            Automatic.KEY, f"The key {named} of {fact.model} is filled in and stands once", "blocking", *own,
            "true", f"{empty} or row_count > 1", fact.key,
        ),
        FactCheck(
            Automatic.TIME, f"Every row of {fact.model} has a date in {fact.time} that can be one", "blocking", *own,
            "true", f"coalesce(not {years}, true)",
        ),
        FactCheck(
            Automatic.SPAN, f"No {dates} lies before {first}, where the calendar begins, or in the future",
            "warning", *own, dated, " or ".join(f"coalesce({one}, false)" for one in outside),
        ),
        *(check for name, model, key in reached_models(fact) for check in _reached(fact, name, model, key)),
    )  # fmt: skip


def _reached(fact: Fact, name: str, model: str, key: str) -> tuple[FactCheck, FactCheck]:
    column = _quoted(key)
    return (
        FactCheck(
            f"{Automatic.REF}:{name}", f"Every {key} of {fact.model} stands in {model}", "blocking",
            fact.model, fact.key, fact.time, f"{column} is not null", "parent_key is null", parent=(model, key),
        ),
        FactCheck(
            f"{Automatic.DIM}:{name}", f"The key {key} of {model} is filled in and stands once", "blocking",
            model, (key,), None, "true", f"{column} is null or row_count > 1", (key,),
        ),
    )  # fmt: skip


def fused(fact: Fact, checks: Sequence[FactCheck], places: Places) -> str:
    """One row with the counts of all checks, three for each in their order."""
    parts = [f"check_{number} as ({check.counts(places)})" for number, check in enumerate(checks)]
    columns = [f"check_{number}.*" for number in range(len(checks))]
    joined = " cross join ".join(f"check_{number}" for number in range(len(checks)))
    return f"with {', '.join(parts)} select {', '.join(columns)} from {joined}"


def _quoted(name: str) -> str:
    return f'"{name}"'
