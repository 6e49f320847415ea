"""What calendars read of appointments, read back by a parser that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject

from actions import appointment_messages, appointments, availability, calendar_files, handoffs
from actions.appointments import Side
from actions.availability import FreeTime
from actions.calendar_files import CalendarWords
from actions.opening_hours import AMSTERDAM
from store.agenda_tables import Appointment, AppointmentState, Availability
from store.settings import ROOT
from store.tables import Member
from store.yaml_lines import ContentError
from tests.actions.people import Wijk, moment, wish

WORDS = CalendarWords(lambda facts: f"Afspraak {facts['number']}", "Agenda")
FACTS = {
    "uid": "a-1",
    "sequence": 2,
    "number": 12,
    "kind": "talk",
    "starts": "2026-11-24T09:00:00+00:00",
    "ends": "2026-11-24T09:45:00+00:00",
    "changed": "2026-11-23T10:20:30+00:00",
    "cancelled": False,
}
TELLING = ("Zwaantje", "Verraadlaan", "draught", "tocht", "Portaal", "Fatma", "home", "talk")


def written(summary: str = "Afspraak", **other: Any) -> bytes:
    return calendar_files.event_file({**FACTS, **other}, lambda _facts: summary)


def read(content: bytes | None) -> Any:
    assert content is not None
    return vobject.readOne(content.decode())


def events(content: bytes | None) -> list[Mapping[str, Any]]:
    """The properties of each event in a calendar."""
    found = read(content).contents.get("vevent", [])
    return [{name: values[0].value for name, values in event.contents.items()} for event in found]


# --- one appointment, as a file ---------------------------------------------------------------------------------


def test_a_file_says_when_and_which_version_it_is() -> None:
    (event,) = events(written("Afspraak (nummer 12)"))
    assert (event["uid"], event["sequence"], event["status"]) == ("a-1", "2", "CONFIRMED")
    assert event["summary"] == "Afspraak (nummer 12)"
    assert event["dtstart"] == moment("2026-11-24 10:00") and event["dtend"] == moment("2026-11-24 10:45")
    assert event["dtstamp"] == event["last-modified"] == datetime(2026, 11, 23, 10, 20, 30, tzinfo=UTC)
    assert set(event) == {"uid", "sequence", "status", "summary", "dtstart", "dtend", "dtstamp", "last-modified"}


def test_a_file_is_published_and_names_its_maker() -> None:
    found = read(written())
    assert (found.method.value, found.version.value) == ("PUBLISH", "2.0")
    assert "Wijkwijzer" in found.prodid.value


def test_a_cancelled_appointment_is_published_as_cancelled() -> None:
    found = read(written(cancelled=True, sequence=3))
    assert (found.vevent.status.value, found.vevent.sequence.value, found.method.value) == ("CANCELLED", "3", "PUBLISH")


@pytest.mark.parametrize("day", ["2026-10-23", "2026-10-26", "2027-03-26", "2027-03-29"])
def test_ten_in_the_morning_is_ten_on_both_sides_of_a_clock_change(day: str) -> None:
    starts = moment(f"{day} 10:00")
    (event,) = events(written(starts=starts.isoformat(), ends=(starts + timedelta(minutes=45)).isoformat()))
    assert event["dtstart"] == starts
    assert event["dtstart"].isoformat()[:16] == f"{day}T10:00"
    assert event["dtend"] - event["dtstart"] == timedelta(minutes=45)


def test_times_name_the_zone_and_the_file_holds_its_rules() -> None:
    found = read(written())
    assert found.vtimezone.tzid.value == found.vevent.dtstart.params["X-VOBJ-ORIGINAL-TZID"][0] == "Europe/Amsterdam"
    assert b"DTSTART;TZID=Europe/Amsterdam:20261124T100000" in written()
    for part in (*found.vtimezone.contents["standard"], *found.vtimezone.contents["daylight"]):
        assert part.rrule and "rdate" not in part.contents, "Outlook reads yearly rules only"


def test_the_rules_of_the_zone_are_those_of_amsterdam() -> None:
    zone = read(written()).vevent.dtstart.value.tzinfo
    assert zone is not AMSTERDAM
    for year in range(2026, 2036):
        for month in (3, 10):
            for day in range(20, 32):
                noon = datetime.combine(date(year, month, day), time(12))
                assert noon.replace(tzinfo=zone).utcoffset() == noon.replace(tzinfo=AMSTERDAM).utcoffset(), noon


@pytest.mark.parametrize("words", ["Bij u; thuis, of\nniet", "Café " + "é" * 200, "a\\b: c", "BEGIN:VEVENT"])
def test_all_words_come_back_as_they_were(words: str) -> None:
    (event,) = events(written(words))
    assert event["summary"] == words


def test_lines_end_and_break_as_calendars_want_it() -> None:
    *lines, last = written("Café " + "é" * 200).split(b"\r\n")
    assert last == b"" and all(len(line) <= 75 and b"\n" not in line for line in lines)


@pytest.mark.parametrize(
    ("broken", "error"), [({"starts": "ten"}, ValueError), ({"uid": None}, KeyError)], ids=["a time", "a name"]
)
def test_facts_of_another_version_are_refused(broken: dict[str, Any], error: type[Exception]) -> None:
    left = {name: value for name, value in {**FACTS, **broken}.items() if value is not None}
    with pytest.raises(error):
        calendar_files.event_file(left, WORDS.summary)


# --- the words --------------------------------------------------------------------------------------------------


def test_the_words_are_those_of_the_texts() -> None:
    words = calendar_files.read_words(ROOT / "flows")
    assert "12" in words.summary(FACTS) and "{" not in words.summary(FACTS) + words.name
    assert words.name


@pytest.mark.parametrize("said", ["calendar_name: []", "calendar_name: [{words: Agenda}]", "other: [{text: Agenda}]"])
def test_words_that_are_not_there_are_told_with_their_file(tmp_path: Path, said: str) -> None:
    file = tmp_path / calendar_files.TEXTS
    file.parent.mkdir(parents=True)
    file.write_text(f"responses:\n  calendar_summary: [{{text: Afspraak}}]\n  {said}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"team_calendar\.yml:1: 'calendar_name' needs a text"):
        calendar_files.read_words(tmp_path)


# --- the feed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def fatma(wijk: Wijk) -> Member:
    fatma = wijk.member("Fatma")
    mine = availability.of(wijk.session, fatma)
    mine.hours = [{"days": [0, 1, 2, 3, 4], "opens": 9 * 60, "closes": 17 * 60}]
    return fatma


def free_times(wijk: Wijk, member: Member) -> list[FreeTime]:
    return availability.free(wijk.session, wijk.now, [wijk.session.get_one(Availability, member.id)])


def booked(wijk: Wijk, member: Member, first_name: str = "Zwaantje") -> Appointment:
    """An appointment with a resident who has a telling name, at a telling address."""
    request = wijk.claimed(member, wish(summary="Het tocht bij de deur."), wijk.person(first_name))
    time = free_times(wijk, member)[0]
    made = appointments.book(wijk.session, wijk.now, request, time, whereabouts="Verraadlaan 7")
    assert made is not None
    return made


def feed(wijk: Wijk, token: str) -> bytes | None:
    wijk.session.flush()
    wijk.session.expunge_all()
    return calendar_files.feed(wijk.session, wijk.now, token, WORDS)


def test_a_feed_without_appointments_says_what_it_is_and_when_to_look_again(wijk: Wijk, fatma: Member) -> None:
    found = read(feed(wijk, calendar_files.new_feed(wijk.session, fatma)))
    assert found.contents["x-wr-calname"][0].value == "Agenda"
    interval = found.contents["refresh-interval"][0]
    assert (interval.value, interval.params) == ("PT15M", {"VALUE": ["DURATION"]})
    assert found.contents["x-published-ttl"][0].value == "PT15M"
    assert found.method.value == "PUBLISH" and found.vtimezone and "vevent" not in found.contents


def test_the_feed_follows_an_appointment_from_booking_to_cancelling(wijk: Wijk, fatma: Member) -> None:
    token, made = calendar_files.new_feed(wijk.session, fatma), booked(wijk, fatma)
    number, before = made.id, made.starts_at
    (first,) = events(feed(wijk, token))
    assert (first["dtstart"], first["sequence"], first["status"]) == (before, "0", "CONFIRMED")

    made = wijk.session.get_one(Appointment, number)
    later = free_times(wijk, made.member)[3]
    assert appointments.move(wijk.session, wijk.now, made, later)
    (moved,) = events(feed(wijk, token))
    assert (moved["uid"], moved["sequence"], moved["dtstart"]) == (first["uid"], "1", later.starts_at)

    assert appointments.cancel(wijk.session, wijk.now, wijk.session.get_one(Appointment, number), Side.MEMBER)
    (cancelled,) = events(feed(wijk, token))
    assert (cancelled["uid"], cancelled["sequence"], cancelled["status"]) == (first["uid"], "2", "CANCELLED")


def test_no_calendar_learns_with_whom_where_or_why(wijk: Wijk, fatma: Member) -> None:
    token, made = calendar_files.new_feed(wijk.session, fatma), booked(wijk, fatma)
    sent = [message.calendar for message in wijk.messages(fatma) if message.calendar]
    for facts in (appointment_messages.calendar_facts(made), *sent):
        told = calendar_files.event_file(facts, WORDS.summary)
        assert not [word for word in TELLING if word.lower().encode() in told.lower()]
    assert sent
    whole = feed(wijk, token)
    assert whole and not [word for word in TELLING if word.lower().encode() in whole.lower()]


@pytest.mark.parametrize("state", [AppointmentState.KEPT, AppointmentState.MISSED, AppointmentState.BOOKED])
def test_what_is_over_is_shown_for_thirty_days(wijk: Wijk, fatma: Member, state: AppointmentState) -> None:
    token, made = calendar_files.new_feed(wijk.session, fatma), booked(wijk, fatma)
    made.state, ends = state, made.ends_at
    wijk.now = ends + timedelta(days=30) - timedelta(minutes=1)
    assert [event["status"] for event in events(feed(wijk, token))] == ["CONFIRMED"]
    wijk.now = ends + timedelta(days=30)
    assert events(feed(wijk, token)) == []


def test_what_was_cancelled_is_shown_for_thirty_days_from_then(wijk: Wijk, fatma: Member) -> None:
    token, made = calendar_files.new_feed(wijk.session, fatma), booked(wijk, fatma)
    appointments.cancel(wijk.session, wijk.now, made)
    wijk.now += timedelta(days=30) - timedelta(minutes=1)
    assert [event["status"] for event in events(feed(wijk, token))] == ["CANCELLED"]
    wijk.now += timedelta(minutes=1)
    assert events(feed(wijk, token)) == []


def test_everybody_reads_their_own_appointments_in_order(wijk: Wijk, fatma: Member) -> None:
    joop, token = wijk.member("Joop"), calendar_files.new_feed(wijk.session, fatma)
    theirs, times = calendar_files.new_feed(wijk.session, joop), [booked(wijk, fatma).starts_at for _ in range(3)]
    assert [event["dtstart"] for event in events(feed(wijk, token))] == sorted(times)
    assert events(feed(wijk, theirs)) == []


def test_a_new_address_takes_the_place_of_the_old_one(wijk: Wijk, fatma: Member) -> None:
    old, new = calendar_files.new_feed(wijk.session, fatma), calendar_files.new_feed(wijk.session, fatma)
    assert old != new and len(new) >= 40
    kept = wijk.session.get_one(Availability, fatma.id).feed_digest
    assert kept and kept not in (old, new)
    assert feed(wijk, old) is None and feed(wijk, new) is not None
    assert feed(wijk, "") is None and feed(wijk, kept) is None


def test_a_stopped_feed_is_nowhere(wijk: Wijk, fatma: Member) -> None:
    token = calendar_files.new_feed(wijk.session, fatma)
    calendar_files.stop_feed(wijk.session, fatma)
    assert feed(wijk, token) is None and feed(wijk, "None") is None


def test_who_left_the_team_reads_nothing_any_more(wijk: Wijk, fatma: Member) -> None:
    token = calendar_files.new_feed(wijk.session, fatma)
    assert handoffs.leave(wijk.session, wijk.now, fatma.id)
    assert feed(wijk, token) is None


@pytest.mark.parametrize("base", ["https://wijk.example.org", "https://wijk.example.org/"])
def test_the_address_is_below_that_of_the_web_page(base: str) -> None:
    assert calendar_files.feed_address(base, "abc") == "https://wijk.example.org/agenda/abc.ics"
