"""Appointments: booked, moved and called off, with what is said to whom and when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import exc, select

from actions import (
    appointment_messages,
    appointment_offers,
    appointments,
    attachments,
    availability,
    clocks,
    closing,
    promises,
    quiet_hours,
    relay,
)
from actions.appointment_messages import Reminder, reminders
from actions.appointment_offers import Plan
from actions.appointments import Side
from actions.availability import FreeTime
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, AppointmentWait, Place
from store.states import Outcome, OutgoingState, PromiseState, RequestState, Role
from store.tables import Member, Outgoing, Person, Request
from tests.actions.agenda import booked, events, give_hours
from tests.actions.people import Wijk, chat_of, invariant, moment, wish

DAY_BEFORE, SOON = Reminder.DAY_BEFORE, Reminder.SOON
WEDNESDAY, THURSDAY, SATURDAY = "2026-11-25 10:00", "2026-11-26 11:00", "2026-11-28 10:00"
ADDRESS = "Voorbeeldstraat 1"


@dataclass
class Agenda:
    """Fatma has hours on all days, and Annie's request."""

    wijk: Wijk
    fatma: Member
    annie: Person
    request: Request

    @property
    def now(self) -> datetime:
        return self.wijk.now

    def time(self, starts: str) -> FreeTime:
        return FreeTime(moment(starts), self.fatma.id, moment(starts) + timedelta(minutes=45))

    def books(self, starts: str = WEDNESDAY, whereabouts: str | None = None) -> Appointment | None:
        place = Place.HOME if whereabouts else Place.WALK
        time = self.time(starts)
        return appointments.book(self.wijk.session, self.now, self.request, time, place=place, whereabouts=whereabouts)

    def booked(self, starts: str = WEDNESDAY, whereabouts: str | None = None) -> Appointment:
        """Booked, and what is due is read."""
        made = self.books(starts, whereabouts)
        assert made is not None
        self.read()
        return made

    def moves(self, made: Appointment, starts: str) -> bool:
        return appointments.move(self.wijk.session, self.now, made, self.time(starts))

    def cancels(self, made: Appointment, by: Side | None = None) -> bool:
        return appointments.cancel(self.wijk.session, self.now, made, by)

    def waiting(self, who: Person | Member, *, due: bool) -> list[tuple[str, datetime]]:
        """What waits for somebody: what is due now, or what comes later."""
        mine = (Outgoing.chat_id == chat_of(who)) & (Outgoing.state == OutgoingState.WAITING)
        when = Outgoing.due_at <= self.now if due else Outgoing.due_at > self.now
        rows = self.wijk.session.scalars(select(Outgoing).where(mine, when).order_by(Outgoing.due_at, Outgoing.id))
        return [(row.content["key"], row.due_at) for row in rows]

    def hears(self, who: Person | Member) -> list[str]:
        return [key for key, _ in self.waiting(who, due=True)]

    def read(self) -> None:
        due = (Outgoing.state == OutgoingState.WAITING) & (Outgoing.due_at <= self.now)
        for row in self.wijk.session.scalars(select(Outgoing).where(due)):
            row.state, row.telegram_message_id = OutgoingState.SENT, row.id
        self.wijk.session.flush()


@pytest.fixture
def agenda(wijk: Wijk) -> Agenda:
    fatma, annie = wijk.member("Fatma"), wijk.person("Annie")
    give_hours(wijk, fatma, opens=8, closes=20, days=range(7))
    made = Agenda(wijk, fatma, annie, wijk.claimed(fatma, person=annie))
    made.read()
    return made


# When it begins, and when both are reminded.
REMINDERS = {
    "in the middle of a day": ("2026-11-25 14:00", {DAY_BEFORE: "2026-11-24 14:00", SOON: "2026-11-25 12:00"}),
    "as early as two hours after waking": (
        "2026-11-25 11:00",
        {DAY_BEFORE: "2026-11-24 11:00", SOON: "2026-11-25 09:00"},
    ),
    "early: the second one waits for waking": (
        "2026-11-25 09:30",
        {DAY_BEFORE: "2026-11-24 09:30", SOON: "2026-11-25 09:00"},
    ),
    "too early for a second one": ("2026-11-25 09:15", {DAY_BEFORE: "2026-11-24 09:15"}),
    "before waking": ("2026-11-25 08:00", {DAY_BEFORE: "2026-11-23 19:00"}),
    "in the evening": ("2026-11-25 20:30", {DAY_BEFORE: "2026-11-24 19:00", SOON: "2026-11-25 18:30"}),
    "on a Monday: on Saturday": ("2026-11-30 14:00", {DAY_BEFORE: "2026-11-28 19:00", SOON: "2026-11-30 12:00"}),
    "on a Sunday: not on that day": ("2026-11-29 14:00", {DAY_BEFORE: "2026-11-28 14:00"}),
    "after Christmas: before it": ("2026-12-28 14:00", {DAY_BEFORE: "2026-12-24 19:00", SOON: "2026-12-28 12:00"}),
    "when the clock goes back in the night before": (
        "2026-10-26 12:00",
        {DAY_BEFORE: "2026-10-24 19:00", SOON: "2026-10-26 10:00"},
    ),
}


