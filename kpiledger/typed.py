"""Which period or moment does a text name that somebody typed?"""

from __future__ import annotations

from datetime import UTC, datetime

from kpiledger.errors import WrongUse
from kpiledger.periods import Period, Reckoning


def typed_period(text: str, reckoning: Reckoning) -> Period:
    """The period; WrongUse says how one is written."""
    try:
        return Period.parse(text, reckoning)
    except ValueError as problem:
        fiscal = "quarters and years are fiscal here and begin with FY; "
        raise WrongUse(str(problem), f"{fiscal if reckoning.is_fiscal else ''}a month is written 2016-08") from problem


def typed_moment(text: str | None) -> datetime | None:
    """The moment in UTC, also where the text names no zone; None where nothing was typed."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse(f"{text!r} is no moment", "write 2016-08-01 or 2016-08-01T12:00:00 (UTC)") from problem
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
