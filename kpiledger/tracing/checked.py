"""How did the checks end that a number rests on: rules, reconciliation, spot checks, and what was let pass?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kpiledger.closing.judged import not_counting
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period, Reckoning
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.tracing.lines import Line, Traced, counted
from kpiledger.vocabulary import Outcome

_CHECKS = """
    select source, table_name, rule, says, outcome, message, failing_count, rows_tested
    from kpi.fct_check_result
    where (source in (select unnest($sources::varchar[])) and rule <> 'reconciliation')
        or (source = $warehouse and table_name in (select unnest($facts::varchar[])))
    order by source, table_name, rule
"""
_RECONCILED = """
    select source, table_name, outcome, message
    from kpi.fct_check_result
    where rule = 'reconciliation' and source in (select unnest($sources::varchar[])) order by source, table_name
"""
_SPOT_CHECKS = """
    select spot_check, source, table_name, period, stratum, direction, sample_size, errors_found, outcome, judged_seq
    from kpi.fct_spot_check where source in (select unnest($sources::varchar[]))
    order by planned_seq, stratum, direction
"""


def check_lines(traced: Traced) -> Iterator[Line]:
    """Each check that did not pass, and for each table the rules that did."""
    passed: dict[str, list[str]] = {}
    words = {"sources": sorted(traced.sources), "facts": [fact.fact for fact in traced.facts]}
    for row in traced.rows(_CHECKS, **words, warehouse=WAREHOUSE):
        name = f"{row['source']}.{row['table_name']}"
        if row["outcome"] == Outcome.PASSED:
            passed.setdefault(name, []).append(row["rule"])
        else:
            yield Line("check", f"{row['rule']} on {name}", f"{row['says']}: {row['message']}", row["outcome"])
    for name, rules in sorted(passed.items()):
        yield Line("check", name, ", ".join(rules), Outcome.PASSED.value)


def override_lines(traced: Traced) -> Iterator[Line]:
    """The recorded decisions by which a check of its sources may fail, for periods that touch the number's."""
    reckoning = traced.project.calendar.reckoning
    for entry in overrides_in(traced.entries, traced.number.period, reckoning):
        if entry.content["source"] in traced.sources:
            yield override_line(traced.values_of(entry.content), entry)


def overrides_in(entries: Iterable[Entry], period: Period, reckoning: Reckoning) -> Iterator[Entry]:
    """The overrides that count, for periods that have a day in common with one; policy and keys stand among them."""
    read = tuple(entries)
    void = not_counting(read)
    for entry in read:
        if entry.kind is EntryKind.CHECK_OVERRIDDEN and entry.entry_hash not in void:
            of = Period.parse(entry.content["period"], reckoning)
            if of.start <= period.end and period.start <= of.end:
                yield entry


def override_line(said: Mapping[str, Any], entry: Entry) -> Line:
    """Who let a check fail, with whose approval, and why."""
    told = (
        f"for {said['period']}, by {said['overridden_by']}, approved by {said['approved_by']}, "
        f"{entry.recorded_at:%Y-%m-%d}, entry {entry.seq}: {said['reason']}"
    )
    return Line("override", f"{said['check']} on {overridden(said)}", told, entry.entry_hash)


def overridden(said: Mapping[str, Any]) -> str:
    """The source of an override, with its table where it names one."""
    return f"{said['source']}.{said['table']}" if said.get("table") else str(said["source"])


def reconciliation_lines(traced: Traced) -> Iterator[Line]:
    """Whether each table agrees with its source."""
    for row in traced.rows(_RECONCILED, sources=sorted(traced.sources)):
        yield Line("reconciliation", f"{row['source']}.{row['table_name']}", str(row["message"]), row["outcome"])


def spot_check_lines(traced: Traced) -> Iterator[Line]:
    """The samples of its sources that people looked at, with what they found."""
    found = traced.rows(_SPOT_CHECKS, sources=sorted(traced.sources))
    for row in found:
        judged = f", entry {row['judged_seq']}" if row["judged_seq"] else ""
        errors = "not judged" if row["errors_found"] is None else f"{counted(row['errors_found'], 'error')} found"
        said = (
            f"{row['source']}.{row['table_name']} {row['period']}, {row['stratum']}, {row['direction']}: "
            f"{counted(row['sample_size'], 'row')} drawn, {errors}{judged}"
        )
        yield Line("spot check", row["spot_check"], said, row["outcome"])
    if not found:
        yield Line("spot check", "none", "no rows of its sources were drawn")
