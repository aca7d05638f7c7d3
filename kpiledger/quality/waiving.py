"""Sets broken checks aside that are waived on the as-of date, and says of the others when their waiver ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from kpiledger.quality.report import CheckResult, QualityReport
from kpiledger.specs.waiver import Waiver
from kpiledger.vocabulary import Outcome

# What could not be verified is not known to be broken, and nobody can accept it unseen.
_WAIVABLE = (Outcome.FAILED, Outcome.WARNED)


def waived(report: QualityReport, waivers: Sequence[Waiver], as_of: date, run_on: date) -> QualityReport:
    """The report with what is waived set aside: it does not block, and says why, by whom and until when.

    A waiver counts that holds both for the as-of date and on the day of the run: one that expired is not revived by
    asking for the figures of an earlier day.
    """
    return replace(report, results=tuple(_judged(result, waivers, as_of, run_on) for result in report.results))


def _judged(result: CheckResult, waivers: Iterable[Waiver], as_of: date, run_on: date) -> CheckResult:
    own = [one for one in waivers if one.is_of(result.rule, result.source, result.table_name)]
    if result.outcome not in _WAIVABLE or not own:
        return result
    in_force = next((one for one in own if one.holds_on(as_of) and one.holds_on(run_on)), None)
    if in_force is None:
        ended = [one.expires_on for one in own if one.expires_on < max(as_of, run_on)]
        told = f"; its waiver expired on {max(ended)}" if ended else ""
        return replace(result, message=result.message + told)
    return replace(
        result,
        outcome=Outcome.WAIVED,
        is_blocking=False,
        message=f"{result.message}; waived until {in_force.expires_on}, approved by {in_force.approved_by}: "
        f"{in_force.reason}",
        waived_until=in_force.expires_on,
        waiver_reason=in_force.reason,
        waiver_approved_by=in_force.approved_by,
    )
