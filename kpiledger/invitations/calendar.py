"""Meetings and review items as an iCalendar file (RFC 5545) that calendars can subscribe to or import.

The same data gives the same bytes: ids follow from what an event is about, stamps from when it was recorded. Nobody is
invited by name; whoever keeps the calendar knows who holds which role.

What was to be and is not due any more is published once more with the same id, a higher sequence and the status
CANCELLED (RFC 5546, 3.2.1): the whole series where no day of it is left, else each day by its recurrence id (RFC 5545,
3.8.4.4), so that the meetings that were held stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from kpiledger.invitations.agreed import Waiting
from kpiledger.invitations.rhythm import Meeting, MeetingKind
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi

# A namespace of our own, so that no other program's ids can be the same.
_NAMESPACE = UUID("6d0f7a52-9b57-5a5e-8a5f-3c6a8f5b0d21")
_AT = time(9)
_TITLES = {
    MeetingKind.WEEKLY: "15 minutes on leading KPIs",
    MeetingKind.MONTHLY: "the month: causes and next steps",
    MeetingKind.QUARTERLY: "quarterly conversation on all KPIs",
}

# The weekday of the second week after a period: the second one of its kind in the month.
_RULES: dict[MeetingKind, dict[str, str | int]] = {
    MeetingKind.WEEKLY: {"freq": "weekly"},
    MeetingKind.MONTHLY: {"freq": "monthly", "byday": "2TU"},
    MeetingKind.QUARTERLY: {"freq": "monthly", "interval": 3, "byday": "2TH"},
}


def calendar_bytes(project: Project, meetings: Iterable[Meeting], waiting: Iterable[Waiting]) -> bytes:
    """The file; times are those of the project's zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//kpiledger//conversations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for meeting in meetings:
        for event in _events(project, meeting):
            calendar.add_component(event)
    for item in waiting:
        calendar.add_component(_due(project, item))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _events(project: Project, meeting: Meeting) -> Iterator[Event]:
    """The series, and each of its days that is cancelled; the series alone where all of them are."""
    series = _event(project, meeting, meeting.days[0])
    series.add("rrule", {**_RULES[meeting.kind], "count": len(meeting.days)})
    if meeting.days == meeting.cancelled:
        series.add("status", "CANCELLED")
        yield series
        return
    yield series
    for day in meeting.cancelled:
        event = _event(project, meeting, day)
        event.add("recurrence-id", _at(project, day))
        event.add("status", "CANCELLED")
        yield event


def _event(project: Project, meeting: Meeting, day: date) -> Event:
    held = meeting.held
    kpis = "\n".join(f"- {_label(project, kpi)}" for kpi in meeting.kpis)
    event = Event()
    event.add("uid", _uid(f"{meeting.kind}/{held.agreement}"))
    event.add("dtstamp", held.recorded_at.replace(tzinfo=UTC, microsecond=0))
    event.add("sequence", held.version - 1)
    event.add("summary", f"{_who(project, held.holder)}: {_TITLES[meeting.kind]}")
    event.add("description", f"{kpis}\nkpi brief {held.holder}")
    event.add("dtstart", _at(project, day))
    event.add("duration", timedelta(minutes=meeting.minutes))
    return event


def _due(project: Project, item: Waiting) -> Event:
    """A whole day: by then it is to be answered."""
    event = Event()
    event.add("uid", _uid(item.name))
    event.add("dtstamp", datetime.combine(item.opened_on, time(), UTC))
    # A new version may ask somebody else, and an answer takes the day out of calendars.
    event.add("sequence", item.version - 1 + (not item.is_open))
    event.add("summary", f"To be decided by {_who(project, item.asks)}: {item.says}")
    event.add("description", f"kpi decide --closes {item.name}")
    event.add("dtstart", item.due_on)
    event.add("dtend", _day_after(item.due_on))
    event.add("transp", "TRANSPARENT")
    if not item.is_open:
        event.add("status", "CANCELLED")
    return event


def _at(project: Project, day: date) -> datetime:
    return datetime.combine(day, _AT, ZoneInfo(project.calendar.zone))


def _day_after(day: date) -> date:
    return day + timedelta(days=1)


def _uid(what: str) -> str:
    return f"{uuid5(_NAMESPACE, what)}@kpiledger"


def _label(project: Project, kpi: Kpi) -> str:
    return kpi.label_in(project.calendar.language)


def _who(project: Project, who: str) -> str:
    known = project.organisation.roles.get(who) or project.organisation.units.get(who)
    label = known.label if known else {}
    return label.get(project.calendar.language) or label.get("en") or who
