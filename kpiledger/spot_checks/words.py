"""What a plan asks for and what a verdict shows, in sentences for an auditor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from kpiledger.sampling import Claim, sample_size
from kpiledger.spot_checks.standing import Outcome, PartStanding, SpotCheckStanding


def plan_lines(check: SpotCheckStanding) -> Iterator[str]:
    """The plan, part by part, with both risks."""
    claim = check.claim
    below, sure = percent(Fraction(claim.error_share_below)), percent(Fraction(claim.confidence))
    yield f"{check.name}: fewer than {below} of all rows are wrong, to be shown with {sure} confidence"
    if check.content["reason"]:
        yield f"  drawn once more: {check.content['reason']}"
    if check.draw and check.draw.content.get("word"):
        yield f"  with the auditor's word in its seed: {check.draw.content['word']}"
    for part in check.parts:
        yield f"  {part.direction}, {part.name}: {_asked(check, part)}"


def _asked(check: SpotCheckStanding, part: PartStanding) -> str:
    if part.population is None:
        return "not done: the source cannot be reached"
    if part.population == 0:
        return "there are no rows"
    rows = f"{part.sample_size:,} of {part.population:,} rows"
    wrong = f"at most {part.allowed_errors:,} may be wrong"
    if part.is_whole:
        return f"all {part.population:,} rows, {wrong}; nothing is left to chance"
    size = sample_size(part.population, check.claim, part.allowed_errors)
    bad, good = check.claim.too_many(part.population), check.claim.few(part.population)
    return (
        f"{rows}, {wrong}; with {bad:,} wrong rows in all it passes {_chance(size.bad_accepted)} of the time, "
        f"with {good:,} it fails {_chance(size.good_refused)}"
    )


def verdict_lines(check: SpotCheckStanding) -> Iterator[str]:
    """What was found, and what it says of all rows."""
    for part in check.parts:
        yield f"{part.direction}, {part.name}: {verdict(check, part)}"


def verdict(check: SpotCheckStanding, part: PartStanding) -> str:
    """The verdict on a part in plain words, with the exact bound."""
    return verdict_text(part, check.claim)


def verdict_text(part: PartStanding, claimed: Claim) -> str:
    """The same by the numbers alone."""
    claim = f"the claim of fewer than {percent(Fraction(claimed.error_share_below))}"
    if part.outcome is Outcome.NOTHING_TO_CHECK:
        return "There are no rows, so there is nothing to check."
    if part.population is None:
        return "Not done: the source could not be reached."
    if part.errors_found is None or part.upper_bound_rows is None:
        return f"Not done: {part.sample_size:,} of {part.population:,} rows wait to be looked at."
    found, bound = _counted(part.errors_found), part.upper_bound_rows
    holds = "holds" if part.outcome is Outcome.PASSED else "is not shown"
    if part.is_whole:
        holds = "holds" if part.outcome is Outcome.PASSED else "is false"
        share = percent(Fraction(part.errors_found, part.population))
        return f"All {part.population:,} rows were looked at and {found} wrong ({share}); {claim} {holds}."
    most = percent(Fraction(bound, part.population))
    sure = percent(Fraction(claimed.confidence))
    return (
        f"Of {part.sample_size:,} rows looked at, of {part.population:,} in all, {found} wrong. With {sure} confidence "
        f"no more than {bound:,} ({most}) of all rows are wrong; {claim} {holds}."
    )


def reconciled_line(rows: Sequence[tuple[str, str, int | None]]) -> str | None:
    """That the machine compared all rows, from the run, outcome and number of rows of a reconciliation by row."""
    for run_id, outcome, tested in rows:
        if outcome == "passed" and tested:
            return f"reconciliation of run {run_id} compared all {tested:,} rows by machine (100 %): none differ"
        if tested:
            return f"reconciliation of run {run_id} compared all {tested:,} rows by machine (100 %): {outcome}"
    return None


def _counted(errors: int) -> str:
    return "none was" if errors == 0 else "1 was" if errors == 1 else f"{errors:,} were"


def _chance(risk: Fraction) -> str:
    return percent(risk, places=0) if risk >= Fraction(1, 100) else "less than 1 %" if risk else "0 %"


def percent(share: Fraction, places: int = 2) -> str:
    """A share as a percentage, rounded up: a bound is never shown smaller than it is."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    text = format(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING), "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
