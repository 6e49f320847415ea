"""An appointment in the demo: asked for, booked, moved, reminded of and called off; in phones, files and a calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
import vobject
from playwright.sync_api import Locator, Page, expect
from vobject.base import Component

from actions.opening_hours import AMSTERDAM
from bot.words import Words
from tests.e2e.demo_page import Demo, next_tuesday, picture, sets_the_clock
from tests.e2e.phones import Phone

pytestmark = [pytest.mark.e2e, pytest.mark.rasa, pytest.mark.browser]
RESIDENT, FATMA = 5000001, 5000002
ADDRESS = "Voorbeeldstraat 1"
AGREED = {"name": "Fatma", "first_name": "Voorbeeld", "number": 1, "place": "home", "appointment_kind": "talk"}
SECRETS = ("kou", "geld", "rekening", "vraag", "praten", ADDRESS)
"""Nothing of this is in a reminder."""


def test_an_appointment_is_booked_moved_and_called_off(page: Page, demo: Demo, words: Words) -> None:
    """The whole line, and what both phones, the file for a calendar and the private address say after each step."""
    resident, fatma = Phone(page, words, RESIDENT), Phone(page, words, FATMA)
    tuesday = next_tuesday()
    first, then = at(tuesday + timedelta(days=2), 11), at(tuesday + timedelta(days=7), 11)
    fatma.shows("team_welcome", name="Fatma")
    sets_the_clock(page, tuesday, 10)

    asks_for_a_visit(resident)
    chooses(resident, "liever donderdag om 11 uur", first, among="")
    gives_an_address(resident, first)
    booked = sees_the_booking(fatma, first)
    picture(page, "e2e-appointment-booked")
    calendar = connects_a_calendar(fatma)
    assert [begins(one) for one in calendar_at(calendar)] == [first]

    moves(resident, first, then)
    moved = sees_it_moved(fatma, then)
    picture(page, "e2e-appointment-moved")
    assert [begins(one) for one in calendar_at(calendar)] == [then]

    sets_the_clock(page, then.date() - timedelta(days=1), 12)
    calls_off(resident, then)
    cancelled = sees_it_called_off(fatma, then)
    picture(page, "e2e-appointment-cancelled")
    assert sequence(booked) < sequence(moved) < sequence(cancelled)
    assert {one.uid.value for one in (booked, moved, cancelled)} == {booked.uid.value}
    assert [one.status.value for one in calendar_at(calendar)] == ["CANCELLED"]
    assert ADDRESS not in demo.program.printed(), "the logs hold no address of a resident"


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), AMSTERDAM)


def agreed(starts: datetime, **more: object) -> dict[str, object]:
    return {**AGREED, "starts": starts.isoformat(), **more}


# --- the resident ---------------------------------------------------------------------------------------------


def asks_for_a_visit(resident: Phone) -> None:
    """In a sentence; the bot asks who may know, and where."""
    resident.starts()
    resident.answers("consent", "yes")
    resident.hears("utter_consent_yes")
    resident.types("ik wil een afspraak met iemand")
    resident.hears("utter_talk_to_human")
    resident.answers("wijk", "smitsveen")
    resident.answers("send_ok", "choose")
    resident.answers("reach", "home")
    resident.answers("by_whom", "own_wijk")
    resident.answers("send_ok_chosen", "yes")
    resident.answers("plan_now", "yes")


def chooses(resident: Phone, wish: str, starts: datetime, among: str = "Fatma") -> None:
    """Type what suits, and press one of the times that are left. `among` is whose times all of them are, if of one."""
    asked = resident.is_asked("when", name=among)
    resident.types(wish)
    expect(asked).to_contain_text(wish)
    expect(asked.locator(".buttons button")).to_have_count(0)
    left = resident.is_asked("when", name="Fatma")
    resident.presses(left, resident.words.say("team_appointment_then_line", {"starts": starts.isoformat()}))


def gives_an_address(resident: Phone, starts: datetime) -> None:
    resident.hears("utter_appointment_booked", **agreed(starts, reminds="yes"))
    resident.says("address", ADDRESS)
    resident.hears("utter_whereabouts_noted")


def moves(resident: Phone, before: datetime, starts: datetime) -> None:
    resident.types("/afspraak")
    still = resident.hears("utter_ask_appointment_still", **agreed(before))
    resident.presses(still, resident.label("appointment_still", "move"))
    chooses(resident, "volgende week dinsdag om 11 uur", starts)
    resident.hears("utter_appointment_moved", **agreed(starts))


def calls_off(resident: Phone, starts: datetime) -> None:
    """The reminder says who and when, and no more; one tap ends it."""
    reminder = resident.hears("utter_ask_appointment_still", **agreed(starts))
    for secret in SECRETS:
        expect(reminder).not_to_contain_text(secret)
    picture(resident.page, "e2e-appointment-reminder")
    resident.presses(reminder, resident.label("appointment_still", "cancel"))
    resident.hears("utter_appointment_cancelled")


# --- Fatma ----------------------------------------------------------------------------------------------------


def sees_the_booking(fatma: Phone, starts: datetime) -> Component:
    fatma.hears("team_appointment_booked", **agreed(starts))
    event = file_for_a_calendar(fatma, "CONFIRMED", starts)
    fatma.hears("team_appointment_where", **agreed(starts, whereabouts=ADDRESS))
    return event


def sees_it_moved(fatma: Phone, starts: datetime) -> Component:
    fatma.hears("team_appointment_moved", **agreed(starts))
    return file_for_a_calendar(fatma, "CONFIRMED", starts)


def sees_it_called_off(fatma: Phone, starts: datetime) -> Component:
    """Also the address is gone from her phone."""
    fatma.hears("team_appointment_cancelled", **agreed(starts))
    event = file_for_a_calendar(fatma, "CANCELLED", starts)
    fatma.shows("team_appointment_where_erased")
    expect(fatma.screen).not_to_contain_text(ADDRESS)
    return event


def file_for_a_calendar(fatma: Phone, status: str, starts: datetime) -> Component:
    """Keep the file that came, as her phone would, and read it with another library than wrote it."""
    message = fatma.hears("team_calendar_file", **AGREED)
    event = vobject.readOne(downloaded(fatma.page, message).read_text(encoding="utf-8")).vevent
    assert (event.status.value, begins(event)) == (status, starts)
    assert event.summary.value == fatma.words.say("calendar_summary", AGREED)
    return event


def downloaded(page: Page, message: Locator) -> Path:
    with page.expect_download() as kept:
        message.get_by_role("link", name="afspraak.ics").click()
    return kept.value.path()


def connects_a_calendar(fatma: Phone) -> str:
    """Ask for the private address of all appointments; gives it."""
    fatma.types("/instellingen")
    for key in ("button_appointments", "button_calendar"):
        fatma.screen.get_by_role("button", name=fatma.words.say(key, {}), exact=True).click()
    shown = fatma.screen.locator(".message", has_text=".ics").filter(has_text="http")
    found = re.search(r"http://127\.0\.0\.1\S+\.ics", shown.inner_text())
    assert found
    return found[0]


# --- calendars ------------------------------------------------------------------------------------------------


def calendar_at(address: str) -> list[Component]:
    """What a calendar that reads this address shows."""
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 200
    return list(vobject.readOne(answer.text).contents.get("vevent", []))


def begins(event: Component) -> datetime:
    starts: datetime = event.dtstart.value
    return starts


def sequence(event: Component) -> int:
    return int(event.sequence.value)
