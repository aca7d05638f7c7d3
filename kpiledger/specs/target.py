"""How a promised figure is written: as a value, by period, as a ramp or relative, and from where it is amber."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from kpiledger.specs.base import PeriodNameField, Spec, one_of_keys
from kpiledger.vocabulary import Comparison, Grain, Reference

_FORMS = ("value", "by_period", "ramp", "relative")


class Ramp(Spec):
    """A figure that moves by even steps, from the first period that the event holds for to the agreement's last."""

    start: Decimal = Field(alias="from")
    """The figure of the first period."""
    to: Decimal
    """The figure of the last period of the agreement, as it ends with this event. Where a later event moves the end,
    the figures of the other periods stay as they were.
    """


class Relative(Spec):
    """A figure that is a multiple of another one."""

    to: Reference
    """The other one: the `baseline` of the target, or what was measured in the `same_period_last_year`."""
    times: Decimal = Field(gt=0)
    """How many times that figure: "1.06" is 6 percent more. Put it in quotes."""


def _where(comparison: Comparison, asked: dict[str, Any]) -> dict[str, Any]:
    """Tells editors what a comparison needs, as `_fitting_bounds` tells the loader."""
    return {"if": {"properties": {"comparison": {"const": comparison.value}}}, "then": asked}


class Target(Spec):
    """The promised figure: the same for every period of a grain, one for each, a ramp, or relative to another."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key]} for key in _FORMS],
            "allOf": [
                _where(Comparison.BETWEEN, {"oneOf": [{"required": [key]} for key in ("upper", "upper_by_period")]}),
                _where(Comparison.EXACTLY, {"required": ["within"]}),
            ],
        }
    )

    grain: Grain
    """The length of the periods that the figure is for. The KPI must be computed for it."""
    comparison: Comparison
    """How the actual is held against it."""
    value: Decimal | None = None
    """The figure for every period, in the unit of the KPI; ratios are 0 to 1, so 12 percent is "0.12". Put it in
    quotes. It or `by_period`, `ramp` or `relative`.
    """
    by_period: dict[PeriodNameField, Decimal] | None = None
    """A figure for each period, for a year with seasons. A period that is left out has no target."""
    ramp: Ramp | None = None
    """A figure that moves by even steps from the first period to the last."""
    relative: Relative | None = None
    """A multiple of the baseline, or of the same period last year."""
    upper: Decimal | None = None
    """The upper bound of a target that is met `between` two: then the figures above are the lower one."""
    upper_by_period: dict[PeriodNameField, Decimal] | None = None
    """An upper bound for each period, beside `by_period`. It or `upper`."""
    within: Decimal | None = Field(default=None, ge=0)
    """By how much the actual of a target that is met `exactly` may be away from it: "0" where it may not be."""

    @model_validator(mode="after")
    def _one_form(self) -> Target:
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{name}`" for name in given) or "none of them"
            raise ValueError(
                f"a target gives one of `value`, `by_period`, `ramp` and `relative`, and this gives {found}; "
                "write just one"
            )
        return self

    @model_validator(mode="after")
    def _fitting_bounds(self) -> Target:
        uppers = [name for name in ("upper", "upper_by_period") if getattr(self, name) is not None]
        if self.comparison is Comparison.BETWEEN:
            if len(uppers) != 1:
                raise ValueError("a target `between` has two bounds; add `upper`, or `upper_by_period`, and not both")
            if self.relative is not None:
                raise ValueError("a target `between` names its bounds; write `value`, `by_period` or `ramp`")
        elif uppers:
            raise ValueError(f"`{uppers[0]}` is for a target `between`; take it away, or write `comparison: between`")
        if self.upper_by_period is not None and self.by_period is None:
            raise ValueError("`upper_by_period` stands beside `by_period`; write `upper`")
        is_exact = self.comparison is Comparison.EXACTLY
        if is_exact and self.within is None:
            raise ValueError('a target `exactly` says how far off is still met; add `within`, which may be "0"')
        if not is_exact and self.within is not None:
            raise ValueError("`within` is for a target `exactly`; take it away, or write `comparison: exactly`")
        return self

    @property
    def has_two_sides(self) -> bool:
        """Whether an actual can miss it on either side."""
        return self.comparison in (Comparison.BETWEEN, Comparison.EXACTLY)


class Amber(Spec):
    """From where a missed target is amber and not yet red: a share of the target, a figure, or a distance."""

    model_config = one_of_keys("share_of_target", "absolute", "outside_by")

    share_of_target: Decimal | None = Field(default=None, gt=0)
    """The bound as a share of the target: "0.95" is amber down to 95 percent. Where less is better the share lies
    above 1. It or `absolute`.
    """
    absolute: Decimal | None = None
    """The bound as a figure in the unit of the KPI, the same for all periods. It or `share_of_target`."""
    outside_by: Decimal | None = Field(default=None, gt=0)
    """For a target `between` or `exactly`, which can be missed on either side: by how much at most."""

    @model_validator(mode="after")
    def _one_form(self) -> Amber:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "amber gives one of `share_of_target`, `absolute` and `outside_by`; write one, and not two"
            )
        return self
