"""Many people press at once: nothing waits for ever, and no request is left without somebody or a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from threading import Event, get_ident

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from actions import appointment_offers, appointments, availability, closing, handoffs, privacy, relay, silence
from actions.appointment_offers import Plan
from actions.availability import FreeTime
from actions.handoffs import Claim
from actions.relay import Letter
from bot.incoming import Incoming, Kind
from bot.team_side import TeamSide
from bot.words import Words
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Place
from store.database import Database
from store.states import OfferAnswer, Outcome, RequestState, Role
from store.tables import Member, Person, Request
from tests.actions.agenda import booked, give_hours
from tests.actions.people import Wijk, chat_of, invariant, wish
from tests.talks import START

HANDS, PRESSES, REQUESTS = 6, 25, 12
PATIENCE_SECONDS = 20
NO = (OfferAnswer.DECLINED, OfferAnswer.TOO_HEAVY)


def _press(session: Session, random: Random) -> None:
    """One thing that somebody of the team does, or a resident, or that happens by itself."""
    now = START + timedelta(minutes=random.randrange(6000))
    member = random.choice(session.scalars(select(Member).order_by(Member.id)).all())
    number, person_id = random.choice(session.execute(select(Request.id, Request.person_id)).all())
    match random.randrange(9):
        case 0 | 1 | 2:
            handoffs.claim(session, now, member, number)
        case 3:
            handoffs.decline(session, now, member, number, random.choice(NO))
        case 4:
            handoffs.release(session, now, member, number, too_heavy=random.random() < 0.3)
        case 5:
            closing.close(session, now, member, number, random.choice([*Outcome]))
        case 6:
            silence.watch(session, now)
        case 7:
            person = session.get(Person, person_id)
            if person is not None and (found := handoffs.claimed_for(session, person)) is not None:
                relay.to_member(session, now, found, Letter(person.chat_id, 7, "hallo"))
            elif person is not None:
                closing.reopen_of(session, now, person, number)
        case 8:
            handoffs.hand_over(session, now, member)


def test_many_hands_at_once_leave_nothing_without_somebody(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        for number in range(4):
            wijk.member(f"Buur {number}", "smitsveen" if number % 2 else "de_eng", capacity=3)
        wijk.professional(), wijk.coordinator()
        residents = [wijk.person() for _ in range(REQUESTS + 1)]
        for number, annie in enumerate(residents):
            wijk.request(wish(["crisis", "soon", "normal"][number % 3]), annie)
        gone = residents[0].id

    def hand(seed: int) -> None:
        random = Random(seed)
        for press in range(PRESSES):
            with database.transaction() as session:
                if (seed, press) == (0, PRESSES // 2):
                    privacy.forget(session, START, session.get_one(Person, gone))
                else:
                    _press(session, random)

    with ThreadPoolExecutor(HANDS) as threads:
        list(threads.map(hand, range(HANDS)))
    with database.transaction() as session:
        invariant(session)
        assert len(session.scalars(select(Request)).all()) == REQUESTS


@contextmanager
def _at_the_same_moment(database: Database, act: Callable[[Session], object]) -> Iterator[Session]:
    """A transaction, and when all is done in it but for the commit, `act` in another that has to wait for it."""
    waits, first = Event(), get_ident()

    def note_wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if get_ident() != first and (statement.startswith(("BEGIN IMMEDIATE", "UPDATE")) or "FOR UPDATE" in statement):
            waits.set()

    def acts() -> None:
        with database.transaction() as session:
            act(session)

    event.listen(database.engine, "before_cursor_execute", note_wait)
    try:
        with ThreadPoolExecutor(1) as thread:
            with database.transaction() as session:
                yield session
                session.flush()
                other: Future[None] = thread.submit(acts)
                assert waits.wait(PATIENCE_SECONDS), "the other comes to a row that is held"
            other.result(PATIENCE_SECONDS)
    finally:
        event.remove(database.engine, "before_cursor_execute", note_wait)


def test_who_writes_while_it_is_taken_back_does_not_get_it_again(database: Database, words: Words) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        fatma, _ = wijk.member("Fatma"), wijk.member("Joop")
        number, chat = wijk.claimed(fatma).id, chat_of(fatma)
        wijk.until(START + timedelta(days=2))
        wijk.deliver()
    late = START + timedelta(days=4)

    def writes(session: Session) -> None:
        letter = Incoming(1, chat, Kind.TEXT, "Dag, hoe gaat het?", message_id=7)
        TeamSide(words, lambda: None).handle(session, late, session.get_one(Member, fatma.id), letter)

    with _at_the_same_moment(database, writes) as session:
        assert silence.watch(session, late) == 1
    with database.transaction() as session:
        invariant(session)
        found = session.get_one(Request, number)
        assert (found.state, found.contacted_at) == (RequestState.OFFERED, None)
        assert Wijk(session).told(found.person)[-1] == "utter_released"


def test_who_has_just_left_the_team_claims_nothing(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        fatma, _ = wijk.member("Fatma"), wijk.member("Joop")
        number = wijk.request().id

    def claims(session: Session) -> None:
        assert handoffs.claim(session, START, session.get_one(Member, fatma.id), number) == (Claim.GONE, None)

    with _at_the_same_moment(database, claims) as session:
        assert handoffs.leave(session, START, fatma.id)
    with database.transaction() as session:
        invariant(session)


def _coach(database: Database) -> tuple[int, int, FreeTime]:
    """An energy coach with hours, a request that Fatma has, and a time at which the coach can come."""
    with database.transaction() as session:
        wijk = Wijk(session)
        number = wijk.claimed(wijk.member("Fatma")).id
        vera = wijk.member("Vera", None, Role.ENERGY_COACH)
        give_hours(wijk, vera)
        people = availability.of_kind(session, AppointmentKind.COACH)
        return vera.id, number, availability.free(session, START, people)[0]


def _books(session: Session, number: int, time: FreeTime) -> Appointment | None:
    found = handoffs.lock(session, number)
    assert found is not None
    return appointment_offers.book(session, START, Plan(found, AppointmentKind.COACH), time, Place.HOME, None)


def test_what_is_booked_with_somebody_who_leaves_at_that_moment_is_called_off(database: Database) -> None:
    vera, number, time = _coach(database)

    def drops(session: Session) -> None:
        assert appointments.drop_all(session, START, session.get_one(Member, vera)) == 1

    with _at_the_same_moment(database, drops) as session:
        assert _books(session, number, time) is not None
    with database.transaction() as session:
        invariant(session)
        assert session.scalars(select(Appointment.state)).all() == [AppointmentState.CANCELLED]


def test_nothing_is_booked_with_who_has_just_left(database: Database) -> None:
    vera, number, time = _coach(database)

    def books(session: Session) -> None:
        seen = session.get_one(Member, vera)
        assert _books(session, number, time) is None and not seen.active

    with _at_the_same_moment(database, books) as session:
        assert handoffs.leave(session, START, vera)


def test_about_a_request_that_is_closed_while_the_coach_leaves_nothing_is_promised(database: Database) -> None:
    vera, number, _ = _coach(database)
    with database.transaction() as session:
        booked(Wijk(session), session.get_one(Request, number), session.get_one(Member, vera), AppointmentKind.COACH)

    def drops(session: Session) -> None:
        seen = session.get_one(Request, number)
        assert appointments.drop_all(session, START, session.get_one(Member, vera)) == 1
        assert seen.state is RequestState.CLOSED

    with _at_the_same_moment(database, drops) as session:
        found = session.get_one(Request, number)
        assert found.claimed_by is not None
        closing.close(session, START, found.claimed_by, number, Outcome.SOLVED)
    with database.transaction() as session:
        invariant(session)
