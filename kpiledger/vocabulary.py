"""The closed lists of words that specs, tables and pages share: one word, one meaning."""

from __future__ import annotations

import re
from enum import StrEnum

# Lower case, digits and single underscores: safe as a file name, an SQL name and a dbt name alike.
NAME = re.compile(r"[a-z](?:_?[a-z0-9])*\Z")
NAME_MAX = 63  # PostgreSQL cuts longer identifiers silently


class Grain(StrEnum):
    """The length of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Direction(StrEnum):
    """Which way a KPI should move."""

    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"


class Unit(StrEnum):
    """What a KPI's number counts; ratios are 0 to 1, currencies name an ISO code beside."""

    RATIO = "ratio"
    COUNT = "count"
    CURRENCY = "currency"
    DAYS = "days"
    HOURS = "hours"
    SCORE = "score"


class Aggregation(StrEnum):
    """How a measure turns rows into one number."""

    SUM = "sum"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    LAST = "last"


class Comparison(StrEnum):
    """How an actual is held against its target."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Status(StrEnum):
    """How a KPI stands; never green by default."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NO_TARGET = "no_target"
    NO_DATA = "no_data"
    INCOMPLETE = "incomplete"


class ReasonKind(StrEnum):
    """Why an agreement was made or changed."""

    ANNUAL_AGREEMENT = "annual_agreement"
    SCOPE_CHANGE = "scope_change"
    EXTERNAL_SHOCK = "external_shock"
    RESOURCE_CHANGE = "resource_change"
    REBASELINE = "rebaseline"
    MID_YEAR_REVIEW = "mid_year_review"
    DEFINITION_CHANGE = "definition_change"
    CORRECTION = "correction"
    PILOT = "pilot"


class EventKind(StrEnum):
    """What happened to an agreement."""

    AGREED = "agreed"
    AMENDED = "amended"
    RETIRED = "retired"


class Outcome(StrEnum):
    """How a check ended; a check that tested no row has not passed."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    COULD_NOT_RUN = "could_not_run"
    NOTHING_TO_CHECK = "nothing_to_check"
    WAIVED = "waived"


def is_name(text: str) -> bool:
    """Whether a text may name a KPI, a measure, a unit or anything else a user names."""
    return len(text) <= NAME_MAX and NAME.match(text) is not None
