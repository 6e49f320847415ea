"""Forgetting somebody: nothing is left, and who was helping hears of it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from actions import handoffs, misunderstood, privacy, relay
from actions.misunderstood import Misunderstood
from actions.outbox import Message, queue
from store.tables import Inbox, InboxState, Outgoing, Person, Request, RequestChange, Talk, Why
from store.tables import Misunderstood as MisunderstoodRow
from tests.actions.people import WISH, Wijk

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
    relay.to_member(wijk.session, wijk.now, request, 7, SECRET, is_file=False)
    queue(wijk.session, wijk.now, annie.chat_id, Message("utter_greet", {"x": SECRET}))
    wijk.deliver()
    assert privacy.forget(wijk.session, wijk.now, annie) == 1
    assert _rows(wijk, Talk, MisunderstoodRow, Request, RequestChange, Inbox) == [0, 0, 0, 0, 0]
    assert wijk.session.scalar(select(Person).where(Person.chat_id == annie.chat_id)) is None
    left = [str(row.content) for row in wijk.session.scalars(select(Outgoing))]
    assert left and not [content for content in left if SECRET in content or "12345678" in content]
    assert wijk.told(fatma)[-1] == "utter_case_erased"
    assert "utter_case_erased" not in wijk.told(joop)


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
