"""Whatever is booked, moved, cancelled and changed: no two at once, none outside hours, reminders of now only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import holidays
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from actions import appointment_messages, appointments, availability, clocks
from actions.appointments import Side
from actions.availability import AHEAD, NOTICE, FreeTime
from actions.opening_hours import AMSTERDAM, is_open, local_day
from actions.quiet_hours import WAKING
from actions.working_time import OFFICE, later
from store.agenda_tables import Appointment, AppointmentState, Availability
from store.database import Database
from store.states import OutgoingState
from store.tables import Outgoing, Request
from tests.actions.people import Wijk, chat_of

FEW = settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
BEGINNINGS = ("2026-11-23", "2026-12-18", "2027-03-19", "2027-04-22", "2027-10-22", "2028-03-17")
"""Before nothing special, Christmas, the clock that goes forward at Easter, King's Day, and both clocks again."""
CLOSED = holidays.country_holidays("NL", years=[2026, 2027, 2028])

beginnings = st.builds(
    lambda day, minutes: datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from(BEGINNINGS),
    st.integers(0, 3 * 24 * 60),
)
indexes = st.integers(0, 10_000)
soon = st.integers(0, 7)


@st.composite
def weeks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Hours as somebody may give them, also at night: one or two stretches a day that do not overlap."""
    found = []
    for days in draw(st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=1, max_size=3)):
        free = sorted(days - {day for one in found for day in one["days"]})
        quarters = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=4)))
        stretches = list(zip(quarters[::2], quarters[1::2], strict=False))
        found += [{"days": free, "opens": 15 * begins, "closes": 15 * ends} for begins, ends in stretches if free]
    return found


settings_of_a_member = st.fixed_dictionaries(
    {
        "hours": weeks(),
        "minutes": st.sampled_from([15, 30, 45, 60, 90]),
        "pause": st.sampled_from([0, 5, 15, 30]),
        "a_day": st.integers(1, 4),
    }
)


class Agenda(RuleBasedStateMachine):
    """Two helpers and three residents; `made` are all appointments that there ever were."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._open = database.transaction()
        self.session = self._open.__enter__()
        self.wijk = Wijk(self.session)
        self.made: list[Appointment] = []

    def teardown(self) -> None:
        self.session.rollback()
        self._open.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return self.wijk.now

    @initialize(now=beginnings, fatma=settings_of_a_member, joop=settings_of_a_member)
    def begin(self, now: datetime, fatma: dict[str, Any], joop: dict[str, Any]) -> None:
        self.wijk.now = now
        members = [self.wijk.member(name) for name in ("Fatma", "Joop")]
        self.requests = [self.wijk.claimed(members[number % 2]) for number in range(3)]
        self.people = [availability.of(self.session, member) for member in members]
        for one, given in zip(self.people, (fatma, joop), strict=True):
            self._set(one, given)

    # --- what happens -------------------------------------------------------------------------------------------

    @rule(which=indexes, whose=indexes, when=soon)
    def book_a_free_time(self, which: int, whose: int, when: int) -> None:
        theirs = self.people[whose % 2]
        free = availability.free(self.session, self.now, [theirs])
        if free:
            made = appointments.book(self.session, self.now, self._request(which), free[when % len(free)])
            assert made is not None, "a free time can be booked"
            self._agreed(theirs, made)
            self.made.append(made)

    @rule(which=indexes, whose=indexes, quarters=st.integers(-100, 4200))
    def try_any_time(self, which: int, whose: int, quarters: int) -> None:
        theirs = self.people[whose % 2]
        made = appointments.book(self.session, self.now, self._request(which), self._any_time(theirs, quarters))
        if made is not None:
            self._agreed(theirs, made)
            self.made.append(made)

    @rule(which=indexes, when=soon)
    def move_to_a_free_time(self, which: int, when: int) -> None:
        if coming := self._coming():
            made = coming[which % len(coming)]
            theirs = self._hours_of(made)
            if free := availability.free(self.session, self.now, [theirs], but=made.id):
                assert appointments.move(self.session, self.now, made, free[when % len(free)])
                self._agreed(theirs, made)

    @rule(which=indexes, quarters=st.integers(-4, 4))
    def try_to_move_a_little(self, which: int, quarters: int) -> None:
        if coming := self._coming():
            made = coming[which % len(coming)]
            starts = made.starts_at + quarters * timedelta(minutes=15)
            theirs = self._hours_of(made)
            if appointments.move(self.session, self.now, made, self._time(theirs, starts)):
                self._agreed(theirs, made)

    @rule(which=indexes, by=st.sampled_from([None, *Side]))
    def cancel(self, which: int, by: Side | None) -> None:
        if coming := self._coming():
            made = coming[which % len(coming)]
            assert appointments.cancel(self.session, self.now, made, by)
            assert not appointments.cancel(self.session, self.now, made, by)

    @rule(whose=indexes, given=settings_of_a_member)
    def give_other_hours(self, whose: int, given: dict[str, Any]) -> None:
        self._set(self.people[whose % 2], given)

    @rule(whose=indexes, minutes=st.sampled_from([15, 30, 45, 60]), pause=st.sampled_from([0, 15, 30, 60]))
    def give_other_lengths(self, whose: int, minutes: int, pause: int) -> None:
        self._set(self.people[whose % 2], {"minutes": minutes, "pause": pause})

    @rule(whose=indexes, days=st.sets(st.integers(0, 42), max_size=8))
    def give_other_days_off(self, whose: int, days: set[int]) -> None:
        self.people[whose % 2].days_off = [self._day(ahead).isoformat() for ahead in sorted(days)]

    @rule(whose=indexes, days=st.integers(0, 30))
    def go_away(self, whose: int, days: int) -> None:
        self.people[whose % 2].member.away_until = self._day(days) if days else None

    @rule(minutes=st.one_of(st.integers(1, 180), st.integers(1, 5 * 24 * 60)))
    def let_time_pass(self, minutes: int) -> None:
        self.wijk.now += timedelta(minutes=minutes)
        due = select(Outgoing).where(Outgoing.state == OutgoingState.WAITING, Outgoing.due_at <= self.now)
        for row in self.session.scalars(due):
            row.state = OutgoingState.SENT

    # --- what always holds --------------------------------------------------------------------------------------

    @invariant()
    def nobody_has_two_at_once(self) -> None:
        booked = sorted(self._booked(), key=lambda one: (one.member_id, one.starts_at))
        for one, other in pairwise(booked):
            assert one.member_id != other.member_id or one.ends_at <= other.starts_at

    @invariant()
    def what_waits_are_the_reminders_of_now_to_both(self) -> None:
        for made in self.made:
            waiting = Counter((row.chat_id, row.due_at) for row in self._rows(f"begun:appointment:{made.id}"))
            assert waiting == self._expected(made)

    def _expected(self, made: Appointment) -> Counter[tuple[int, datetime]]:
        if made.state is not AppointmentState.BOOKED:
            return Counter()
        coming = [due for due in appointment_messages.reminders(made.starts_at).values() if due > self.now]
        for due in coming:
            assert due < made.starts_at and is_open(WAKING, due)
        return Counter((chat, due) for due in coming for chat in self._both(made))

    @invariant()
    def both_are_asked_once_how_it_went(self) -> None:
        for made in self.made:
            asks = self._rows(f"begun:appointment_later:{made.id}", OutgoingState.WAITING, OutgoingState.SENT)
            booked = made.state is AppointmentState.BOOKED
            assert sorted(row.chat_id for row in asks) == (sorted(self._both(made)) if booked else [])
            assert all(row.due_at > made.ends_at and is_open(WAKING, row.due_at) for row in asks)

    @invariant()
    def an_appointment_takes_the_place_of_the_promise(self) -> None:
        for found in self._with_appointment():
            assert clocks.open_promise(self.session, found) is None

    # --- how it is looked at ------------------------------------------------------------------------------------

    def _agreed(self, theirs: Availability, made: Appointment) -> None:
        """What holds of an appointment at the moment at which it is agreed on."""
        day = local_day(made.starts_at)
        assert later(OFFICE, self.now, NOTICE) <= made.starts_at < self.now + AHEAD
        assert made.ends_at - made.starts_at == timedelta(minutes=theirs.minutes)
        assert any(_within(one, made) for one in theirs.hours), "in their hours"
        assert day.isoformat() not in theirs.days_off and day not in CLOSED
        assert theirs.member.away_until is None or theirs.member.away_until <= day
        that_day = [one for one in self._booked() if _same_day(one, made)]
        assert len({one.id for one in [*that_day, made]}) <= theirs.a_day
        pause = timedelta(minutes=theirs.pause)
        for other in that_day:
            assert other is made or other.ends_at + pause <= made.starts_at or made.ends_at + pause <= other.starts_at

    def _rows(self, subject: str, *states: OutgoingState) -> Sequence[Outgoing]:
        there = Outgoing.state.in_(states or [OutgoingState.WAITING])
        return self.session.scalars(select(Outgoing).where(Outgoing.subject == subject, there)).all()

    def _booked(self) -> list[Appointment]:
        return [one for one in self.made if one.state is AppointmentState.BOOKED]

    def _coming(self) -> list[Appointment]:
        return [one for one in self._booked() if one.starts_at > self.now]

    def _with_appointment(self) -> list[Request]:
        return [one.request for one in self._coming()]

    def _both(self, made: Appointment) -> tuple[int, int]:
        return made.person.chat_id, chat_of(made.member)

    def _request(self, which: int) -> Request:
        return self.requests[which % len(self.requests)]

    def _hours_of(self, made: Appointment) -> Availability:
        return next(one for one in self.people if one.member_id == made.member_id)

    def _day(self, ahead: int) -> date:
        return local_day(self.now) + timedelta(days=ahead)

    def _any_time(self, theirs: Availability, quarters: int) -> FreeTime:
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        return self._time(theirs, hour + quarters * timedelta(minutes=15))

    def _time(self, theirs: Availability, starts: datetime) -> FreeTime:
        return FreeTime(starts, theirs.member_id, starts + timedelta(minutes=theirs.minutes))

    def _set(self, theirs: Availability, given: dict[str, Any]) -> None:
        for name, value in given.items():
            setattr(theirs, name, value)
        self.session.flush()


def _within(one: dict[str, Any], made: Appointment) -> bool:
    """By the clock on the wall, reckoned in another way than the code does."""
    begins, ends = (moment.astimezone(AMSTERDAM) for moment in (made.starts_at, made.ends_at))
    midnight = 24 * 60 if ends.date() > begins.date() else 0
    opens, closes = begins.hour * 60 + begins.minute, midnight + ends.hour * 60 + ends.minute
    return begins.weekday() in one["days"] and one["opens"] <= opens and closes <= one["closes"]


def _same_day(one: Appointment, other: Appointment) -> bool:
    return one.member_id == other.member_id and local_day(one.starts_at) == local_day(other.starts_at)


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Database]:
    database = Database("sqlite://")
    database.upgrade()
    yield database
    database.close()


def test_appointments_never_clash_and_their_messages_are_those_of_now(in_memory: Database) -> None:
    machine: Callable[[], Agenda] = lambda: Agenda(in_memory)  # noqa: E731
    run_state_machine_as_test(machine, settings=FEW)
