"""The closed lists of words that specs, tables and pages share: one word, one meaning."""

from __future__ import annotations

import re
from enum import StrEnum

# Lower case, digits and single underscores: safe as a file name, an SQL name and a dbt name alike.
NAME = re.compile(r"[a-z](?:_?[a-z0-9])*\Z")
NAME_MAX = 63  # PostgreSQL cuts longer identifiers silently

# Words that compiled SQL needs for itself: reserved by SQL, or names of its own columns and CTEs.
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric between both case cast check collate column constraint
    create cross current_date current_time current_timestamp current_user default deferrable desc describe
    distinct do else end except exists false fetch for foreign from full grant group having in initially inner
    intersect interval into is join lambda lateral leading left like limit localtime localtimestamp natural not
    null offset on only or order outer over partition pivot placing primary qualify references returning right
    select session_user show some summarize symmetric table then to trailing true union unique unpivot user
    using values variadic when where window with
    day denominator grain is_complete kpi member numerator period period_end period_start replaced_on row_count
    slice span span_end span_start value version
    described dim_span intervals answer kpi_values measured measured_latest measured_rows sliced sliced_days
    sliced_rows sliced_states states
    """.split()
)


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
