"""Appointments as iCalendar (RFC 5545): one as a file, and all of somebody at a private address.

A calendar learns that there is an appointment and when, never with whom, where or why: what it is called comes from
`CalendarWords`. Everything is METHOD:PUBLISH, also a file about a cancelled appointment: METHOD:CANCEL and REQUEST need
an organiser and attendees (RFC 5546, 3.2), whom we do not name, and PUBLISH may carry STATUS:CANCELLED (3.2.1).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event, Timezone, vDuration
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from actions import availability
from actions.appointment_messages import calendar_facts
from actions.opening_hours import AMSTERDAM
from store.agenda_tables import Appointment, AppointmentState, Availability
from store.tables import Member
from store.yaml_lines import ContentError, read_yaml

Facts = Mapping[str, Any]
"""What `appointment_messages.calendar_facts` gives."""
MAKER = "-//Wijkwijzer//Afspraken//NL"
SHOWN = timedelta(days=30)
"""How long the feed shows what is over, and what was cancelled."""
REFRESH = timedelta(minutes=15)
"""How often a calendar is asked to look again."""
TEXTS = Path("texts") / "nl" / "team_calendar.yml"

# Yearly rules, where the library writes a list of dates: Outlook reads no RDATE, and would be an hour off in summer.
_TIME_ZONE = Timezone.from_ical(
    """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19970330T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
"""
)


@dataclass(frozen=True)
class CalendarWords:
    """What appointments are called in a calendar, and what the calendar that holds them all is called."""

    summary: Callable[[Facts], str]
    name: str


def read_words(flows: Path) -> CalendarWords:
    """The words as they stand in the texts, for who does without `bot.words`. Raises `ContentError` or `OSError`."""
    file = flows / TEXTS
    said = read_yaml(file)
    summary, name = (_text(file, said, key) for key in ("calendar_summary", "calendar_name"))
    return CalendarWords(lambda facts: summary.replace("{number}", str(facts["number"])), name)


def event_file(facts: Facts, summary: Callable[[Facts], str]) -> bytes:
    """One appointment as a file. Raises `LookupError` or `ValueError` for facts of another version."""
    return bytes(_calendar([_event(facts, summary)]).to_ical())


def feed(session: Session, now: datetime, token: str, words: CalendarWords) -> bytes | None:
    """The appointments of who has this token; None when nobody has it, or they have left the team.

    Nothing encrypted is read, so that whoever serves it needs no keys.
    """
    owner = select(Availability.member_id).join(Member)
    member = session.scalar(owner.where(Availability.feed_digest == _digest(token), Member.active))
    if member is None:
        return None
    found = _calendar(_event(calendar_facts(made), words.summary) for made in _shown(session, now, member))
    found.add("X-WR-CALNAME", words.name)  # without it calendars show the address, which is a secret
    found.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    return bytes(found.to_ical())


def new_feed(session: Session, member: Member) -> str:
    """A new secret token for the calendar of somebody; the one that they had stops working."""
    token = secrets.token_urlsafe(32)
    availability.of(session, member).feed_digest = _digest(token)
    return token


def stop_feed(session: Session, member: Member) -> None:
    """Their calendar can no longer be read at any address."""
    availability.of(session, member).feed_digest = None


def feed_address(dashboard_url: str, token: str) -> str:
    """Where a calendar finds the feed with this token (`dashboard.app`)."""
    return f"{dashboard_url.rstrip('/')}/agenda/{token}.ics"


def _shown(session: Session, now: datetime, member: int) -> Iterable[Appointment]:
    since, cancelled = now - SHOWN, Appointment.state == AppointmentState.CANCELLED
    there = (cancelled & (Appointment.changed_at > since)) | (~cancelled & (Appointment.ends_at > since))
    mine = select(Appointment).where(Appointment.member_id == member, there)
    mine = mine.options(defer(Appointment.whereabouts, raiseload=True))
    return session.scalars(mine.order_by(Appointment.starts_at, Appointment.id))


def _calendar(events: Iterable[Event]) -> Calendar:
    found = Calendar()
    found.add("PRODID", MAKER)
    found.add("VERSION", "2.0")
    found.add("METHOD", "PUBLISH")
    found.add_component(_TIME_ZONE)
    for event in events:
        found.add_component(event)
    return found


def _event(facts: Facts, summary: Callable[[Facts], str]) -> Event:
    changed = datetime.fromisoformat(facts["changed"]).astimezone(UTC)
    properties = {
        "UID": facts["uid"],
        "SEQUENCE": facts["sequence"],
        "DTSTAMP": changed,
        "LAST-MODIFIED": changed,
        "DTSTART": datetime.fromisoformat(facts["starts"]).astimezone(AMSTERDAM),
        "DTEND": datetime.fromisoformat(facts["ends"]).astimezone(AMSTERDAM),
        "SUMMARY": summary(facts),
        "STATUS": "CANCELLED" if facts["cancelled"] else "CONFIRMED",
    }
    event = Event()
    for name, value in properties.items():
        event.add(name, value)
    return event


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(file: Path, said: Mapping[str, Any], key: str) -> str:
    try:
        return str(said["responses"][key][0]["text"]).strip()
    except (LookupError, TypeError) as wrong:
        raise ContentError(f"{file}:1: '{key}' needs a text, as in the texts of the house.") from wrong