@pytest.mark.parametrize(("starts", "due"), REMINDERS.values(), ids=REMINDERS)
def test_reminders_come_the_day_before_and_two_hours_before_but_disturb_nobody(
    starts: str, due: dict[Reminder, str]
) -> None:
    assert reminders(moment(starts)) == {which: moment(text) for which, text in due.items()}


def test_what_is_booked_is_told_at_once_reminded_of_and_asked_about(agenda: Agenda) -> None:
    made = agenda.books(whereabouts=ADDRESS)
    assert made is not None and (made.state, made.sequence) == (AppointmentState.BOOKED, 0)
    told = ["team_appointment_booked", "team_calendar_file", "team_appointment_where"]
    assert agenda.hears(agenda.fatma) == told
    assert agenda.hears(agenda.annie) == [], "the talk tells the resident"
    later = [moment("2026-11-24 10:00"), moment("2026-11-25 09:00"), moment("2026-11-25 11:45")]
    remind, ask = "team_appointment_reminder", "team_ask_attendance"
    assert agenda.waiting(agenda.fatma, due=False) == list(zip([remind, remind, ask], later, strict=True))
    remind, ask = "utter_ask_appointment_still", "utter_ask_appointment_kept"
    assert agenda.waiting(agenda.annie, due=False) == list(zip([remind, remind, ask], later, strict=True))
    assert events(agenda.wijk, "appointment_booked") == ["talk"]


def test_only_one_message_says_where_and_none_says_what_it_is_about(agenda: Agenda) -> None:
    agenda.books(whereabouts=ADDRESS)
    rows = agenda.wijk.session.scalars(select(Outgoing).where(Outgoing.state == OutgoingState.WAITING)).all()
    assert [row.content["key"] for row in rows if ADDRESS in str(row.content)] == ["team_appointment_where"]
    assert not any("draught" in str(row.content) or "Portaal" in str(row.content) for row in rows)


def test_who_comes_second_gets_nothing_and_nobody_is_told(agenda: Agenda) -> None:
    agenda.booked()
    assert agenda.books() is None
    assert agenda.books("2026-11-25 10:15") is None, "not on the way of another one either"
    assert agenda.hears(agenda.fatma) == []


def test_the_database_refuses_two_that_begin_at_the_same_moment(agenda: Agenda) -> None:
    made, session = agenda.booked(), agenda.wijk.session
    kept = {name: getattr(made, name) for name in ("request_id", "person_id", "member_id", "kind", "place")}

    def another(state: AppointmentState) -> Appointment:
        times = {"starts_at": made.starts_at, "ends_at": made.ends_at, "booked_at": agenda.now}
        return Appointment(**kept, **times, state=state, uid=str(uuid.uuid4()), changed_at=agenda.now)

    session.add(another(AppointmentState.CANCELLED))
    session.flush()
    with pytest.raises(exc.IntegrityError), session.begin_nested():
        session.add(another(AppointmentState.BOOKED))
        session.flush()


def test_whoever_waited_waits_no_more_for_this_kind(agenda: Agenda) -> None:
    session = agenda.wijk.session
    for kind in (AppointmentKind.TALK, AppointmentKind.COACH):
        session.add(AppointmentWait(request_id=agenda.request.id, kind=kind, since=agenda.now))
    agenda.booked()
    assert list(session.scalars(select(AppointmentWait.kind))) == [AppointmentKind.COACH]


def test_an_appointment_takes_the_place_of_the_promise_until_it_is_called_off(agenda: Agenda) -> None:
    wijk, request = agenda.wijk, agenda.request
    made = agenda.booked()
    assert clocks.open_promise(wijk.session, request) is None
    assert wijk.promises(request)[-1] is PromiseState.REPLACED
    assert request.waiting_since == made.ends_at and request.look_at is not None and request.look_at > made.ends_at
    agenda.cancels(made)
    assert clocks.open_promise(wijk.session, request) is not None
    assert request.waiting_since == agenda.now
    invariant(wijk.session)


