"""The closed lists of words that specs, tables and pages share: one word, one meaning."""

from __future__ import annotations

import re
from enum import StrEnum

# Lower case, digits and single underscores: safe as a file name, an SQL name and a dbt name alike.
NAME = re.compile(r"[a-z](?:_?[a-z0-9])*\Z")
NAME_MAX = 63  # PostgreSQL cuts longer identifiers silently

# Reserved by one of the warehouses: no column of this name is read without quotes.
SQL_WORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric between both case cast check collate column constraint
    create cross current_date current_time current_timestamp current_user default deferrable desc describe
    distinct do else end except exists false fetch for foreign from full grant group having in initially inner
    intersect interval into is join lambda lateral leading left like limit localtime localtimestamp natural not
    null offset on only or order outer over partition pivot placing primary qualify references returning right
    select session_user show some summarize symmetric table then to trailing true union unique unpivot user
    using values variadic when where window with
    """.split()
)
# Words that compiled SQL needs for itself: those of SQL, and the names of its own columns and CTEs.
RESERVED = SQL_WORDS | frozenset(
    """
    cube day denominator event_on grain is_complete kpi member month_tile nearness numerator period period_end
    period_start replaced_on row_count slice span span_end span_start tile value version
    all_members answer described dim_day dim_span inputs intervals kpi_values measured parted sliced states stretches
    summed tiled tiles together
    """.split()
)

# Columns that compiled models put beside the keys and dates of a fact, and those beside what its expressions read.
BESIDE_KEYS = frozenset("event_on grain is_complete nearness period_end period_start replaced_on span".split())
BESIDE_EXPRESSIONS = BESIDE_KEYS | frozenset(
    """
    cube day member month_start month_tile quarter_start slice span_end span_start tile week_start year_start
    """.split()
)


class Grain(StrEnum):
    """The length of a period."""

    DAY = "day"
    """One day, as 2016-08-14."""
    WEEK = "week"
    """Seven days, from the day that the calendar's `week_starts` names; ISO weeks by default, as 2016-W33."""
    MONTH = "month"
    """A calendar month, as 2016-08."""
    QUARTER = "quarter"
    """Three months of the calendar's year, as 2016-Q3."""
    YEAR = "year"
    """Twelve months, from the month that the calendar's years begin with, as 2016."""


class Direction(StrEnum):
    """Which way a KPI should move."""

    INCREASE = "increase"
    """More is better; targets are met `at_least`."""
    DECREASE = "decrease"
    """Less is better; targets are met `at_most`."""
    MAINTAIN = "maintain"
    """It should stay where it is; a target may bound it from either side."""


class Unit(StrEnum):
    """What a KPI's number counts; ratios are 0 to 1, currencies name an ISO code beside."""

    RATIO = "ratio"
    """A share of one number in another, 0 to 1. Pages show it as percent, tables never do."""
    COUNT = "count"
    """A number of things."""
    CURRENCY = "currency"
    """An amount of money in the KPI's `currency`."""
    DAYS = "days"
    """A length of time in days."""
    HOURS = "hours"
    """A length of time in hours."""
    SCORE = "score"
    """Points on a scale, as of a survey."""


class Aggregation(StrEnum):
    """How a measure turns rows into one number."""

    SUM = "sum"
    """The sum. Nothing to add gives null."""
    COUNT = "count"
    """The number of rows, or of rows where `expr` is not null. None gives 0."""
    COUNT_DISTINCT = "count_distinct"
    """The number of different values. It is counted anew for each interval: months do not add up to the year."""
    AVERAGE = "average"
    """The sum divided by the count, so that longer periods weigh by rows. It cannot be part of a ratio."""
    MIN = "min"
    """The lowest value."""
    MAX = "max"
    """The highest value."""
    MEDIAN = "median"
    """The value that half of the rows do not exceed. It is computed anew for each interval."""
    PERCENTILE = "percentile"
    """The value that the share `percentile` of the rows does not exceed. It is computed anew for each interval."""
    LAST = "last"
    """The last row of each key in `over` up to the end of the interval, added up: stocks, balances, open orders."""


class Comparison(StrEnum):
    """How an actual is held against its target."""

    AT_LEAST = "at_least"
    """Met where the actual is the target or more."""
    AT_MOST = "at_most"
    """Met where the actual is the target or less."""
    BETWEEN = "between"
    """Met where the actual is the target or more and `upper` or less."""
    EXACTLY = "exactly"
    """Met where the actual is the target, or away from it by no more than `within`."""


class Reference(StrEnum):
    """What a relative target is a multiple of."""

    BASELINE = "baseline"
    """The baseline's figure as it was recorded with the target."""
    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    """What the KPI was in the same period a year earlier, as the definition that holds in the target's period computes
    it. Where there is no such number there is no target.
    """


