"""What did the checks of the published run say, and what of it forbids to close a period?

Only sources that a KPI rests on are asked for. A check that is declared and left no result has not passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from kpiledger.closing.overriding import Overrides, override_for
from kpiledger.ledger.entry import Entry
from kpiledger.project import Project
from kpiledger.spot_checks.standing import Outcome as Ended
from kpiledger.spot_checks.standing import spot_checks
from kpiledger.vocabulary import Outcome
from kpiledger.warehouse import rows_of

RECONCILIATION = "reconciliation"
_BAD = (Outcome.FAILED, Outcome.COULD_NOT_RUN)
_SHOWN = {Ended.PASSED, Ended.NOTHING_TO_CHECK}
_RESULTS = """
    select source, table_name as table, rule, severity, outcome, is_blocking, message
    from kpi.fct_check_result order by source, table_name, rule
"""


@dataclass(frozen=True, slots=True)
class Result:
    """How a check of the published run ended."""

    source: str
    table: str
    rule: str
    severity: str
    outcome: str
    is_blocking: bool
    message: str | None


@dataclass(frozen=True, slots=True)
class CheckedPeriod:
    """The results of the published run, the overrides for the period, and the sources whose spot checks were judged.

    `spot_checks` says for each source whether its claim held.
    """

    results: Sequence[Result]
    overrides: Overrides
    spot_checks: Mapping[str, bool]

    def forbidding(self, project: Project, sources: Iterable[str]) -> Iterator[str]:
        """What of the checks of some sources forbids a close, a sentence each."""
        wanted = frozenset(sources)
        there = {(one.source, one.table, one.rule) for one in self.results}
        for one in self.results:
            is_bad = one.outcome in _BAD and (one.is_blocking or one.severity == "blocking")
            if one.source in wanted and is_bad and not override_for(self.overrides, one.source, one.table, one.rule):
                words = one.outcome.replace("_", " ")
                yield f"{one.rule} on {one.source}.{one.table} {words}: {one.message or 'no message'}"
        for source, table, rule in _declared(project, wanted):
            if (source, table, rule) not in there and not override_for(self.overrides, source, table, rule):
                yield f"{rule} on {source}.{table} has no result in the published run"

    def rules_of(self, sources: Sequence[str]) -> tuple[bool, str]:
        """Whether the registration rules of some sources passed; one that was waived has not."""
        return self._passed(one for one in self.results if one.source in sources and one.rule != RECONCILIATION)

    def reconciliations_of(self, sources: Sequence[str]) -> tuple[bool, str]:
        """Whether some sources agree with the warehouse."""
        return self._passed(one for one in self.results if one.source in sources and one.rule == RECONCILIATION)

    def spot_checks_of(self, sources: Sequence[str]) -> tuple[bool, str]:
        """Whether rows of the period were held against some sources."""
        done = [source for source in sources if self.spot_checks.get(source)]
        missed = [source for source in sources if self.spot_checks.get(source) is False]
        if missed:
            return False, f"a sample does not show its claim: {', '.join(missed)}"
        return bool(done), f"of {', '.join(done)}" if done else "none of the period"

    def _passed(self, results: Iterable[Result]) -> tuple[bool, str]:
        held = list(results)
        amiss = [f"{one.rule} {one.outcome.replace('_', ' ')}" for one in held if one.outcome != Outcome.PASSED]
        if not held:
            return False, "nothing was checked"
        told = f"{len(held) - len(amiss)} of {len(held)} passed"
        return not amiss, f"{told}: {', '.join(sorted(set(amiss)))}" if amiss else told


def checked_period(
    warehouse: DuckDBPyConnection, entries: Sequence[Entry], overrides: Overrides, period: str
) -> CheckedPeriod:
    """What the published run and the ledger say of a period."""
    results = tuple(Result(**row) for row in rows_of(warehouse, _RESULTS))
    return CheckedPeriod(results, overrides, _spot_checks(entries, period))


def _declared(project: Project, sources: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Every check that expectations declare: rules, and the reconciliation."""
    for source in sorted(sources & set(project.expectations)):
        for table in project.expectations[source].tables:
            yield from ((source, table.table, rule.id) for rule in table.rules)
            if table.reconcile is not None:
                yield source, table.table, RECONCILIATION


def _spot_checks(entries: Sequence[Entry], period: str) -> Mapping[str, bool]:
    """For each source with a judged sample of the period whether all of its judged samples show their claims.

    A sample that fails is not made good by another that is drawn after it, nor by one of another table. A direction
    that nobody could look in shows nothing.
    """
    found: dict[str, bool] = {}
    for check in spot_checks(entries):
        if check.content["period"] == period and check.verdict is not None:
            ends = {part.outcome for part in check.parts}
            is_shown = check.is_seed_right and Ended.PASSED in ends and ends <= _SHOWN
            source = check.content["source"]
            found[source] = found.get(source, True) and is_shown
    return found