def test_what_is_called_off_makes_no_promise_as_long_as_another_is_coming(agenda: Agenda) -> None:
    made, other = agenda.booked(), agenda.booked(THURSDAY)
    assert agenda.cancels(made)
    assert clocks.open_promise(agenda.wijk.session, agenda.request) is None
    assert agenda.request.waiting_since == other.ends_at


def test_moving_takes_the_reminders_along(agenda: Agenda) -> None:
    made = agenda.booked(whereabouts=ADDRESS)
    assert agenda.moves(made, THURSDAY)
    assert (made.starts_at, made.sequence, made.changed_at) == (moment(THURSDAY), 1, agenda.now)
    assert agenda.hears(agenda.fatma) == ["team_appointment_moved", "team_calendar_file"]
    later = [moment("2026-11-25 11:00"), moment("2026-11-26 09:00"), moment("2026-11-26 12:45")]
    for who in (agenda.fatma, agenda.annie):
        assert [due for _, due in agenda.waiting(who, due=False)] == later
    assert agenda.request.waiting_since == made.ends_at
    assert events(agenda.wijk, "appointment_moved") == ["talk"]


def test_what_cannot_be_moved_stays_as_it_is(agenda: Agenda) -> None:
    joop = agenda.wijk.member("Joop")
    give_hours(agenda.wijk, joop)
    made, _ = agenda.booked(), agenda.booked(THURSDAY)
    before = [agenda.waiting(who, due=False) for who in (agenda.fatma, agenda.annie)]
    others = agenda.time(SATURDAY)._replace(member_id=joop.id)
    assert not agenda.moves(made, THURSDAY), "taken"
    assert not agenda.moves(made, "2026-11-25 07:00"), "outside hours"
    assert not appointments.move(agenda.wijk.session, agenda.now, made, others), "of somebody else"
    assert (made.starts_at, made.sequence) == (moment(WEDNESDAY), 0)
    assert [agenda.waiting(who, due=False) for who in (agenda.fatma, agenda.annie)] == before
    agenda.cancels(made)
    assert not agenda.moves(made, SATURDAY), "called off"


# Who calls it off, and who is told what.
CANCELLED = {
    "the resident": (Side.RESIDENT, ["team_appointment_cancelled", "team_calendar_file"], [], "resident"),
    "the member": (Side.MEMBER, ["team_calendar_file"], ["utter_appointment_called_off"], "member"),
    "the bot": (None, ["team_appointment_cancelled", "team_calendar_file"], ["utter_appointment_called_off"], "talk"),
}


@pytest.mark.parametrize(("by", "fatma", "annie", "counted"), CANCELLED.values(), ids=CANCELLED)
def test_the_other_side_hears_that_it_is_off_and_nobody_is_reminded(
    agenda: Agenda, by: Side | None, fatma: list[str], annie: list[str], counted: str
) -> None:
    made = agenda.booked()
    assert agenda.cancels(made, by)
    assert (agenda.hears(agenda.fatma), agenda.hears(agenda.annie)) == (fatma, annie)
    assert agenda.waiting(agenda.fatma, due=False) == agenda.waiting(agenda.annie, due=False) == []
    assert events(agenda.wijk, "appointment_cancelled") == [counted]
    assert not agenda.cancels(made, by), "only once"
    assert (made.state, made.sequence) == (AppointmentState.CANCELLED, 1)


def test_a_talk_that_has_begun_is_not_called_off_by_what_becomes_of_the_request(agenda: Agenda) -> None:
    made, wijk = agenda.booked(), agenda.wijk
    wijk.now = made.starts_at + timedelta(minutes=30)
    assert appointments.drop(wijk.session, wijk.now, agenda.request) == 0
    assert appointments.drop_all(wijk.session, wijk.now, agenda.fatma) == 0
    assert closing.close(wijk.session, wijk.now, agenda.fatma, agenda.request.id, Outcome.SOLVED)
    assert made.state is AppointmentState.BOOKED
    assert "utter_appointment_called_off" not in agenda.hears(agenda.annie)


def test_another_talk_during_a_talk_leaves_that_as_it_is(agenda: Agenda) -> None:
    made, wijk, plan = agenda.booked(), agenda.wijk, Plan(agenda.request)
    wijk.now = made.starts_at + timedelta(minutes=30)
    again = appointment_offers.book(wijk.session, wijk.now, plan, agenda.time(THURSDAY), Place.WALK, None)
    assert again is not None and (made.state, made.id != again.id) == (AppointmentState.BOOKED, True)