class Status(StrEnum):
    """How a KPI stands; never green by default."""

    GREEN = "green"
    """The target is met."""
    AMBER = "amber"
    """The target is missed, and the amber bound is not."""
    RED = "red"
    """The target is missed, and the amber bound too where there is one."""
    NO_TARGET = "no_target"
    """Nothing was promised for the period."""
    NO_DATA = "no_data"
    """There is a target and nothing was measured."""
    INCOMPLETE = "incomplete"
    """The period had not ended on the as-of date, so it is not judged yet."""


class ReasonKind(StrEnum):
    """Why an agreement was made or changed."""

    ANNUAL_AGREEMENT = "annual_agreement"
    """The agreement of the year, as planned."""
    SCOPE_CHANGE = "scope_change"
    """The holder answers for more or less than before."""
    EXTERNAL_SHOCK = "external_shock"
    """The world changed in a way that nobody here controls."""
    RESOURCE_CHANGE = "resource_change"
    """People or money were added or taken away."""
    REBASELINE = "rebaseline"
    """The reference that the target was calibrated with proved wrong."""
    MID_YEAR_REVIEW = "mid_year_review"
    """A review in the year, as planned."""
    DEFINITION_CHANGE = "definition_change"
    """The KPI has a new version, and the old figure does not fit it."""
    CORRECTION = "correction"
    """An earlier event said something that was not agreed."""
    PILOT = "pilot"
    """A trial: the figure is to be learned from."""


class ReviewAnswer(StrEnum):
    """What was agreed to be done when a trigger fires."""

    REVIEW = "review"
    """The targets are looked at again, and may stay."""
    REBASELINE = "rebaseline"
    """The baseline is recalibrated, and the targets with it."""
    REFORECAST = "reforecast"
    """The rest of the year is forecast anew, and the targets follow."""


class TriggerChange(StrEnum):
    """What a trigger compares a figure with; a change is a share of it."""

    SAME_PERIOD_LAST_YEAR = "same_period_last_year"
    """The same period a year earlier."""
    BASELINE = "baseline"
    """The baseline of the agreement's target for the same KPI and slice."""
    PREVIOUS_PERIOD = "previous_period"
    """The period right before."""


class ReviewKind(StrEnum):
    """What a review item is about."""

    TRIGGER = "trigger"
    """A condition that was agreed beforehand came true."""
    MID_YEAR = "mid_year"
    """An agreement is half over: are its targets still right?"""
    UNCHANGED = "unchanged"
    """A KPI has not been changed, or looked at, for long."""
    PERIOD = "period"
    """The quarterly conversation with a holder."""


class ReviewState(StrEnum):
    """How a review item stands."""

    OPEN = "open"
    """It waits, and is not late yet."""
    OVERDUE = "overdue"
    """It waits, and the day by which it was due is over."""
    CLOSED = "closed"
    """A decision or an amendment answers it."""
    LAPSED = "lapsed"
    """Nobody answered it, and what it was about is over."""


class EventKind(StrEnum):
    """What happened to an agreement."""

    AGREED = "agreed"
    """The agreement begins. It needs `valid_to` and at least one target."""
    AMENDED = "amended"
    """Targets change from `valid_from` on. It needs at least one target; those it does not name carry on."""
    RETIRED = "retired"
    """The agreement ends on the day before `valid_from`. It names no target."""


class ApprovalState(StrEnum):
    """How an agreement event stands with those who may approve it."""

    APPROVED = "approved"
    """Signed by somebody who may, over the very bytes that were recorded."""
    UNAPPROVED = "unapproved"
    """Approval is required and nobody who may has signed."""
    VOID = "void"
    """There was an approval, and it is of other content than what is recorded."""
    REFUSED = "refused"
    """Somebody signed who may not: the proposer, a person without the authority, or with a key that did not count."""
    NOT_REQUIRED = "not_required"
    """The policy asks for no approval of it: it counts as it was recorded."""


class Outcome(StrEnum):
    """How a check ended; a check that tested no row has not passed."""

    PASSED = "passed"
    """Rows were tested, and no more of them break the rule than may."""
    WARNED = "warned"
    """More rows break it than may, and the rule does not block, or not yet."""
    FAILED = "failed"
    """More rows break it than may, and publishing stops."""
    COULD_NOT_RUN = "could_not_run"
    """Not verified: the source, a column or another table could not be read, or the two evaluations disagree."""
    NOTHING_TO_CHECK = "nothing_to_check"
    """No row was tested; this is no pass."""
    WAIVED = "waived"
    """Set aside for a reason until a date."""


def is_name(text: str) -> bool:
    """Whether a text may name a KPI, a measure, a unit or anything else a user names."""
    return len(text) <= NAME_MAX and NAME.match(text) is not None
