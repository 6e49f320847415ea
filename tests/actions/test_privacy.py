"""Forgetting somebody: nothing is left, and who was helping hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from actions import (
    appointment_messages,
    attachments,
    coordinators,
    handoffs,
    misunderstood,
    notes,
    privacy,
    quiet_hours,
    relay,
    routing,
    signals,
    silence,
)
from actions.misunderstood import Misunderstood
from actions.outbox import Message, queue
from actions.privacy import Erased
from actions.relay import Letter
from actions.request_states import HELD
from actions.signals import Complaint
from store.agenda_tables import AppointmentKind
from store.database import Database
from store.states import InboxState, OfferAnswer, OutgoingState, RequestState, Role, Why
from store.tables import (
    Attachment,
    Inbox,
    Member,
    Offer,
    Outgoing,
    Person,
    Promise,
    Request,
    RequestChange,
    RequestNote,
    Talk,
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
    assert privacy.forget(wijk.session, wijk.now, annie).requests == 1
    assert _rows(wijk, Talk, MisunderstoodRow, Request, RequestChange) == [0, 0, 0, 0]
    assert [row.chat_id for row in wijk.session.scalars(select(Inbox))] == [privacy.NOBODY]
    assert wijk.session.scalar(select(Person).where(Person.chat_id == annie.chat_id)) is None
    left = [str(row.content) for row in wijk.session.scalars(select(Outgoing))]
    assert left and not [content for content in left if SECRET in content or "12345678" in content]
    assert wijk.told(fatma)[-1] == "utter_case_erased"
    assert "utter_case_erased" not in wijk.told(joop)


@pytest.mark.parametrize("state", OutgoingState)
def test_an_address_is_left_in_no_message_whatever_became_of_that(wijk: Wijk, state: OutgoingState) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    give_hours(wijk, fatma)
    booked(wijk, wijk.claimed(fatma, person=annie), fatma, whereabouts=SECRET)
    where = wijk.session.scalars(select(Outgoing).where(Outgoing.subject.startswith("where:"))).one()
    where.state = state
    privacy.forget(wijk.session, wijk.now, annie)
    assert SECRET not in "".join(str(row.content) for row in wijk.session.scalars(select(Outgoing)))


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
    assert privacy.forget(wijk.session, night, annie).requests == 1
    assert _rows(wijk, Request, Offer, Promise, RequestNote, RequestChange, Attachment) == [0] * 6
    left = list(wijk.session.scalars(select(Outgoing)))
    assert not [row for row in left if SECRET in str(row.content)]
    assert all(row.content["last"] for row in left if row.chat_id == annie.chat_id)
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
    told = {row.content.get("key"): row.due_at for row in rows if row.edits_id is None and row.sent_at is None}
    morning = moment("2026-11-24 09:00")
    assert told.pop(None) == wijk.now, "what names the resident goes off the screen at once, without a sound"
    assert told == dict.fromkeys(("team_appointment_erased", "team_calendar_file", "team_copies_erased"), morning)


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
    assert privacy.forget(wijk.session, wijk.now, annie).requests == 1
    assert list(wijk.session.scalars(select(Request))) == [second]
    assert len(misunderstood.listed(wijk.session)) == 1
    assert wijk.told(karin) == ["utter_claimed"]
    assert "utter_case_erased" not in wijk.told(fatma)


def test_a_member_of_the_team_who_is_forgotten_stays_on_the_list_without_a_chat(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    assert fatma.person is not None
    assert privacy.forget(wijk.session, wijk.now, fatma.person).requests == 0
    wijk.session.expire_all()
    assert fatma.person_id is None and fatma.active


def _taken_away(wijk: Wijk, person: Person | Member) -> list[int]:
    """The messages in a chat that go off the screen."""
    rows = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_of(person)).order_by(Outgoing.id))
    return [number for row in rows for number in row.content.get("deletes", ())]


def _there(wijk: Wijk, member: Member, *keys: str) -> list[int]:
    """Telegram's numbers of what was sent to a member under these keys; copies have none."""
    rows = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_of(member)).order_by(Outgoing.id))
    return [row.id for row in rows if row.edits_id is None and row.content.get("key") in keys]


HELPED = ("case_text", "case_files", "case_file_gone", "case_history", "utter_relay_from_resident", "utter_relay_copy")
VISITED = ("team_appointment_booked", "team_calendar_file", "team_appointment_where", "team_today_appointments")


