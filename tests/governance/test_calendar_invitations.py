"""Do calendars get the rhythm that was agreed: read back, the file says when who meets on what?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from dateutil.rrule import rrulestr
from icalendar import Calendar
from ledger_builders import kpi as kpi_of
from ledger_builders import project

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse
from kpiledger.invitations.agreed import Agreed, Held, Waiting
from kpiledger.invitations.calendar import calendar_bytes
from kpiledger.invitations.rhythm import MeetingKind, invitations, meetings
from kpiledger.periods import COMMON, Reckoning

RECORDED = datetime(2016, 12, 13, 9, 0, 0, 123)
LEADING = kpi_of("calls", cadence="week", timing="leading", grains=["week", "month"])
MONTHLY = kpi_of("revenue")
YEARLY = kpi_of("people", cadence="year", grains=["year"])
ITEM = Waiting(
    "mid_year/west_2017/2017-06", "sales_west", "Is every target right?", "cfo", date(2017, 5, 31), date(2017, 6, 30)
)


def held(*kpis, first=date(2017, 1, 1), last=date(2017, 12, 31), version=1, spans=None):
    return Held("sales_west", "west_2017", first, last, version, RECORDED, kpis, spans or {})


def left_of(now, widest):
    """What is written of an agreement that was wider once: events by summary and the day they are of, None for all."""
    series = list(invitations(Agreed(now, widest), COMMON))
    calendar = Calendar.from_ical(calendar_bytes(project(), series, []))
    assert str(calendar["method"]) == "PUBLISH"
    return {
        (str(event["summary"]), event["recurrence-id"].dt.date() if "recurrence-id" in event else None): event
        for event in calendar.walk("VEVENT")
    }


def found(*kpis, reckoning=COMMON, **more):
    return {meeting.kind: meeting for meeting in meetings(held(*kpis, **more), reckoning)}


def events(meeting_list, waiting=()):
    """The events of the file, read back."""
    calendar = Calendar.from_ical(calendar_bytes(project(), meeting_list, waiting))
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_the_cadence_of_the_kpis_decides_which_meetings_there_are():
    assert list(found(LEADING, MONTHLY, YEARLY)) == list(MeetingKind)
    assert list(found(MONTHLY)) == [MeetingKind.MONTHLY, MeetingKind.QUARTERLY]
    assert list(found(YEARLY)) == [MeetingKind.QUARTERLY]


def test_each_meeting_is_on_its_kpis():
    kinds = found(LEADING, MONTHLY, YEARLY)
    names = {kind: [one.kpi for one in meeting.kpis] for kind, meeting in kinds.items()}
    assert names == {
        MeetingKind.WEEKLY: ["calls"],
        MeetingKind.MONTHLY: ["calls", "revenue"],
        MeetingKind.QUARTERLY: ["calls", "revenue", "people"],
    }


def test_meetings_fall_into_the_second_week_after_a_period_and_on_every_monday():
    kinds = found(LEADING)
    assert kinds[MeetingKind.WEEKLY].days[:2] == (date(2017, 1, 2), date(2017, 1, 9))
    assert len(kinds[MeetingKind.WEEKLY].days) == 52
    assert kinds[MeetingKind.MONTHLY].days[0] == date(2017, 2, 14)
    assert kinds[MeetingKind.QUARTERLY].days == (
        date(2017, 4, 13), date(2017, 7, 13), date(2017, 10, 12), date(2018, 1, 11),
    )  # fmt: skip


def test_quarters_are_those_of_the_calendar():
    fiscal = found(YEARLY, reckoning=Reckoning(first_month=2))
    assert fiscal[MeetingKind.QUARTERLY].days[0] == date(2017, 5, 11)


@pytest.mark.parametrize("kind", list(MeetingKind))
def test_the_rule_of_an_event_gives_just_its_days(kind):
    meeting = found(LEADING)[kind]
    (event,) = events([meeting]).values()
    starts = rrulestr(event["rrule"].to_ical().decode(), dtstart=event["dtstart"].dt.replace(tzinfo=None))
    assert tuple(start.date() for start in starts) == meeting.days
    assert event["dtstart"].dt == datetime(*meeting.days[0].timetuple()[:3], 9, tzinfo=ZoneInfo("UTC"))
    assert event["duration"].dt.seconds == meeting.minutes * 60


def test_an_event_says_who_meets_on_what_and_when_that_was_recorded():
    event = events([found(MONTHLY, version=3)[MeetingKind.MONTHLY]])["West: the month: causes and next steps"]
    assert str(event["description"]) == "- revenue\nkpi brief sales_west"
    assert event["dtstamp"].dt == datetime(2016, 12, 13, 9, tzinfo=UTC)
    assert event["sequence"] == 2
    assert not {"attendee", "organizer"} & {key.lower() for key in event}


def test_the_same_data_gives_the_same_bytes_and_a_later_version_the_same_ids():
    once, again = (calendar_bytes(project(), found(MONTHLY).values(), [ITEM]) for _ in range(2))
    assert once == again
    later = events(found(MONTHLY, LEADING, version=2).values())
    before = events(found(MONTHLY).values())
    assert {name: event["uid"] for name, event in before.items()}.items() <= {
        name: event["uid"] for name, event in later.items()
    }.items()
    assert len({str(event["uid"]) for event in later.values()}) == 3


def test_times_are_those_of_the_zone_of_the_project():
    place = project()
    zone = place.calendar.model_copy(update={"zone": "Europe/Copenhagen"})
    text = calendar_bytes(type(place)(**{**vars(place), "calendar": zone}), found(MONTHLY).values(), [])
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Copenhagen" in text
    (event, _) = Calendar.from_ical(text).walk("VEVENT")
    assert event["dtstart"].dt == datetime(2017, 2, 14, 9, tzinfo=ZoneInfo("Europe/Copenhagen"))


def test_what_waits_for_an_answer_stands_on_the_day_it_is_due():
    (event,) = events([], [ITEM]).values()
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2017, 6, 30), date(2017, 7, 1))
    assert str(event["summary"]) == "To be decided by CFO: Is every target right?"
    assert str(event["description"]) == "kpi decide --closes mid_year/west_2017/2017-06"


def test_an_agreement_that_was_retired_takes_the_days_after_its_end_out_of_calendars():
    written = left_of(held(MONTHLY, last=date(2017, 9, 30), version=2), held(MONTHLY, version=2))
    name = "West: the month: causes and next steps"
    cancelled = [day for (summary, day), event in written.items() if summary == name and "status" in event]
    assert cancelled == [date(2017, 11, 14), date(2017, 12, 12), date(2018, 1, 9)]
    series, day = written[name, None], written[name, date(2017, 11, 14)]
    # The series still has all its days, so that each day that is cancelled is one of it.
    assert series["rrule"].to_ical() == b"FREQ=MONTHLY;COUNT=12;BYDAY=2TU"
    assert "status" not in series
    assert day["status"] == "CANCELLED"
    assert day["uid"] == series["uid"]
    assert day["dtstart"].dt == day["recurrence-id"].dt
    # Invited by the first version, cancelled by the second.
    (before,) = [one for one in events(found(MONTHLY).values()).values() if one["uid"] == day["uid"]]
    assert day["sequence"] > before["sequence"]


def test_what_is_left_of_no_day_is_cancelled_as_a_whole():
    written = left_of(None, held(MONTHLY, version=2))
    assert {day for _, day in written} == {None}
    assert {str(event["status"]) for event in written.values()} == {"CANCELLED"}
    before = {str(event["uid"]): event["sequence"] for event in events(found(MONTHLY).values()).values()}
    assert {str(event["uid"]) for event in written.values()} == set(before)
    assert all(event["sequence"] > before[str(event["uid"])] for event in written.values())


def test_a_kpi_that_left_an_agreement_takes_its_meetings_with_it_from_then_on():
    spans = {"calls": (date(2017, 1, 1), date(2017, 6, 30))}
    written = left_of(held(LEADING, MONTHLY, version=2, spans=spans), held(LEADING, MONTHLY, version=2))
    weekly = "West: 15 minutes on leading KPIs"
    cancelled = [day for (summary, day), event in written.items() if day and "status" in event]
    assert cancelled[0] == date(2017, 7, 3)
    assert len(cancelled) == 26
    assert {summary for summary, day in written if day} == {weekly}


def test_what_still_is_as_it_was_agreed_cancels_nothing():
    written = left_of(held(LEADING, MONTHLY), held(LEADING, MONTHLY))
    assert {day for _, day in written} == {None}
    assert not [event for event in written.values() if "status" in event]
    assert events(meetings(held(LEADING, MONTHLY), COMMON)) == {name: event for (name, _), event in written.items()}


def test_a_review_item_that_was_answered_leaves_calendars_and_one_that_asks_another_is_changed():
    (asked,) = events([], [ITEM]).values()
    (other,) = events([], [replace(ITEM, asks="head_of_sales", version=2)]).values()
    (answered,) = events([], [replace(ITEM, is_open=False)]).values()
    assert asked["uid"] == other["uid"] == answered["uid"]
    assert (asked["sequence"], other["sequence"], answered["sequence"]) == (0, 1, 1)
    assert "status" not in asked
    assert "status" not in other
    assert answered["status"] == "CANCELLED"


@pytest.mark.demo
def test_the_command_cancels_what_a_retired_agreement_had_invited_to(published_demo, tmp_path):
    """Marketing had its agreement of 2017 until September: it was to last until December."""
    words = ["export", "ics", "--holder", "marketing", "--out", str(tmp_path / "m.ics")]
    done = CliRunner().invoke(kpi, ["--project", str(published_demo), *words])
    assert done.exit_code == 0, done.output
    assert done.output.endswith(" days cancelled\n")
    written = Calendar.from_ical((tmp_path / "m.ics").read_bytes()).walk("VEVENT")
    cancelled = [event for event in written if event.get("status") == "CANCELLED"]
    assert {event["recurrence-id"].dt.date() for event in cancelled} >= {date(2018, 1, 11)}
    assert {event["sequence"] for event in cancelled} == {1}
    assert {str(event["uid"]) for event in cancelled} <= {str(event["uid"]) for event in written if "rrule" in event}


@pytest.mark.demo
def test_the_command_writes_what_was_agreed_with_a_holder(published_demo, tmp_path):
    words = ["export", "ics", "--holder", "sales_west", "--out", str(tmp_path / "w.ics")]
    done = CliRunner().invoke(kpi, ["--project", str(published_demo), *words])
    assert done.exit_code == 0, done.output
    written = Calendar.from_ical((tmp_path / "w.ics").read_bytes()).walk("VEVENT")
    month = next(event for event in written if "the month" in event["summary"])
    assert str(month["summary"]) == "Sales West: the month: causes and next steps"
    assert "- Revenue" in str(month["description"])
    assert month["rrule"].to_ical() == b"FREQ=MONTHLY;COUNT=12;BYDAY=2TU"


@pytest.mark.demo
def test_an_unknown_holder_is_told_the_nearest_name(published_demo):
    done = CliRunner().invoke(kpi, ["--project", str(published_demo), "export", "ics", "--holder", "sales_wets"])
    assert isinstance(done.exception, WrongUse)
    assert "sales_west" in str(done.exception)
