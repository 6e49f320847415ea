"""What the team does with appointments in Telegram: plan, look, move, call off, say how it went; and /vandaag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from actions import privacy, team, waiting_list
from actions.appointment_offers import Plan
from bot.incoming import Kind
from bot.rehearsal import Answered
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState
from store.database import Database
from store.states import OutgoingState, RequestState, Role
from store.tables import Inbox, Member, Outgoing, Person, Request, Talk
from tests.actions.agenda import booked, give_hours
from tests.actions.people import Wijk
from tests.talks import START, Someone, Stage, said

FATMA, VERA, COBY, ANNIE = 100, 101, 102, 1


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


@contextmanager
def _wijk(stage: Stage) -> Iterator[Wijk]:
    with stage.database.transaction() as session:
        yield Wijk(session, stage.clock.now())
    stage.deliver()


def _joins(stage: Stage, name: str, chat: int, role: Role = Role.WIJKVERBINDER) -> Someone:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), name, role, None).payload
    somebody = stage.person(chat, name)
    assert "team_welcome" in said(somebody.says(f"/start {payload}"))
    return somebody


def _member(wijk: Wijk, chat: int = FATMA) -> Member:
    return wijk.session.scalars(select(Member).join(Member.person).where(Person.chat_id == chat)).one()


def _request(wijk: Wijk) -> Request:
    return wijk.session.scalars(select(Request)).one()


def _hours(stage: Stage, chat: int = FATMA, **hours: Any) -> None:
    with _wijk(stage) as wijk:
        give_hours(wijk, _member(wijk, chat), **hours)


@pytest.fixture
def fatma(stage: Stage) -> Someone:
    return _joins(stage, "Fatma", FATMA)


@pytest.fixture
def annie(stage: Stage, fatma: Someone) -> Someone:
    """A resident whose request Fatma has; nobody has hours yet."""
    annie = stage.person(ANNIE, "Annie")
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        annie.says(says)
    fatma.hears()
    fatma.chooses("claim")
    assert said(annie.hears()) == ["utter_claimed"]
    return annie


def _booked(stage: Stage, chat: int = FATMA, kind: AppointmentKind = AppointmentKind.TALK, where: str = "") -> int:
    """The first free time, for the only request that there is."""
    _hours(stage, chat)
    with _wijk(stage) as wijk:
        return booked(wijk, _request(wijk), _member(wijk, chat), kind, where).id


@pytest.fixture
def made(stage: Stage, fatma: Someone, annie: Someone) -> int:
    """A talk of Fatma with Annie, on Monday 23 November at 13.00 in the Netherlands."""
    number = _booked(stage)
    fatma.hears()
    return number


def _state(stage: Stage, number: int) -> AppointmentState:
    with stage.database.reading() as session:
        return session.get_one(Appointment, number).state


def _starts(stage: Stage, number: int) -> datetime:
    with stage.database.reading() as session:
        return session.get_one(Appointment, number).starts_at


def _over(stage: Stage, number: int) -> None:
    """An hour after its end."""
    stage.clock.moment = _starts(stage, number) + timedelta(minutes=45 + 60)
    stage.deliver()


def _press(somebody: Someone, data: str) -> list[Answered]:
    return somebody.sends(kind=Kind.PRESS, data=data, callback_id="c")


# --- planning -------------------------------------------------------------------------------------------------


def test_the_resident_is_asked_when_it_suits_and_chooses(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _hours(stage)
    assert said(fatma.chooses("plan")) == ["team_plan_asked"]
    (asked,) = annie.hears()
    assert (asked.key, asked.message.values["asked_because"]) == ("utter_ask_when", "helper")
    annie.chooses("second")
    assert said(annie.chooses("telephone"))[0] == "utter_appointment_booked"
    assert "team_appointment_booked" in said(fatma.hears())


def test_who_presses_twice_asks_once(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _hours(stage)
    for _ in range(2):
        assert said(fatma.chooses("plan")) == ["team_plan_asked"]
    assert said(annie.hears()) == ["utter_ask_when"]
    stage.clock.move(minutes=10)
    assert said(fatma.chooses("plan")) == ["team_plan_asked"]
    assert said(annie.hears()) == ["utter_ask_when"]


def test_without_hours_the_member_hears_what_to_do(fatma: Someone, annie: Someone) -> None:
    assert said(fatma.chooses("plan")) == ["team_plan_no_time"]
    assert annie.hears() == []


def test_with_an_energy_coach_the_kind_is_asked_first(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _hours(stage)
    _joins(stage, "Vera", VERA, Role.ENERGY_COACH)
    _hours(stage, VERA)
    (answer,) = fatma.chooses("plan")
    assert answer.key == "team_ask_kind"
    assert list(answer.choices()) == ["plan talk", "plan coach"]
    assert said(fatma.chooses("plan coach")) == ["team_plan_asked"]
    (asked,) = annie.hears()
    assert asked.message.values["asked_because"] == asked.message.values["appointment_kind"] == "coach"
    assert said(fatma.chooses("plan talk")) == ["team_plan_asked"]
    assert annie.hears()[-1].message.values["appointment_kind"] == "talk"


def test_without_a_coach_who_is_free_the_resident_waits(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _joins(stage, "Vera", VERA, Role.ENERGY_COACH)
    _hours(stage, VERA, opens=10, closes=10)
    number = _number(stage)
    assert [said(_press(fatma, f"plan:{number}:coach")) for _ in range(2)] == [["team_plan_waits"]] * 2
    with stage.database.reading() as session:
        assert waiting_list.count(session) == 1
    assert annie.hears() == []


def _number(stage: Stage) -> int:
    with stage.database.reading() as session:
        return session.scalars(select(Request.id)).one()


def test_one_that_is_there_already_is_told(stage: Stage, fatma: Someone, annie: Someone, made: int) -> None:
    annie.hears()
    (answer,) = _press(fatma, f"plan:{_number(stage)}")
    assert answer.key == "team_plan_already" and "13 uur" in answer.rendered.text
    assert annie.hears() == []


@pytest.mark.parametrize("rest", ["", ":talk", ":coach", ":nonsense"])
def test_only_who_has_the_request_can_plan(
    stage: Stage, fatma: Someone, annie: Someone, rest: str, logged: list[Any]
) -> None:
    _hours(stage)
    joop = _joins(stage, "Joop", 103)
    _hours(stage, 103)
    assert said(_press(joop, f"plan:{_number(stage)}{rest}")) == ["utter_request_gone"]
    assert annie.hears() == []
    assert [line["act"] for line in logged if line["event"] == "team_button_refused"] == ["plan"]


def test_an_unknown_kind_and_a_request_to_practise_with_are_refused(
    stage: Stage, fatma: Someone, annie: Someone
) -> None:
    _hours(stage)
    assert said(_press(fatma, f"plan:{_number(stage)}:nonsense")) == ["utter_request_gone"]
    fatma.says("/oefenen")
    fatma.chooses("claim")
    with stage.database.reading() as session:
        practised = session.scalars(select(Request.id).where(Request.practice)).one()
    assert said(_press(fatma, f"plan:{practised}")) == ["utter_request_gone"]


# --- looking, moving, calling off -----------------------------------------------------------------------------


def test_the_address_is_shown_again_and_erased_everywhere_afterwards(
    stage: Stage, fatma: Someone, annie: Someone
) -> None:
    number = _booked(stage, where="Voorbeeldstraat 1")
    fatma.hears()
    shown = _press(fatma, f"meet:{number}")
    assert said(shown) == ["team_appointment_shown", "team_appointment_where"]
    assert "Voorbeeldstraat 1" in shown[1].rendered.text
    _over(stage, number)
    assert stage.conversations.erase_whereabouts() == 1
    with stage.database.reading() as session:
        kept = [row.content for row in session.scalars(select(Outgoing))]
        assert session.get_one(Appointment, number).whereabouts is None
    assert "Voorbeeldstraat" not in str(kept)


def test_an_address_that_was_typed_is_kept_nowhere_afterwards(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _hours(stage)
    annie.says("afspraak"), annie.chooses("first"), annie.chooses("home")
    assert said(annie.says("Voorbeeldstraat 1")) == ["utter_whereabouts_noted"]
    assert "Voorbeeldstraat 1" in fatma.hears()[-1].rendered.text
    stage.wait(days=2)
    with stage.database.reading() as session:
        columns = (Outgoing.content, Inbox.content, Talk.state)
        kept = [list(session.scalars(select(column))) for column in columns]
    assert "Voorbeeldstraat" not in str(kept)


def test_who_erases_everything_is_named_in_no_message_to_the_team(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    fatma.says("/vandaag"), fatma.chooses("plan")
    for button in ("meet", "shift", "unmeet"):
        fatma.chooses(button)
    with _wijk(stage) as wijk:
        privacy.forget(wijk.session, wijk.now, _request(wijk).person)
    with stage.database.reading() as session:
        assert "Annie" not in str([row.content for row in session.scalars(select(Outgoing))])


def test_the_old_time_stays_until_the_resident_chose_another(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    annie.hears()
    before = _starts(stage, made)
    fatma.says("/vandaag")
    fatma.chooses("meet")
    assert said(fatma.chooses("shift")) == said(fatma.chooses("shift")) == ["team_shift_asked"]
    (asked,) = annie.hears()
    assert (asked.key, asked.message.values["asked_because"]) == ("utter_ask_when", "shift")
    assert (_starts(stage, made), _state(stage, made)) == (before, AppointmentState.BOOKED)
    assert said(annie.chooses("first"))[0] == "utter_appointment_moved"
    assert "team_appointment_moved" in said(fatma.hears())
    assert _starts(stage, made) > before


def test_without_another_time_the_member_hears_that_it_stays(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    annie.hears()
    _hours(stage, days=())
    assert said(_press(fatma, f"shift:{made}")) == ["team_shift_no_time"]
    assert (annie.hears(), _state(stage, made)) == ([], AppointmentState.BOOKED)


def test_one_tap_calls_it_off_and_a_second_does_nothing(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    annie.hears()
    day = _starts(stage, made).date()
    _press(fatma, f"meet:{made}")
    assert "team_called_off" in said(fatma.chooses("unmeet"))
    called_off, asked = annie.hears()
    assert (called_off.key, asked.key) == ("utter_appointment_called_off", "utter_ask_when")
    values = asked.message.values
    assert values["asked_because"] == "called_off"
    assert day not in {datetime.fromisoformat(values[f"time_{one}"]).date() for one in values["times_free"]}
    assert said(_press(fatma, f"unmeet:{made}")) == ["team_appointment_gone"]
    assert (annie.hears(), _state(stage, made)) == ([], AppointmentState.CANCELLED)


@pytest.mark.parametrize("act", ["shift", "unmeet", "meet"])
def test_what_has_begun_is_shown_with_the_question_how_it_went(
    stage: Stage, fatma: Someone, annie: Someone, made: int, act: str
) -> None:
    stage.clock.moment = _starts(stage, made)
    fatma.hears()
    annie.hears()
    (answer,) = _press(fatma, f"{act}:{made}")
    assert answer.key == "team_appointment_shown"
    assert list(answer.choices()) == ["attend kept", "attend resident_missed", "attend member_missed"]
    assert (annie.hears(), _state(stage, made)) == ([], AppointmentState.BOOKED)


@pytest.mark.parametrize("data", ["attend:{}:kept", "unmeet:{}", "shift:{}", "meet:{}"])
def test_a_button_of_somebody_else_or_of_nothing_is_answered_and_logged(
    stage: Stage, fatma: Someone, annie: Someone, made: int, data: str, logged: list[Any]
) -> None:
    joop = _joins(stage, "Joop", 103)
    annie.hears()
    for number in (made, made + 1000):
        assert said(_press(joop, data.format(number))) == ["team_appointment_gone"]
    assert (_state(stage, made), annie.hears()) == (AppointmentState.BOOKED, [])
    refused = [line for line in logged if line["event"] == "team_button_refused"]
    assert [line["act"] for line in refused] == [data.partition(":")[0]] * 2


# --- how it went ----------------------------------------------------------------------------------------------


def test_it_took_place(stage: Stage, fatma: Someone, annie: Someone, made: int) -> None:
    _over(stage, made)
    assert "team_ask_attendance" in said(fatma.hears())
    (answer,) = fatma.chooses("attend kept")
    assert (answer.key, answer.message.values["attended"], answer.rendered.rows) == ("team_attended", "kept", ())
    assert _state(stage, made) is AppointmentState.KEPT
    with stage.database.reading() as session:
        assert session.scalars(select(Request.state)).one() is RequestState.CONTACTED
    (answer,) = _press(fatma, f"attend:{made}:resident_missed")
    assert (answer.message.values["attended"], _state(stage, made)) == ("known", AppointmentState.KEPT)


@pytest.mark.parametrize(("says", "because"), [("resident_missed", "missed"), ("member_missed", "missed_by_us")])
def test_it_did_not_take_place(
    stage: Stage, fatma: Someone, annie: Someone, made: int, says: str, because: str
) -> None:
    _over(stage, made)
    fatma.hears()
    annie.hears()
    (answer,) = fatma.chooses(f"attend {says}")
    assert answer.message.values["attended"] == "again"
    (asked,) = annie.hears()
    assert (asked.key, asked.message.values["asked_because"]) == ("utter_ask_when", because)


def test_an_answer_that_there_is_not_is_refused(stage: Stage, fatma: Someone, made: int) -> None:
    _over(stage, made)
    fatma.hears()
    assert said(_press(fatma, f"attend:{made}:nonsense")) == ["team_appointment_gone"]
    assert _state(stage, made) is AppointmentState.BOOKED


# --- the day --------------------------------------------------------------------------------------------------


def test_the_day_lists_appointments_of_this_week_with_who_when_and_where(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    answers = fatma.says("/vandaag")
    assert said(answers) == ["team_today_appointments", "team_today"]
    line = answers[0].rendered.text.splitlines()[1]
    assert line == f"maandag 23 november, 13 uur: Annie, bij de bewoner thuis, vraag {_number(stage)}"
    assert answers[0].choices() == {"meet": f"meet:{made}"}


@pytest.mark.parametrize(("away", "shown"), [("2026-12-01", True), ("2026-12-02", False)])
def test_the_day_looks_seven_days_ahead(stage: Stage, fatma: Someone, annie: Someone, away: str, shown: bool) -> None:
    _hours(stage, opens=9, closes=10)
    with _wijk(stage) as wijk:
        _member(wijk).away_until = datetime.fromisoformat(away).date()
        booked(wijk, _request(wijk), _member(wijk))
    stage.clock.moment = START + timedelta(days=1)
    fatma.hears()
    assert ("team_today_appointments" in said(fatma.says("/vandaag"))) == shown


def test_energy_coaches_see_their_appointments_or_that_there_are_none(
    stage: Stage, fatma: Someone, annie: Someone
) -> None:
    vera = _joins(stage, "Vera", VERA, Role.ENERGY_COACH)
    assert said(vera.says("/vandaag")) == ["team_today_no_appointment"]
    _booked(stage, VERA, AppointmentKind.COACH)
    vera.hears()
    assert said(vera.says("/vandaag")) == ["team_today_appointments"]
    assert said(stage.person(FATMA).says("/vandaag"))[-1] == "team_today"


def test_coordinators_see_how_many_wait_for_a_time(stage: Stage, fatma: Someone, annie: Someone) -> None:
    coby = _joins(stage, "Coby", COBY, Role.COORDINATOR)
    coby.hears()
    assert said(coby.says("/vandaag")) == ["coordinator_nothing_waits"]
    _waits(stage)
    coby.hears()
    (waits, _) = coby.says("/vandaag")
    assert waits.key == "coordinator_wait_for_time" and waits.rendered.text.endswith(": 1")


# --- by itself ------------------------------------------------------------------------------------------------


def _waits(stage: Stage, *kinds: AppointmentKind) -> None:
    with _wijk(stage) as wijk:
        for kind in kinds or (AppointmentKind.TALK,):
            waiting_list.join(wijk.session, wijk.now, Plan(_request(wijk), kind))


def test_who_waits_is_offered_a_time_and_one_that_goes_wrong_holds_up_no_other(
    stage: Stage, fatma: Someone, annie: Someone, logged: list[Any]
) -> None:
    _joins(stage, "Vera", VERA, Role.ENERGY_COACH)
    _waits(stage, AppointmentKind.COACH, AppointmentKind.TALK)
    _hours(stage)
    _hours(stage, VERA)
    with stage.database.reading() as session:
        broken, _ = waiting_list.due(session, stage.clock.now())
    offer_to = waiting_list.offer_to

    def fails(session: Session, now: datetime, number: int) -> bool:
        if number == broken:
            raise LookupError("made up")
        return offer_to(session, now, number)

    with mock.patch.object(waiting_list, "offer_to", fails):
        assert stage.conversations.offer_times() == 1
    failed = [line["appointment_wait_id"] for line in logged if line["event"] == "times_not_offered"]
    stage.deliver()
    (asked,) = annie.hears()
    assert (asked.message.values["appointment_kind"], failed) == ("talk", [broken])
    assert stage.conversations.offer_times() == 1


def test_when_the_database_is_away_no_other_is_offered_anything(stage: Stage, fatma: Someone, annie: Someone) -> None:
    _waits(stage, AppointmentKind.COACH, AppointmentKind.TALK)
    with mock.patch.object(waiting_list, "offer_to", side_effect=OperationalError("", {}, Exception())) as offer:
        with pytest.raises(OperationalError):
            stage.conversations.offer_times()
        assert offer.call_count == 1


def test_a_reminder_that_could_not_be_sent_before_is_never_sent_after_it_began(
    stage: Stage, fatma: Someone, annie: Someone, made: int
) -> None:
    stage.clock.moment = _starts(stage, made) - timedelta(seconds=1)
    stage.conversations.keep_quiet()
    assert _reminders(stage) == {OutgoingState.WAITING}
    stage.clock.move(seconds=1)
    stage.conversations.keep_quiet()
    assert _reminders(stage) == {OutgoingState.WITHDRAWN}


def _reminders(stage: Stage) -> set[OutgoingState]:
    with stage.database.reading() as session:
        reminders = select(Outgoing.state).where(Outgoing.subject.startswith("begun:appointment:"))
        return set(session.scalars(reminders))
