"""Forgetting somebody: nothing is left, and who was helping hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from actions import attachments, coordinators, handoffs, misunderstood, notes, privacy, relay, routing, silence
from actions.misunderstood import Misunderstood
from actions.outbox import Message, queue
from actions.relay import Letter
from actions.request_states import HELD
from store.agenda_tables import AppointmentKind
from store.database import Database
from store.tables import (
    Attachment,
    Inbox,
    InboxState,
    Member,
    Offer,
    OfferAnswer,
    Outgoing,
    Person,
    Promise,
    Request,
    RequestChange,
    RequestNote,
    RequestState,
    Role,
    Talk,
    Why,
)
from store.tables import Misunderstood as MisunderstoodRow
from tests.actions.agenda import booked, give_hours
from tests.actions.people import WISH, Wijk, chat_of, moment
from tests.talks import START

SECRET = "Annie van de derde"


def _rows(wijk: Wijk, *tables: type) -> list[int]:
    return [wijk.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_nothing_of_a_person_is_left(wijk: Wijk) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person(SECRET)
    wijk.session.add(Talk(person_id=annie.id, state={"a": SECRET}, version=1, updated_at=wijk.now))
    handled = Inbox(update_id=1, chat_id=annie.chat_id, received_at=wijk.now, state=InboxState.HANDLED, attempts=0)
    wijk.session.add(handled)
    misunderstood.note(wijk.session, wijk.now, annie, Misunderstood(SECRET, Why.UNSURE))
    request = wijk.request(replace(WISH, summary=SECRET, contact="+31 6 12345678"), annie)
    wijk.deliver()
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    relay.to_member(wijk.session, wijk.now, request, Letter(annie.chat_id, 7, SECRET))
    queue(wijk.session, wijk.now, annie.chat_id, Message("utter_greet", {"x": SECRET}))
    wijk.deliver()
    assert privacy.forget(wijk.session, wijk.now, annie) == 1
    assert _rows(wijk, Talk, MisunderstoodRow, Request, RequestChange, Inbox) == [0, 0, 0, 0, 0]
    assert wijk.session.scalar(select(Person).where(Person.chat_id == annie.chat_id)) is None
    left = [str(row.content) for row in wijk.session.scalars(select(Outgoing))]
    assert left and not [content for content in left if SECRET in content or "12345678" in content]
    assert wijk.told(fatma)[-1] == "utter_case_erased"
    assert "utter_case_erased" not in wijk.told(joop)


@pytest.mark.parametrize("state", RequestState)
def test_in_each_state_of_a_request_nothing_of_it_is_left_and_nobody_waits(wijk: Wijk, state: RequestState) -> None:
    annie = wijk.person(SECRET)
    request = wijk.request_in(state, annie, replace(WISH, summary=SECRET, contact="+31 6 12345678"))
    joop, coby = wijk.member("Joop"), wijk.coordinator()
    handoffs.offer_waiting(wijk.session, wijk.now, joop)
    wijk.deliver()
    taker, asked = request.claimed_by, routing.offers(wijk.session, request)
    shown = [offer.member for offer in asked if offer.answer is OfferAnswer.SHOWN]
    if taker is not None:
        notes.write(wijk.session, wijk.now, request, taker, SECRET)
    attachments.keep(wijk.session, wijk.now, annie, "photo", SECRET)
    night = wijk.now.replace(hour=22)
    coordinators.tell(wijk.session, night, request, "coordinator_idle")
    held = request.state in HELD
    assert privacy.forget(wijk.session, night, annie) == 1
    assert _rows(wijk, Request, Offer, Promise, RequestNote, RequestChange, Attachment) == [0] * 6
    left = list(wijk.session.scalars(select(Outgoing)))
    assert not [row for row in left if SECRET in str(row.content) or row.chat_id == annie.chat_id]
    assert (wijk.next_look(), silence.watch(wijk.session, wijk.now + timedelta(days=90))) == (None, 0)
    assert all("card_gone" in wijk.told(member) for member in shown if member is not taker)
    assert taker is None or ("utter_case_erased" in wijk.told(taker)) == held
    assert wijk.told(coby) == [], "what was not told yet is about nobody"


def test_who_is_erased_while_somebody_takes_their_request_leaves_nothing(database: Database) -> None:
    """The one waits for the other, whichever comes first: the text of who is gone is never on its way."""
    for _ in range(10):
        with database.transaction() as session:
            wijk = Wijk(session, chats=session.scalar(select(func.count()).select_from(Person)) or 0)
            fatma, annie = wijk.member("Fatma").id, wijk.person().id
            request = wijk.request(replace(WISH, summary=SECRET), session.get_one(Person, annie)).id
        begin = Barrier(2)

        def take(begin: Barrier = begin, fatma: int = fatma, request: int = request) -> None:
            begin.wait()
            with database.transaction() as session:
                handoffs.claim(session, START, session.get_one(Member, fatma), request)

        def erase(begin: Barrier = begin, annie: int = annie) -> None:
            begin.wait()
            with database.transaction() as session:
                privacy.forget(session, START, session.get_one(Person, annie))

        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(take), threads.submit(erase)]:
                done.result()
        with database.reading() as session:
            assert session.get(Request, request) is None
            assert not [row for row in session.scalars(select(Outgoing)) if SECRET in str(row.content)]


def test_who_was_coming_hears_in_the_morning_that_it_is_off(wijk: Wijk) -> None:
    fatma, vera, annie = wijk.member("Fatma"), wijk.member("Vera", None, Role.ENERGY_COACH), wijk.person(SECRET)
    give_hours(wijk, vera, days=[3])
    booked(wijk, wijk.claimed(fatma, person=annie), vera, AppointmentKind.COACH, whereabouts=SECRET)
    wijk.deliver()
    wijk.now = moment("2026-11-24 03:00")
    privacy.forget(wijk.session, wijk.now, annie)
    rows = list(wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_of(vera))))
    assert not [row for row in rows if SECRET in str(row.content)]
    told = {row.content["key"]: row.due_at for row in rows if row.edits_id is None and row.sent_at is None}
    morning = moment("2026-11-24 09:00")
    assert told == {"team_appointment_erased": morning, "team_calendar_file": morning}


def test_a_card_that_was_not_sent_yet_is_not_sent_any_more(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    wijk.request(WISH, annie)
    privacy.forget(wijk.session, wijk.now, annie)
    assert wijk.told(fatma) == []


def test_others_keep_what_is_theirs(wijk: Wijk) -> None:
    fatma, annie, karin = wijk.member("Fatma"), wijk.person(), wijk.person()
    misunderstood.note(wijk.session, wijk.now, karin, Misunderstood("tja", Why.UNSURE))
    _first, second = wijk.request(WISH, annie), wijk.request(WISH, karin)
    handoffs.claim(wijk.session, wijk.now, fatma, second.id)
    assert privacy.forget(wijk.session, wijk.now, annie) == 1
    assert list(wijk.session.scalars(select(Request))) == [second]
    assert len(misunderstood.listed(wijk.session)) == 1
    assert wijk.told(karin) == ["utter_claimed"]
    assert "utter_case_erased" not in wijk.told(fatma)


def test_a_member_of_the_team_who_is_forgotten_stays_on_the_list_without_a_chat(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    assert fatma.person is not None
    assert privacy.forget(wijk.session, wijk.now, fatma.person) == 0
    wijk.session.expire_all()
    assert fatma.person_id is None and fatma.active
