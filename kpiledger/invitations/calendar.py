"""Meetings and review items as an iCalendar file (RFC 5545) that calendars can subscribe to or import.

The same data gives the same bytes: ids follow from what an event is about, stamps from when it was recorded. Nobody is
invited by name; whoever keeps the calendar knows who holds which role.
"""

from __future__ import annotations

from collections.abc import Iterable
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
        calendar.add_component(_event(project, meeting))
    for item in waiting:
        calendar.add_component(_due(project, item))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(project: Project, meeting: Meeting) -> Event:
    held, zone = meeting.held, ZoneInfo(project.calendar.zone)
    kpis = "\n".join(f"- {_label(project, kpi)}" for kpi in meeting.kpis)
    event = Event()
    event.add("uid", _uid(f"{meeting.kind}/{held.agreement}"))
    event.add("dtstamp", held.recorded_at.replace(tzinfo=UTC, microsecond=0))
    event.add("sequence", held.version - 1)
    event.add("summary", f"{_who(project, held.holder)}: {_TITLES[meeting.kind]}")
    event.add("description", f"{kpis}\nkpi brief {held.holder}")
    event.add("dtstart", datetime.combine(meeting.days[0], _AT, zone))
    event.add("duration", timedelta(minutes=meeting.minutes))
    event.add("rrule", {**_RULES[meeting.kind], "count": len(meeting.days)})
    return event


def _due(project: Project, item: Waiting) -> Event:
    """A whole day: by then it is to be answered."""
    event = Event()
    event.add("uid", _uid(item.name))
    event.add("dtstamp", datetime.combine(item.opened_on, time(), UTC))
    event.add("summary", f"To be decided by {_who(project, item.asks)}: {item.says}")
    event.add("description", f"kpi decide --closes {item.name}")
    event.add("dtstart", item.due_on)
    event.add("dtend", _day_after(item.due_on))
    event.add("transp", "TRANSPARENT")
    return event


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
