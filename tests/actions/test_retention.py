"""How long what is held: on the day itself it goes, a moment before it stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import audit, events, misunderstood, practice, signals
from actions.retention import RULES, STAYS, erase_old, erase_some, held
from actions.terms import LONGEST, TERMS
from store.dashboard_tables import Table
from store.figure_tables import FigureMail
from store.states import InboxState, OutgoingState, RequestState, Role, Why
from store.tables import Attachment, Event, Inbox, Member, Outgoing, Person, Request, RequestChange, Signal, Talk
from store.tables import Misunderstood as Sentence
from tests.actions.people import Wijk

NOTHING = {
    "talks": 0,
    "inbox": 0,
    "outgoing": 0,
    "misunderstood": 0,
    "attachments": 0,
    "people": 0,
    "signals": 0,
    "requests": 0,
    "sign_in_links": 0,
    "web_sessions": 0,
    "audit_log": 0,
    "figure_mails": 0,
    "members": 0,
    "events": 0,
}
MOMENT = timedelta(seconds=1)
TALK, MESSAGE, MISUNDERSTOOD, CLOSED_REQUEST = map(
    LONGEST.__getitem__, ("talk", "message", "misunderstood", "closed_request")
)


def _erased(wijk: Wijk, age: timedelta) -> dict[str, int]:
    wijk.session.flush()
    """What goes, without the people of whom nothing is kept then, and figures: these have tests of their own."""
    erased = erase_old(wijk.session, wijk.now + age)
    return {table: count for table, count in erased.items() if count and table not in ("people", "events")}


def test_a_talk_goes_thirty_days_after_the_last_word(wijk: Wijk) -> None:
    wijk.session.add(Talk(person_id=wijk.person().id, state={}, version=1, updated_at=wijk.now))
    assert _erased(wijk, TALK - MOMENT) == {}
    assert _erased(wijk, TALK) == {"talks": 1}


@pytest.mark.parametrize("state", InboxState)
def test_an_update_goes_thirty_days_after_it_was_handled_and_waits_for_ever_before(
    wijk: Wijk, state: InboxState
) -> None:
    waits = state is InboxState.RECEIVED
    row = Inbox(update_id=1, chat_id=1, received_at=wijk.now, content={}, state=state, attempts=0)
    row.handled_at = None if waits else wijk.now
    wijk.session.add(row)
    assert _erased(wijk, MESSAGE - MOMENT) == {}
    assert _erased(wijk, MESSAGE) == ({} if waits else {"inbox": 1})


@pytest.mark.parametrize("state", OutgoingState)
def test_a_message_goes_thirty_days_after_it_was_sent_and_not_while_it_waits(wijk: Wijk, state: OutgoingState) -> None:
    sent: dict[str, Any] = {"sent_at": wijk.now} if state is OutgoingState.SENT else {}
    wijk.session.add(Outgoing(chat_id=1, content={}, due_at=wijk.now, state=state, **sent))
    assert _erased(wijk, MESSAGE - MOMENT) == {}
    waits = state in (OutgoingState.WAITING, OutgoingState.SENDING)
    assert _erased(wijk, MESSAGE) == ({} if waits else {"outgoing": 1})


@pytest.mark.parametrize("intent", [None, "draught"])
def test_a_misunderstood_sentence_goes_after_thirty_days_labelled_or_not(wijk: Wijk, intent: str | None) -> None:
    sentence = misunderstood.Misunderstood("brr", Why.UNSURE)
    number = misunderstood.note(wijk.session, wijk.now, wijk.person(), sentence)
    misunderstood.label(wijk.session, wijk.now, number, intent)
    assert _erased(wijk, MISUNDERSTOOD - MOMENT) == {}
    assert _erased(wijk, MISUNDERSTOOD) == {"misunderstood": 1}


@pytest.mark.parametrize("state", RequestState)
def test_a_request_goes_three_months_after_it_was_closed_with_its_history(wijk: Wijk, state: RequestState) -> None:
    request = wijk.request()
    request.state, request.closed_at = state, wijk.now if state is RequestState.CLOSED else None
    assert _erased(wijk, CLOSED_REQUEST - MOMENT) == {}
    closed = state is RequestState.CLOSED
    assert _erased(wijk, CLOSED_REQUEST) == ({"requests": 1} if closed else {})
    assert (wijk.session.query(RequestChange).count() == 0) == closed


def test_a_complaint_that_counts_goes_after_a_year(wijk: Wijk) -> None:
    signals.count_along(wijk.session, wijk.now, wijk.person(), signals.Complaint("draught", "smitsveen"))
    assert _erased(wijk, signals.COUNTS_FOR - MOMENT) == {}
    assert _erased(wijk, signals.COUNTS_FOR) == {"signals": 1}


def test_that_figures_were_mailed_goes_after_thirty_days(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    wijk.session.add(FigureMail(member_id=coby.id, week=wijk.now.date(), due_at=wijk.now, sent_at=wijk.now))
    assert _erased(wijk, MESSAGE - MOMENT) == {}
    assert _erased(wijk, MESSAGE) == {"figure_mails": 1}


def test_nothing_is_erased_of_an_empty_house(wijk: Wijk) -> None:
    assert erase_old(wijk.session, wijk.now) == NOTHING


def test_what_somebody_practised_with_and_left_goes_after_a_week(wijk: Wijk) -> None:
    fatma, resident = wijk.member("Fatma"), wijk.person()
    practice.begin(wijk.session, wijk.now, fatma)
    wijk.session.flush()
    erase_old(wijk.session, wijk.now + timedelta(days=6))
    assert wijk.session.scalar(select(Request)) is not None
    erase_old(wijk.session, wijk.now + timedelta(days=7))
    wijk.session.expire_all()
    assert wijk.session.scalar(select(Request)) is None
    assert {person.id for person in wijk.session.scalars(select(Person))} == {fatma.person_id, resident.id}


# --- of whom nothing else is kept -------------------------------------------------------------------------------


KEEPS: dict[str, Callable[[Wijk, Person], Any]] = {
    "talk": lambda wijk, who: Talk(person_id=who.id, state={}, version=1, updated_at=wijk.now + TALK),
    "member": lambda wijk, who: Member(
        name="F", role=Role.WIJKVERBINDER, wijk="smitsveen", person_id=who.id, created_at=wijk.now
    ),
    "signal": lambda wijk, who: Signal(person_id=who.id, at=wijk.now, topic="draught", wijk="smitsveen"),
    "attachment": lambda wijk, who: Attachment(person_id=who.id, at=wijk.now + TALK, kind="photo", file_id="x"),
    "sentence": lambda wijk, who: Sentence(
        person_id=who.id, at=wijk.now + TALK, text="brr", intents=[], shown=[], why=Why.UNSURE
    ),
    "delivered": lambda wijk, who: Inbox(
        update_id=1, chat_id=who.chat_id, received_at=wijk.now, content={}, state=InboxState.RECEIVED, attempts=0
    ),
    "reminder": lambda wijk, who: Outgoing(chat_id=who.chat_id, content={}, due_at=wijk.now + 2 * TALK),
}


def _there(wijk: Wijk, person: int) -> bool:
    wijk.session.expire_all()
    return wijk.session.scalar(select(Person.id).where(Person.id == person)) is not None


def test_somebody_goes_thirty_days_after_they_came_when_nothing_else_is_kept(wijk: Wijk) -> None:
    number = wijk.person("Annie").id
    erase_old(wijk.session, wijk.now + LONGEST["person"] - MOMENT)
    assert _there(wijk, number)
    erase_old(wijk.session, wijk.now + LONGEST["person"])
    assert not _there(wijk, number)


@pytest.mark.parametrize("kept", KEEPS.values(), ids=KEEPS)
def test_somebody_stays_as_long_as_something_of_them_does(wijk: Wijk, kept: Callable[[Wijk, Person], Any]) -> None:
    annie = wijk.person("Annie")
    number = annie.id
    wijk.session.add(kept(wijk, annie))
    wijk.session.flush()
    erase_old(wijk.session, wijk.now + LONGEST["person"])
    assert _there(wijk, number)


def test_somebody_stays_as_long_as_their_request_is_open(wijk: Wijk) -> None:
    number = wijk.request().person_id
    erase_old(wijk.session, wijk.now + timedelta(days=400))
    assert _there(wijk, number)


def test_who_left_the_team_goes_once_no_request_and_no_log_names_them(wijk: Wijk) -> None:
    gone, named, logged = (wijk.member(name) for name in ("Gone", "Named", "Logged"))
    numbers = {name: one.id for name, one in {"gone": gone, "named": named, "logged": logged}.items()}
    wijk.request().claimed_by_id = named.id
    audit.note(wijk.session, wijk.now + timedelta(days=300), logged, "shown")
    for one in (gone, named, logged):
        one.active = False

    def left(age: timedelta) -> set[str]:
        erase_old(wijk.session, wijk.now + age)
        wijk.session.expire_all()
        there = set(wijk.session.scalars(select(Member.id)))
        return {name for name, number in numbers.items() if number in there}

    wijk.session.flush()
    assert left(LONGEST["member"] - MOMENT) == {"gone", "named", "logged"}
    assert left(LONGEST["member"]) == {"named", "logged"}
    assert left(timedelta(days=300) + LONGEST["audit"]) == {"named"}


# --- in parts, in order, dry ------------------------------------------------------------------------------------


def _old_messages(wijk: Wijk, count: int) -> None:
    rows = [Outgoing(chat_id=1, content={}, due_at=wijk.now, state=OutgoingState.SENT) for _ in range(count)]
    wijk.session.add_all(rows)
    wijk.session.flush()


def test_much_goes_in_parts_until_there_is_nothing_left(wijk: Wijk) -> None:
    _old_messages(wijk, 7)
    wijk.session.add(Talk(person_id=wijk.person().id, state={}, version=1, updated_at=wijk.now))
    wijk.session.flush()
    late = wijk.now + MESSAGE
    assert erase_some(wijk.session, late, most=3) == {"talks": 1, "outgoing": 2}
    assert erase_some(wijk.session, late, most=3) == {"outgoing": 3}
    assert erase_some(wijk.session, late, most=3) == {"outgoing": 2, "people": 1}
    assert erase_some(wijk.session, late, most=3) == {}


def test_the_terms_of_the_organisation_are_carried_out(wijk: Wijk) -> None:
    _old_messages(wijk, 1)
    terms = {**LONGEST, "message": timedelta(days=2)}
    assert erase_some(wijk.session, wijk.now + timedelta(days=2) - MOMENT, terms) == {}
    assert erase_some(wijk.session, wijk.now + timedelta(days=2), terms) == {"outgoing": 1}


def test_of_the_log_nothing_goes_from_between_though_clocks_ran_apart(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    for days in (0, 2, 1, 3):
        audit.note(wijk.session, wijk.now + timedelta(days=days), coby, "shown", str(days))
        wijk.session.flush()

    def left(days: int) -> list[str]:
        erase_old(wijk.session, wijk.now + LONGEST["audit"] + timedelta(days=days))
        assert audit.check(wijk.session).broken is None
        return [one.about for one in audit.page(wijk.session, 9)][::-1]

    assert left(0) == ["2", "1", "3"]
    assert left(1) == ["2", "1", "3"], "the one before it is not past its term"
    assert left(2) == ["3"]
    assert left(3) == []


def test_what_would_go_is_counted_and_nothing_goes(wijk: Wijk) -> None:
    _old_messages(wijk, 2)
    wijk.session.add(Outgoing(chat_id=1, content={}, due_at=wijk.now + MOMENT, state=OutgoingState.SENT))
    wijk.session.add(Outgoing(chat_id=1, content={}, due_at=wijk.now - MESSAGE))
    wijk.session.flush()
    found = {one.rule.table.__tablename__: one for one in held(wijk.session, wijk.now + MESSAGE)}
    assert (found["outgoing"].past, found["outgoing"].oldest) == (2, wijk.now + MOMENT)
    assert (found["talks"].past, found["talks"].oldest) == (0, None)
    assert len(wijk.session.scalars(select(Outgoing.id)).all()) == 4


# --- all tables -------------------------------------------------------------------------------------------------


def test_of_every_table_it_is_said_when_its_rows_go_or_why_they_stay() -> None:
    """By a rule of their own, with a row that they hang on, or not at all."""
    by_rule = {rule.table.__tablename__ for rule in RULES}
    hang = {
        name
        for name, table in Table.metadata.tables.items()
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table.name in {"people", "requests"}
    }
    assert set(Table.metadata.tables) == by_rule | hang | set(STAYS)
    assert not (by_rule | hang) & set(STAYS)


def test_every_term_is_carried_out_by_a_rule_and_backups_by_their_command() -> None:
    assert {rule.term for rule in RULES} | {"backup"} == set(TERMS)


# --- figures ----------------------------------------------------------------------------------------------------


def test_the_number_of_an_erased_request_leads_nowhere_in_the_figures(wijk: Wijk) -> None:
    asked, stays = wijk.request(), wijk.request()
    for found in (asked, stays):
        for name in ("requested", "closed"):
            events.count_request(wijk.session, wijk.now, found, name)
    events.count(wijk.session, wijk.now, "started")
    number, other = asked.id, stays.id
    rows = wijk.session.query(Event).filter_by(request_id=number).count()
    wijk.session.delete(asked)
    wijk.session.flush()
    assert erase_old(wijk.session, wijk.now)["events"] == 1
    named = list(wijk.session.scalars(select(Event.request_id).order_by(Event.id)))
    assert number not in named and named.count(other) == rows and named.count(None) == 1
    (instead,) = {one for one in named if one not in (other, None)}
    assert instead is not None and instead < 0 and named.count(instead) == rows, "one request still, for the figures"
    assert erase_old(wijk.session, wijk.now)["events"] == 0
