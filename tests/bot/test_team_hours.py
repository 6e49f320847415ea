"""Appointments in `/instellingen`: every button, who presses it, and what is booked on a day that is taken off."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from actions import availability, people, team
from actions.appointment_hours import in_words, set_day_off, set_hours, set_length
from actions.opening_hours import local_day
from bot.incoming import Kind
from bot.rehearsal import Answered
from bot.team_hours import CHOICES, DAYS_SHOWN
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Availability, Place
from store.database import Database
from store.states import RequestState, Role, Rule, Urgency
from store.tables import Member, Outgoing, Request
from tests.talks import START, Someone, Stage, said

FATMA, JOOP = 100, 101
URL = "https://wijk.example"
TUESDAY, CHRISTMAS_EVE = "set appt:day:1", "set appt:off:2026-12-24"


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    made = Stage(database, words, phrases)
    team_side = replace(made.conversations.team_side, dashboard_url=URL)
    made.conversations = replace(made.conversations, team_side=team_side)
    return made


def _joined(stage: Stage, name: str = "Fatma", chat: int = FATMA, role: Role = Role.WIJKVERBINDER) -> Someone:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), name, role, "smitsveen").payload
    somebody = stage.person(chat, name)
    assert said(somebody.says(f"/start {payload}")) == ["team_welcome"]
    return somebody


@pytest.fixture
def fatma(stage: Stage) -> Someone:
    """Fatma, who looks at her appointments."""
    joined = _joined(stage)
    joined.says("/instellingen")
    joined.chooses("set appt")
    return joined


@contextmanager
def _mine(stage: Stage, chat: int = FATMA) -> Iterator[Availability]:
    """What somebody has set, to look at or to change."""
    with stage.database.transaction() as session:
        member = session.scalars(select(Member).join(Member.person).where(Member.person.has(chat_id=chat))).one()
        yield availability.of(session, member)


def _has(stage: Stage, notation: str) -> None:
    with _mine(stage) as mine:
        set_hours(mine, notation)


def _hours(stage: Stage, chat: int = FATMA) -> str:
    with _mine(stage, chat) as mine:
        return in_words(mine)


def _one(answers: list[Answered]) -> Answered:
    (answer,) = answers
    return answer


def _press(somebody: Someone, data: str, message: int | None = None) -> list[Answered]:
    """Press a button that need not be there."""
    return somebody.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=message or 10**9)


def _labels(answer: Answered) -> list[str]:
    return [title for row in answer.rendered.rows for title, _ in row]


def _booked(stage: Stage, *starts: datetime, state: AppointmentState = AppointmentState.BOOKED) -> None:
    """Appointments with Fatma."""
    with stage.database.transaction() as session:
        resident = people.find_or_create(session, START, 7, "Sanne")
        member = session.scalars(select(Member).order_by(Member.id)).first()
        assert member is not None
        found = Request(
            person_id=resident.id,
            wijk="smitsveen",
            topics="no_money",
            urgency=Urgency.NORMAL,
            rule=Rule.POOL,
            state=RequestState.CLAIMED,
            claimed_by_id=member.id,
            reach="here",
            by_whom="own_wijk",
            summary="Geheim verhaal.",
            requested_at=START,
            waiting_since=START,
        )
        session.add(found)
        session.flush()
        for at in starts:
            session.add(
                Appointment(
                    request_id=found.id,
                    person_id=resident.id,
                    member_id=member.id,
                    kind=AppointmentKind.TALK,
                    place=Place.HOME,
                    starts_at=at,
                    ends_at=at + timedelta(minutes=45),
                    state=state,
                    booked_at=START,
                    uid=str(uuid.uuid4()),
                    changed_at=START,
                )
            )


# --- how it stands --------------------------------------------------------------------------------------------


def test_at_first_there_are_no_hours(stage: Stage) -> None:
    fatma = _joined(stage)
    fatma.says("/instellingen")
    shown = _one(fatma.presses("Afspraken"))
    assert shown.rendered.text.splitlines() == [
        "Kies eerst uw uren, u krijgt nu geen afspraken.",
        "Een afspraak duurt 45 minuten.",
        "Pauze tussen 2 afspraken: 15 minuten",
        "Afspraken op 1 dag: hoogstens 3",
        "Op feestdagen heeft u vrij.",
        "U koos zelf nog geen vrije dagen.",
    ]
    assert _labels(shown) == [
        *("Mijn uren", "Niet op een dag", "Duur", "Pauze", "Per dag"),
        *("Agenda op uw telefoon", "Klaar"),
    ]


def test_hours_and_days_off_are_shown_as_they_stand(stage: Stage, fatma: Someone) -> None:
    with _mine(stage) as mine:
        set_hours(mine, "di 10-12, do 13-16")
        for day in ("2026-12-24", "2026-12-08"):
            set_day_off(mine, date.fromisoformat(day), local_day(START), off=True)
    text = _one(fatma.chooses("set appt:week")).rendered.text
    assert text == "Kies een dag.\nNu: di 10-12, do 13-16"
    text = _one(fatma.chooses("set appt")).rendered.text
    assert text.startswith("Uren voor afspraken: di 10-12, do 13-16\n")
    assert text.endswith("Ook niet op:\ndinsdag 8 december\ndonderdag 24 december")


def test_hours_in_which_no_appointment_fits_are_told(stage: Stage, fatma: Someone) -> None:
    with _mine(stage) as mine:
        set_hours(mine, "di 10-11")
        set_length(mine, 90)
    text = _one(_press(fatma, "set:appt")).rendered.text
    assert text.startswith("Kies meer uren na elkaar, dit is te kort: di 10-11\n")


PAGES = ("week", "day:1", "hour:1:10", "off", "off:2026-11-24", "minutes", "minutes:30", "pause", "a_day", "feed")


def test_everything_is_one_message_that_changes(stage: Stage, fatma: Someone) -> None:
    _has(stage, "di 10-12")
    for page in (*PAGES, "feed:new", "feed:stop"):
        shown = _one(_press(fatma, f"set:appt:{page}", fatma.screen[-1].row_id))
        with stage.database.reading() as session:
            assert session.get_one(Outgoing, shown.row_id).edits_id is not None
        every = [data for row in shown.rendered.rows for _, data in row]
        assert every and all(data.startswith("set:") and len(data.encode()) <= 64 for data in every)


# --- hours ----------------------------------------------------------------------------------------------------


def test_hours_are_switched_one_by_one(stage: Stage, fatma: Someone) -> None:
    fatma.presses("Mijn uren")
    shown = _one(fatma.presses("Op dinsdag"))
    assert shown.rendered.text.startswith("Kies uw uren op dinsdag.")
    assert _labels(shown) == [*(f"{hour} uur: nee" for hour in range(9, 21)), "Andere dag", "Terug naar afspraken"]
    fatma.presses("10 uur: nee")
    shown = _one(fatma.presses("11 uur: nee"))
    assert _labels(shown)[:4] == ["9 uur: nee", "10 uur: ja", "11 uur: ja", "12 uur: nee"]
    assert _hours(stage) == "di 10-12"
    fatma.presses("10 uur: ja")
    assert _hours(stage) == "di 11-12"
    assert "Nu: di 11-12" in _one(fatma.presses("Andere dag")).rendered.text


def test_an_hour_that_the_coordinator_set_in_part_is_shown_so(stage: Stage, fatma: Someone) -> None:
    _has(stage, "di 9:30-12")
    fatma.chooses("set appt:week")
    assert _labels(_one(fatma.chooses(TUESDAY)))[:2] == ["9 uur: deels", "10 uur: ja"]
    fatma.presses("9 uur: deels")
    assert _hours(stage) == "di 9-12"


# --- days off -------------------------------------------------------------------------------------------------


def test_without_hours_there_are_no_days_to_take_off(fatma: Someone) -> None:
    shown = _one(fatma.chooses("set appt:off"))
    assert shown.rendered.text == "Kies eerst uw uren, dan ziet u hier de dagen."
    assert _labels(shown) == ["Terug naar afspraken"]


def test_the_coming_days_with_hours_can_be_taken_off_but_not_holidays(stage: Stage, fatma: Someone) -> None:
    _has(stage, "do-vr 10-12")
    shown = _one(fatma.chooses("set appt:off"))
    days = _labels(shown)[:-1]
    assert len(days) == DAYS_SHOWN
    assert days[0] == "donderdag 26 november" and "vrijdag 25 december" not in days and "vrijdag 1 januari" not in days
    assert "donderdag 24 december: niet" in _labels(_one(fatma.chooses(CHRISTMAS_EVE)))
    with _mine(stage) as mine:
        assert mine.days_off == ["2026-12-24"]
    assert "donderdag 24 december" in _labels(_one(fatma.chooses(CHRISTMAS_EVE)))
    with _mine(stage) as mine:
        assert mine.days_off == []


def test_a_day_that_was_taken_off_stays_shown_when_its_hours_are_gone(stage: Stage, fatma: Someone) -> None:
    with _mine(stage) as mine:
        set_day_off(mine, date(2027, 10, 5), local_day(START), off=True)
    assert _labels(_one(fatma.chooses("set appt:off")))[0] == "dinsdag 5 oktober: niet"
    fatma.chooses("set appt:off:2027-10-05")
    with _mine(stage) as mine:
        assert mine.days_off == []


@pytest.mark.parametrize("day", ["2026-11-17", "2026-11-25", "2026-99-99", "9999-12-31"])
def test_a_day_that_is_not_offered_any_more_is_not_taken_off(stage: Stage, fatma: Someone, day: str) -> None:
    _has(stage, "di 10-12")
    assert _one(_press(fatma, f"set:appt:off:{day}")).key == "team_days_off"
    with _mine(stage) as mine:
        assert mine.days_off == []


# --- length, pause, number ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "asks", "now", "choice", "line"),
    [
        ("Duur", "team_choose_minutes", "Nu: 45 minuten", "60 minuten", "Een afspraak duurt 60 minuten."),
        ("Pauze", "team_choose_pause", "Nu: 15 minuten", "Geen pauze", "Pauze tussen 2 afspraken: 0 minuten"),
        ("Per dag", "team_choose_a_day", "Nu: 3", "5", "Afspraken op 1 dag: hoogstens 5"),
    ],
)
def test_numbers_are_chosen(fatma: Someone, label: str, asks: str, now: str, choice: str, line: str) -> None:
    asked = _one(fatma.presses(label))
    assert asked.key == asks and asked.rendered.text.endswith(now)
    assert line in _one(fatma.presses(choice)).rendered.text.splitlines()


def test_every_choice_can_be_set(stage: Stage, fatma: Someone) -> None:
    for name, choice in CHOICES.items():
        for value in choice.values:
            assert _one(_press(fatma, f"set:appt:{name}:{value}")).key == "team_appointments"
            with _mine(stage) as mine:
                assert getattr(mine, name) == value


# --- odd presses, and of others -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "odd",
    [
        *("x", "day", "day:7", "day:", "day:1:1", "hour:1:8", "hour:1:21", "hour:7:10", "hour:1", "hour:1:1000"),
        *("minutes:31", "minutes:0", "minutes:x", "pause:999", "pause:9999", "a_day:0", "a_day:7", "length"),
        *("off:", "off:morgen", "off:2026-1-1", "off:2026-11-24:1", "feed:x", "feed:new:1", ":", "hour:1:١٠"),
    ],
)
def test_an_odd_button_is_answered_and_does_nothing(stage: Stage, fatma: Someone, odd: str) -> None:
    _has(stage, "di 10-12")
    assert _one(_press(fatma, f"set:appt:{odd}")).key == "team_help"
    with _mine(stage) as mine:
        assert (in_words(mine), mine.minutes, mine.pause, mine.a_day) == ("di 10-12", 45, 15, 3)
        assert (mine.days_off, mine.feed_digest) == ([], None)


def test_a_word_that_only_begins_like_it_is_no_button(fatma: Someone) -> None:
    assert _one(_press(fatma, "set:appts")).key == "team_help"


def test_who_presses_changes_what_is_their_own(stage: Stage, fatma: Someone) -> None:
    _has(stage, "di 10-12")
    joop = _joined(stage, "Joop", JOOP)
    theirs = fatma.screen[-1].row_id
    for data in ("hour:1:10", "minutes:90", "off:2026-11-24"):
        _press(joop, f"set:appt:{data}", theirs)
    assert fatma.hears() == []
    assert _hours(stage) == "di 10-12" and _hours(stage, JOOP) == "di 10-11"
    with _mine(stage) as mine:
        assert (mine.minutes, mine.days_off) == (45, [])


def test_a_resident_cannot_press_it(stage: Stage, fatma: Someone) -> None:
    _press(stage.person(9), "set:appt:hour:1:10")
    with stage.database.reading() as session:
        assert [one.hours for one in session.scalars(select(Availability))] == [[]]


# --- what is booked then --------------------------------------------------------------------------------------


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+01:00")


def test_what_is_booked_on_a_day_that_is_taken_off_is_told_with_its_time_only(stage: Stage, fatma: Someone) -> None:
    _has(stage, "di 10-17")
    _booked(stage, _at("2026-12-01T15:00"), _at("2026-12-01T10:15"), _at("2026-12-08T10:00"))
    _booked(stage, _at("2026-12-01T12:00"), state=AppointmentState.CANCELLED)
    fatma.chooses("set appt:off")
    page, told = fatma.chooses("set appt:off:2026-12-01")
    assert page.key == "team_days_off"
    assert told.rendered.text.splitlines() == [
        "U heeft dan nog afspraken:",
        "dinsdag 1 december, 10.15 uur",
        "dinsdag 1 december, 15 uur",
        "Kies welke u wilt verzetten.",
    ]
    assert _labels(told) == ["dinsdag 1 december, 10.15 uur", "dinsdag 1 december, 15 uur"]
    with stage.database.reading() as session:
        booked = select(Appointment.id).where(Appointment.state == AppointmentState.BOOKED)
        first, second = session.scalars(booked.order_by(Appointment.starts_at).limit(2))
    assert [row[0][1] for row in told.rendered.rows] == [f"shift:{first}", f"shift:{second}"]
    assert said(fatma.chooses("set appt:off:2026-12-01")) == ["team_days_off"], "the day is theirs again"


@pytest.mark.parametrize(
    ("choice", "told"), [("set away:1", 1), ("set away:2", 2), ("set off", 3), ("set more", 0), ("set show", 0)]
)
def test_what_is_booked_in_a_holiday_is_told(stage: Stage, choice: str, told: int) -> None:
    fatma = _joined(stage)
    _booked(stage, *(_at(f"2026-{day}T10:00") for day in ("11-29", "11-30", "12-07")))
    fatma.says("/instellingen")
    heard = _press(fatma, choice.replace(" ", ":", 1), fatma.screen[-1].row_id)
    assert said(heard) == ["team_settings", *(["team_appointments_then"] if told else [])]
    assert not told or len(heard[-1].rendered.rows) == told


def test_appointments_of_somebody_else_are_not_told(stage: Stage, fatma: Someone) -> None:
    joop = _joined(stage, "Joop", JOOP)
    _booked(stage, _at("2026-12-01T10:00"))
    joop.says("/instellingen")
    assert said(joop.chooses("set off")) == ["team_settings"]


# --- the calendar ---------------------------------------------------------------------------------------------


def _address(answer: Answered) -> str:
    return answer.rendered.text.splitlines()[-1]


def _digest(stage: Stage) -> str | None:
    with _mine(stage) as mine:
        return mine.feed_digest


def test_the_address_of_the_calendar_is_shown_once_made_anew_and_stopped(stage: Stage, fatma: Someone) -> None:
    first = _one(fatma.presses("Agenda op uw telefoon"))
    assert first.key == "team_calendar_address"
    assert _address(first).startswith(f"{URL}/agenda/") and _address(first).endswith(".ics")
    before = _digest(stage)
    assert before is not None
    fatma.presses("Terug naar afspraken")
    assert _one(fatma.presses("Agenda op uw telefoon")).key == "team_calendar_there"
    assert _digest(stage) == before, "looking at it does not stop the old one"
    second = _one(fatma.presses("Nieuw adres"))
    assert _address(second) != _address(first) and _digest(stage) not in (before, None)
    assert _one(fatma.presses("Agenda stoppen")).key == "team_calendar_stopped"
    assert _digest(stage) is None


def test_without_a_web_page_there_is_no_calendar(database: Database, words: Words, phrases: SafetyPhrases) -> None:
    stage = Stage(database, words, phrases)
    fatma = _joined(stage)
    assert "Agenda op uw telefoon" not in _labels(_one(_press(fatma, "set:appt")))
    assert _one(_press(fatma, "set:appt:feed")).key == "team_appointments"
    assert _digest(stage) is None


# --- who only comes to the house ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ENERGY_COACH, Role.VOLUNTEER])
def test_who_takes_no_requests_sees_nothing_about_them(stage: Stage, role: Role) -> None:
    visitor = _joined(stage, role=role)
    assert "/instellingen" in visitor.screen[-1].rendered.text
    shown = _one(visitor.says("/instellingen"))
    assert shown.rendered.text == "U krijgt hier uw afspraken.\nTalen naast Nederlands: geen"
    assert _labels(shown)[-2:] == ["Mijn talen", "Afspraken"]
    assert "Meer tegelijk" not in _labels(shown)
    text = _one(visitor.chooses("set away:1")).rendered.text
    assert text.startswith("U heeft vrij, u bent er weer op maandag 30 november.")
    visitor.chooses("set appt")
    visitor.chooses("set appt:week")
    visitor.chooses(TUESDAY)
    visitor.chooses("set appt:hour:1:10")
    assert _hours(stage) == "di 10-11"
    for typed in ("/oefenen", "/help", "dag allemaal"):
        answer = _one(visitor.says(typed))
        assert answer.key == "team_help" and "kaart" not in answer.rendered.text


def test_who_takes_requests_still_sees_how_many(stage: Stage) -> None:
    shown = _one(_joined(stage).says("/instellingen"))
    assert "Vragen tegelijk: hoogstens 8, nu 0" in shown.rendered.text
    assert {"Minder tegelijk", "Meer tegelijk"} <= set(_labels(shown))