def test_what_is_over_cannot_be_called_off(agenda: Agenda) -> None:
    made = agenda.booked()
    agenda.wijk.now = made.ends_at
    assert not agenda.cancels(made, Side.RESIDENT)
    assert (made.state, made.sequence) == (AppointmentState.BOOKED, 0)


def test_a_talk_that_is_called_off_is_promised_again_though_a_coach_is_coming(agenda: Agenda) -> None:
    wijk, vera = agenda.wijk, agenda.wijk.member("Vera", None, Role.ENERGY_COACH)
    give_hours(wijk, vera)
    visit = booked(wijk, agenda.request, vera, AppointmentKind.COACH)
    agenda.cancels(agenda.booked(THURSDAY))
    assert clocks.open_promise(wijk.session, agenda.request) is not None
    assert agenda.request.waiting_since == visit.ends_at


def test_a_word_before_the_talk_does_not_begin_the_clock(agenda: Agenda) -> None:
    made = agenda.booked(THURSDAY)
    relay.replied(agenda.wijk.session, agenda.now, agenda.request)
    assert (agenda.request.state, agenda.request.waiting_since) == (RequestState.CONTACTED, made.ends_at)


@pytest.mark.parametrize(("spoken", "waits"), [(False, False), (True, True)])
def test_in_a_crisis_somebody_speaks_with_the_resident_first_whatever_is_planned(
    wijk: Wijk, spoken: bool, waits: bool
) -> None:
    fatma = wijk.member("Fatma")
    give_hours(wijk, fatma)
    request = wijk.claimed(fatma, wish("crisis"))
    if spoken:
        relay.replied(wijk.session, wijk.now, request)
        promises.make(wijk.session, wijk.now, request)
    before = clocks.open_promise(wijk.session, request)
    made = booked(wijk, request, fatma)
    assert (clocks.open_promise(wijk.session, request) is None) == waits
    assert (request.waiting_since == made.ends_at) == waits
    appointments.cancel(wijk.session, wijk.now, made)
    assert (clocks.open_promise(wijk.session, request) is before) == (not waits)
    invariant(wijk.session)


