"""How long what is held: on the day itself it goes, a moment before it stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import misunderstood, practice, signals
from actions.retention import CLOSED_REQUEST, MESSAGE, MISUNDERSTOOD, TALK, erase_old
from store.figure_tables import FigureMail
from store.tables import (
    Inbox,
    InboxState,
    Outgoing,
    OutgoingState,
    Person,
    Request,
    RequestChange,
    RequestState,
    Talk,
    Why,
)
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
}
MOMENT = timedelta(seconds=1)


def _erased(wijk: Wijk, age: timedelta) -> dict[str, int]:
    wijk.session.flush()
    return {table: count for table, count in erase_old(wijk.session, wijk.now + age).items() if count}


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