def test_what_was_passed_on_goes_off_the_screens_of_who_helps_and_of_who_comes(wijk: Wijk) -> None:
    fatma, vera, annie = wijk.member("Fatma"), wijk.member("Vera", None, Role.ENERGY_COACH), wijk.person(SECRET)
    give_hours(wijk, vera, days=[3])
    attachments.keep(wijk.session, wijk.now, annie, "voice", SECRET)
    request = wijk.claimed(fatma, person=annie)
    booked(wijk, request, vera, AppointmentKind.COACH, whereabouts=SECRET)
    relay.to_member(wijk.session, wijk.now, request, Letter(annie.chat_id, 7, SECRET))
    relay.to_member(wijk.session, wijk.now, request, Letter(annie.chat_id, 8, "", is_file=True))
    queue(
        wijk.session, wijk.now, chat_of(vera), Message("team_today_appointments"), subject=appointment_messages.AGENDA
    )
    wijk.deliver()
    helped, visited = _there(wijk, fatma, *HELPED, "utter_relay_file_from_resident"), _there(wijk, vera, *VISITED)
    assert (len(helped), len(visited)) == (6, 4)
    privacy.forget(wijk.session, wijk.now + timedelta(hours=47), annie)
    assert set(helped) <= set(_taken_away(wijk, fatma)) and set(visited) <= set(_taken_away(wijk, vera))
    cards = wijk.session.scalars(select(Outgoing.id).where(Outgoing.subject == f"card:{request.id}"))
    assert not set(cards) & {*_taken_away(wijk, fatma), *_taken_away(wijk, vera)}, "cards say that it is gone"


@pytest.mark.parametrize(("hours", "older"), [(47, "no"), (48, "yes"), (49, "yes")])
def test_what_is_too_old_to_go_off_the_screen_is_named_to_who_has_it(wijk: Wijk, hours: int, older: str) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person(SECRET)
    wijk.claimed(fatma, person=annie)
    wijk.deliver()
    there = _there(wijk, fatma, *HELPED)
    privacy.forget(wijk.session, wijk.now + timedelta(hours=hours), annie)
    assert set(there) <= set(_taken_away(wijk, fatma)) if older == "no" else not _taken_away(wijk, fatma)
    notice = next(
        row for row in wijk.session.scalars(select(Outgoing)) if row.content.get("key") == "utter_case_erased"
    )
    assert notice.content["values"]["older"] == older


def test_who_helped_before_hears_in_the_morning_that_what_they_had_is_gone(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person(SECRET)
    request = wijk.claimed(fatma, person=annie)
    wijk.member("Joop")
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    wijk.deliver()
    wijk.now = moment("2026-11-24 03:00")
    privacy.forget(wijk.session, wijk.now, annie)
    rows = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_of(fatma)))
    notices = [row.due_at for row in rows if row.content.get("key") == "team_copies_erased"]
    assert notices == [moment("2026-11-24 09:00")]


def test_a_hundred_messages_go_in_one_call_and_the_rest_in_another(wijk: Wijk) -> None:
    annie = wijk.person()
    for _ in range(101):
        queue(wijk.session, wijk.now, annie.chat_id, Message("utter_greet"))
    wijk.deliver()
    privacy.forget(wijk.session, wijk.now, annie)
    contents = [row.content for row in wijk.session.scalars(select(Outgoing).order_by(Outgoing.id))]
    assert [len(content["deletes"]) for content in contents] == [100, 1]
    assert all(content["last"] for content in contents)


def test_the_receipt_counts_what_went(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    wijk.claimed(fatma, person=annie)
    wijk.deliver()
    attachments.keep(wijk.session, wijk.now, annie, "photo", "id")
    misunderstood.note(wijk.session, wijk.now, annie, Misunderstood("tja", Why.UNSURE))
    signals.count_along(wijk.session, wijk.now, annie, Complaint("draught", "smitsveen"))
    quiet_hours.begin(wijk.session, wijk.now, annie, Message("utter_ask_solved"), "later", wijk.now + timedelta(days=1))
    for number, content in enumerate([{"kind": "press"}, {"kind": "press"}, {"kind": "text"}, None], start=1):
        state = InboxState.RECEIVED if content else InboxState.SET_ASIDE
        row = Inbox(update_id=number, chat_id=annie.chat_id, received_at=wijk.now, content=content, state=state)
        wijk.session.add(row)
    erased = privacy.forget(wijk.session, wijk.now, annie)
    assert erased == Erased(
        messages=1, requests=1, appointments=0, sentences=1, files=1, signals=1, reminders=1, unread=1
    )


def test_updates_that_wait_are_handled_no_more_and_of_nobody(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    for number, person in enumerate((annie, annie, karin), start=1):
        row = Inbox(update_id=number, chat_id=person.chat_id, received_at=wijk.now, content={"kind": "text"})
        wijk.session.add(row)
    wijk.session.flush()
    wijk.session.get_one(Inbox, 2).state = InboxState.SET_ASIDE
    privacy.forget(wijk.session, wijk.now, annie)
    wijk.session.expire_all()
    rows = wijk.session.scalars(select(Inbox).order_by(Inbox.update_id)).all()
    assert [(row.chat_id, row.content, row.state) for row in rows] == [
        (privacy.NOBODY, None, InboxState.HANDLED),
        (privacy.NOBODY, None, InboxState.SET_ASIDE),
        (karin.chat_id, {"kind": "text"}, InboxState.RECEIVED),
    ]