def test_who_gets_a_request_by_a_booking_at_night_is_not_woken(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person("Annie")
    give_hours(wijk, fatma)
    request = wijk.request(wish(reach="home"), annie)
    attachments.keep(wijk.session, wijk.now, annie, "photo", "a file")
    wijk.deliver()
    wijk.now, plan = moment("2026-11-24 23:00"), Plan(request)
    time = appointment_offers.times(wijk.session, wijk.now, plan)[0]
    assert appointment_offers.book(wijk.session, wijk.now, plan, time, Place.HOME, None)
    new = (Outgoing.state == OutgoingState.WAITING) & Outgoing.edits_id.is_(None)
    rows = wijk.session.scalars(select(Outgoing).where(new, Outgoing.chat_id == chat_of(fatma))).all()
    assert "case_text" in [row.content["key"] for row in rows]
    assert min(row.due_at for row in rows) == moment("2026-11-25 09:00")


def test_what_is_called_off_can_be_booked_again(agenda: Agenda) -> None:
    agenda.cancels(agenda.booked())
    assert agenda.books() is not None


def test_only_what_is_coming_with_somebody_is_dropped(agenda: Agenda) -> None:
    wijk, joop = agenda.wijk, agenda.wijk.member("Joop")
    made, other = agenda.booked(), agenda.booked(THURSDAY)
    assert appointments.drop(wijk.session, wijk.now, agenda.request, joop) == 0
    wijk.now = other.starts_at - timedelta(minutes=1)
    assert appointments.drop(wijk.session, wijk.now, agenda.request, agenda.fatma) == 1
    assert (made.state, other.state) == (AppointmentState.BOOKED, AppointmentState.CANCELLED)
    assert appointments.drop(wijk.session, wijk.now, agenda.request) == 0


def test_what_is_coming_is_found_in_order_and_ends_when_it_is_over(agenda: Agenda) -> None:
    session, now = agenda.wijk.session, agenda.now
    second, first = agenda.booked(THURSDAY), agenda.booked()
    assert appointments.coming_of(session, now, agenda.annie) == [first, second]
    assert appointments.coming_for(session, now, agenda.request) == [first, second]
    assert appointments.coming_for(session, first.starts_at, agenda.request) == [second], "that one has begun"
    assert appointments.coming_with(session, now, agenda.fatma, second.starts_at) == [first]
    assert appointments.coming_of(session, first.ends_at, agenda.annie) == [second]
    agenda.cancels(second)
    assert appointments.coming_of(session, now, agenda.annie) == [first]


def test_an_appointment_is_found_by_those_whose_it_is_only(agenda: Agenda) -> None:
    session, made = agenda.wijk.session, agenda.booked()
    assert appointments.of_person(session, agenda.annie, made.id) is made
    assert appointments.of_member(session, agenda.fatma, made.id) is made
    assert appointments.of_person(session, agenda.wijk.person(), made.id) is None
    assert appointments.of_member(session, agenda.wijk.member("Joop"), made.id) is None
    assert appointments.lock(session, made.id + 1) is None
    assert appointments.of_person(session, agenda.annie, made.id + 1) is None


def test_an_hour_after_it_where_it_was_is_erased_also_from_the_chat(agenda: Agenda) -> None:
    made, wijk = agenda.booked(whereabouts=ADDRESS), agenda.wijk
    early = made.ends_at + timedelta(minutes=59)
    assert appointments.erase_whereabouts(wijk.session, early) == 0 and made.whereabouts == ADDRESS
    wijk.now = made.ends_at + timedelta(hours=1)
    assert appointments.erase_whereabouts(wijk.session, wijk.now) == 1 and made.whereabouts is None
    rows = wijk.session.scalars(select(Outgoing)).all()
    assert not any(ADDRESS in str(row.content) for row in rows)
    edit = next(row for row in rows if row.edits_id is not None)
    assert edit.content["key"] == "team_appointment_where_erased" and edit.due_at == wijk.now
    assert appointments.erase_whereabouts(wijk.session, wijk.now) == 0


def test_where_it_is_is_erased_when_it_is_called_off_even_if_nobody_read_it_yet(agenda: Agenda) -> None:
    made = agenda.books(whereabouts=ADDRESS)
    assert made is not None and agenda.cancels(made) and made.whereabouts is None
    assert not any(ADDRESS in str(row.content) for row in agenda.wijk.session.scalars(select(Outgoing)))


def test_a_reminder_that_did_not_come_in_time_does_not_come_after_the_beginning(agenda: Agenda) -> None:
    made, session = agenda.booked(), agenda.wijk.session
    assert appointments.withdraw_late(session, made.starts_at - timedelta(minutes=1)) == 0
    agenda.wijk.now = made.starts_at
    assert appointments.withdraw_late(session, made.starts_at) == 4, "two to each"
    for who in (agenda.fatma, agenda.annie):
        assert agenda.hears(who) == [] and len(agenda.waiting(who, due=False)) == 1, "the question afterwards stays"


def test_who_stopped_messages_is_neither_reminded_nor_asked(agenda: Agenda) -> None:
    quiet_hours.stop(agenda.wijk.session, agenda.annie)
    agenda.booked()
    assert agenda.waiting(agenda.annie, due=False) == []
    assert len(agenda.waiting(agenda.fatma, due=False)) == 3


def test_who_books_is_promised_a_reminder_only_when_one_comes(agenda: Agenda) -> None:
    made = agenda.booked()
    first, second = sorted(appointment_messages.reminders(made.starts_at).values())
    assert appointment_messages.is_reminded(first - timedelta(minutes=1), made)
    assert appointment_messages.is_reminded(second - timedelta(minutes=1), made), (
        "the day before is over, two hours are not"
    )
    assert not appointment_messages.is_reminded(second, made)
    quiet_hours.stop(agenda.wijk.session, agenda.annie)
    assert not appointment_messages.is_reminded(first - timedelta(minutes=1), made)


def test_with_a_member_without_a_chat_only_the_resident_is_told(agenda: Agenda) -> None:
    made, chat = agenda.booked(), agenda.fatma.person
    agenda.fatma.person = None
    agenda.wijk.session.flush()
    assert not agenda.moves(made, THURSDAY) and agenda.cancels(made)
    assert chat is not None and agenda.hears(chat) == []
    assert agenda.hears(agenda.annie) == ["utter_appointment_called_off"]


def test_nothing_is_free_of_who_left_or_never_gave_hours(agenda: Agenda) -> None:
    joop = agenda.wijk.member("Joop")
    time = agenda.time(WEDNESDAY)
    session, now = agenda.wijk.session, agenda.now
    assert appointments.is_free(session, now, time)
    assert not appointments.is_free(session, now, time._replace(member_id=joop.id))
    agenda.wijk.lose(agenda.fatma)
    assert not appointments.is_free(session, now, time), "cannot be reached"
    agenda.fatma.active = False
    session.flush()
    assert not appointments.is_free(session, now, time)


def test_another_length_since_it_was_offered_is_another_time(agenda: Agenda) -> None:
    availability.of(agenda.wijk.session, agenda.fatma).minutes = 60
    assert agenda.books() is None
