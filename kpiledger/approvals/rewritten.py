"""What does a policy say otherwise than the one before it, of days that were over when it came?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kpiledger.approvals.standing import Holding, Right, Standing

Days = tuple[date, date]
Spans = dict[tuple[str, str], list[Days]]
_ALWAYS = (date.min, date.max)
_DAY = timedelta(days=1)


class Subject(StrEnum):
    """What of a policy was changed."""

    APPOINTMENT = "appointment"
    RIGHT = "right"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What of the past a policy changed: whose, in words what it was, and what it is."""

    subject: Subject
    role: str
    person: str | None
    told: str


def named(standing: Standing, name_of: Callable[[str], str]) -> Standing:
    """The same with each person under another name."""
    return replace(standing, holdings=tuple(replace(one, person=name_of(one.person)) for one in standing.holdings))


def rewritten(old: Standing, new: Standing, today: date) -> Iterator[Rewritten]:
    """What is otherwise for days before today: appointments, rights, and the units of roles, which have no days."""
    for (role, person), was, now in _apart(_held(old), _held(new), today):
        told = f"{person} was {role} {_told(was)} and is now said to have been {_told(now)}"
        yield Rewritten(Subject.APPOINTMENT, role, person, told)
    yield from _rights(old, new, today)
    for role in sorted(old.role_units.keys() & new.role_units.keys()):
        was_of, is_of = old.role_units[role], new.role_units[role]
        if was_of != is_of:
            told = f"{role} was of {was_of or 'no unit'} and is now of {is_of or 'no unit'}"
            yield Rewritten(Subject.UNIT, role, None, told)


def _rights(old: Standing, new: Standing, today: date) -> Iterator[Rewritten]:
    """Units whose days changed alike are told together."""
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (role, unit), was, now in _apart(_granted(old), _granted(new), today):
        alike[role, _told(was), _told(now)].append(unit)
    for (role, was_told, now_told), units in alike.items():
        told = f"{role} had the right for {', '.join(units)} {was_told} and is now said to have had it {now_told}"
        yield Rewritten(Subject.RIGHT, role, None, told)


def _held(standing: Standing) -> Spans:
    found: Spans = defaultdict(list)
    for held in standing.holdings:
        found[held.role, held.person].append(_days(held))
    return found


def _granted(standing: Standing) -> Spans:
    found: Spans = defaultdict(list)
    for right in standing.rights:
        for unit in right.units:
            found[right.role, unit].append(_days(right))
    return found


def _days(dated: Holding | Right) -> Days:
    return dated.valid_from or _ALWAYS[0], dated.valid_to or _ALWAYS[1]


def _apart(old: Spans, new: Spans, today: date) -> Iterator[tuple[tuple[str, str], Sequence[Days], Sequence[Days]]]:
    """Whatever has other days before today, with all of its days."""
    for name in sorted(old.keys() | new.keys()):
        was, now = _joined(old.get(name, ())), _joined(new.get(name, ()))
        if _until(was, today) != _until(now, today):
            yield name, was, now


def _joined(spans: Sequence[Days]) -> list[Days]:
    """In order, and one where they touch: two rows of a file may say what one says."""
    found: list[Days] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and (found[-1][1] == date.max or first <= found[-1][1] + _DAY):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _until(spans: Sequence[Days], today: date) -> list[Days]:
    return [(first, min(last, today - _DAY)) for first, last in spans if first < today]


def _told(spans: Sequence[Days]) -> str:
    return " and ".join(_span(*span) for span in spans) or "never"


def _span(first: date, last: date) -> str:
    if (first, last) == _ALWAYS:
        return "always"
    if first == date.min:
        return f"until {last}"
    return f"from {first}" if last == date.max else f"from {first} to {last}"
