"""How the rules of good KPI work are set in a project: from when they hold, and where their limits lie."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field, model_validator

from kpiledger.specs.base import Spec


class Governance(Spec):
    """From when the rules of good KPI work hold, in a project that begins with KPIs and agreements it has already."""

    start: date = Field(alias="from")
    """The day from which what is written is judged. A KPI is looked at from its first version that begins on this day
    or later, an agreement from its first event that is decided then, and a KPI is due for review so long after it.
    """
    reason: str = Field(min_length=1)
    """Why what was there before is left as it is."""


class Threshold(Spec):
    """A limit of a rule."""

    value: Decimal = Field(ge=0, le=1200)
    """The limit. Put shares in quotes, as "0.7"."""
    reason: str | None = Field(default=None, min_length=1)
    """Why it lies there. A limit that differs from what experience says needs one."""


def _at(value: str) -> Threshold:
    return Threshold(value=Decimal(value))


class Thresholds(Spec):
    """The limits of the rules of good KPI work. One that is left out lies where experience puts it."""

    # More than this nobody keeps in mind, and nothing is important any more.
    most_kpis: Threshold = _at("5")
    """How many KPIs a person, role, team or department is held to at once, at most. Without it: 5."""
    # What fits on a screen, and one or two for each stage that a customer passes.
    most_kpis_of_company: Threshold = _at("8")
    """How many KPIs the company as a whole is held to at once, at most. Without it: 8."""
    # Half: whoever is paid for work rather than for its effect works, and the effect stays away.
    least_outcomes: Threshold = _at("0.5")
    """Which share of the weights of a holder lies on outcomes, at least. Without it: 0.5."""
    leading_review_days: Threshold = _at("7")
    """How many days may lie between two reviews of a leading KPI, at most. Without it: 7, a week."""
    # The shortest month: a result of days is mostly noise.
    lagging_review_days: Threshold = _at("28")
    """How many days lie between two reviews of a lagging KPI, at least. Without it: 28, a month."""
    most_drivers: Threshold = _at("2")
    """How many leading KPIs a single person is held to, at most. Without it: 2."""
    least_influence: Threshold = _at("0.7")
    """Which share of a result a person or team controls that is held to it, at least. Without it: 0.7."""
    # A whole year has every season once.
    least_baseline_months: Threshold = _at("12")
    """How many months a baseline covers, at least. Without it: 12."""
    most_months_unreviewed: Threshold = _at("24")
    """After how many months without a change or a review a KPI is due for one. Without it: 24."""
    most_pilot_months: Threshold = _at("12")
    """How many months a trial lasts, at most. Without it: 12."""
    least_shared_kpis: Threshold = _at("1")
    """How many KPIs of a department or team another department is held to as well, at least. Without it: 1."""

    # A month and a few days: whoever does not look that often does not steer.
    most_days_without_check_in: Threshold = _at("35")
    """After how many days a key result is looked at again, at most. Without it: 35."""
    # The natural process limits: what lies beyond them needs another process, not more effort.
    most_sigmas_from_history: Threshold = _at("3")
    """How many standard deviations a target lies from what its KPI was before, at most. Without it: 3."""
    # One result may be reached by luck, or at the cost of another.
    least_key_results: Threshold = _at("2")
    """How many key results an objective has, at least. Without it: 2."""
    # More than five are no focus.
    most_key_results: Threshold = _at("5")
    """How many key results an objective has, at most. Without it: 5."""

    @model_validator(mode="after")
    def _reasoned(self) -> Thresholds:
        for name, field in type(self).model_fields.items():
            chosen: Threshold = getattr(self, name)
            usual: Threshold = field.default
            if chosen.reason is None and chosen.value != usual.value:
                told = f"`{name}` is {chosen.value:f} and not {usual.value:f}, and nobody says why"
                raise ValueError(f"{told}; add its `reason`")
        fewest, most = self.least_key_results.value, self.most_key_results.value
        if fewest > most:
            told = f"`least_key_results` is {fewest:f} and `most_key_results` {most:f}"
            raise ValueError(f"{told}; let it be no more than that")
        return self
