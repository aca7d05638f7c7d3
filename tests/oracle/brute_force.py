"""What every KPI is by plain loops over the rows: neither the compiler nor MetricFlow has a part in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kpiledger.specs.formula import Conversion, Cumulative, Derived, Input, Ratio
from kpiledger.specs.kpi import Kpi, KpiVersion
from tests.oracle.company import Company, Key
from tests.oracle.measuring import Interval, converted_keys, measured
from tests.oracle.plain_calendar import NOW, Back, days_of, periods
from tests.oracle.texts import FORMULAS, Number

Member = tuple[str, str]
_COMPARED = {"period": "period_last_year", "year_to_date": "year_to_date_last_year"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row of `fct_kpi_value` should hold."""

    value: Number
    numerator: Number = None
    denominator: Number = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, and the stretch of days of it that a value covers."""

    grain: str
    start: date
    span: str
    back: Back


@dataclass(frozen=True, slots=True)
class BruteForce:
    """A company and all its KPIs."""

    company: Company
    kpis: Mapping[str, Kpi]

    def answers(self) -> dict[Key, Answer]:
        """Every row that `fct_kpi_value` should have."""
        return {key: answer for kpi in self.kpis.values() for key, answer in self._of(kpi)}

    def _of(self, kpi: Kpi) -> Iterator[tuple[Key, Answer]]:
        for version in kpi.versions:
            for grain in map(str, kpi.grains):
                for start in periods(self.company, grain):
                    if start < version.first_day or (version.last_day and start > version.last_day):
                        continue
                    for name, span, back in _spans(kpi):
                        rows = self._rows(kpi, version, Asked(grain, start, span, back))
                        for member, answer in rows.items():
                            if member[0] in ("all", *kpi.slices):
                                yield Key(kpi.kpi, version.version, grain, name, start, *member), answer

    def _rows(self, kpi: Kpi, version: KpiVersion, asked: Asked) -> dict[Member, Answer]:
        formula = version.formula
        if isinstance(formula, Derived):
            return self._derived(formula, asked)
        if isinstance(formula, Ratio):
            tops, bottoms = self._input(formula.numerator, asked), self._input(formula.denominator, asked)
            return {
                member: _divided(_value(tops.get(member)), _value(bottoms.get(member)))
                for member in tops.keys() | bottoms.keys()
            }
        if isinstance(formula, Conversion):
            return self._conversion(formula, asked)
        if isinstance(formula, Cumulative):
            asked = Asked(asked.grain, asked.start, _reach(formula), asked.back)
        return self._input(Input(measure=formula.measure, where=formula.where), asked)

    def _input(self, given: Input, asked: Asked) -> dict[Member, Answer]:
        interval = self._interval(asked)
        if interval is None:
            return {}
        return {
            member: _divided(*parts) if len(parts) == 2 else Answer(parts[0], parts[0])
            for member, parts in measured(self.company, given, interval).items()
        }

    def _derived(self, formula: Derived, asked: Asked) -> dict[Member, Answer]:
        inputs: dict[str, dict[Member, Answer]] = {}
        for name, given in formula.inputs_by_name.items():
            back = Back(given.earlier.months, given.earlier.days)
            shifted = Asked(asked.grain, asked.start, asked.span, asked.back.and_then(back))
            if given.measure:
                inputs[name] = self._input(Input(measure=given.measure, where=given.where), shifted)
            else:
                other = self.kpis[given.kpi or ""]
                version = _in_force(other.versions, asked.start)
                inputs[name] = self._rows(other, version, shifted) if version else {}
        rows: dict[Member, Answer] = {}
        for member in {member for cells in inputs.values() for member in cells}:
            known = {name: cells[member].value for name, cells in inputs.items() if member in cells}
            rows[member] = Answer(self._expressed(formula, asked.start, known))
        return rows

    def _expressed(self, formula: Derived, start: date, known: Mapping[str, Number]) -> Number:
        """The value over what is known; a KPI without a row stands for what its formula makes of nothing."""
        values: list[Number] = []
        for name, given in formula.inputs_by_name.items():
            value = known[name] if name in known else self._of_nothing(given.kpi, start)
            values.append(Fraction(0) if value is None and given.missing == "zero" else value)
        return FORMULAS[formula.expr](*values)

    def _of_nothing(self, name: str | None, start: date) -> Number:
        version = _in_force(self.kpis[name].versions, start) if name else None
        if version and isinstance(version.formula, Derived):
            return self._expressed(version.formula, start, {})
        return None

    def _conversion(self, formula: Conversion, asked: Asked) -> dict[Member, Answer]:
        interval = self._interval(asked)
        if interval is None:
            return {}
        base = measured(self.company, formula.base, interval)
        keys = converted_keys(self.company, formula)
        both = measured(self.company, formula.base, interval, only=keys)
        return {
            member: _divided(both[member][0] if member in both else Fraction(0), parts[0])
            for member, parts in base.items()
        }

    def _interval(self, asked: Asked) -> Interval | None:
        days = days_of(self.company, asked.grain, asked.start, asked.span, asked.back)
        return Interval(*days) if days else None


def _spans(kpi: Kpi) -> Iterator[tuple[str, str, Back]]:
    for span in kpi.spans:
        yield span, span, NOW
        if span in _COMPARED:
            yield _COMPARED[span], span, Back(months=12)


def _reach(formula: Cumulative) -> str:
    if formula.to_date:
        return f"{formula.to_date}_to_date"
    assert formula.window is not None
    return f"rolling_{formula.window.months}" if formula.window.months else f"rolling_{formula.window.days}_days"


def _in_force(versions: Sequence[KpiVersion], day: date) -> KpiVersion | None:
    return next(
        (one for one in versions if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)), None
    )


def _value(answer: Answer | None) -> Number:
    return answer.value if answer else None


def _divided(top: Number, bottom: Number) -> Answer:
    value = top / bottom if top is not None and bottom else None
    return Answer(value, top, bottom)
