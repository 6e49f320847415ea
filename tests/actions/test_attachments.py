"""Files of residents: kept for whoever helps, at most ten, sent on to who claims, gone with the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions import attachments, handoffs, privacy
from actions.attachments import MESSAGE, MOST, count, forget, keep
from actions.outbox import Message
from actions.retention import erase_old
from actions.terms import LONGEST
from store.tables import Attachment, Outgoing, Person
from tests.actions.people import WISH, Wijk

SECRET = "AgACAgQAAx"

TERM = LONGEST["attachment"]


def _kept(wijk: Wijk, person: Person) -> list[tuple[str, str]]:
    mine = select(Attachment).where(Attachment.person_id == person.id).order_by(Attachment.id)
    return [(one.kind, one.file_id) for one in wijk.session.scalars(mine)]


def _files(wijk: Wijk, chat_id: int) -> list[Message]:
    rows = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_id).order_by(Outgoing.id))
    return [message for row in rows if (message := Message.from_json(row.content)).file]


def test_files_are_kept_in_order_and_counted_per_person(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    keep(wijk.session, wijk.now, annie, "photo", "a")
    keep(wijk.session, wijk.now, karin, "document", "b")
    keep(wijk.session, wijk.now, annie, "voice", "c")
    assert _kept(wijk, annie) == [("photo", "a"), ("voice", "c")]
    assert [count(wijk.session, one) for one in (annie, karin, wijk.person())] == [2, 1, 0]


def test_of_more_than_ten_the_oldest_go_and_others_keep_theirs(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    keep(wijk.session, wijk.now, karin, "photo", "hers")
    for number in range(MOST + 2):
        keep(wijk.session, wijk.now, annie, "photo", str(number))
    assert [file_id for _, file_id in _kept(wijk, annie)] == [str(number) for number in range(2, MOST + 2)]
    assert count(wijk.session, karin) == 1


def test_who_claims_gets_the_files_after_the_text_and_nobody_else_does(wijk: Wijk) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.request(WISH, annie)
    wijk.deliver()
    keep(wijk.session, wijk.now, annie, "photo", "a")
    keep(wijk.session, wijk.now, annie, "voice", "b")
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert wijk.told(fatma)[-4:] == ["case_text", "case_files", "case_file_gone", "case_file_gone"]
    assert fatma.person and joop.person
    assert [message.file for message in _files(wijk, fatma.person.chat_id)] == [("photo", "a"), ("voice", "b")]
    assert _files(wijk, joop.person.chat_id) == []
    about = select(Outgoing.content).where(Outgoing.subject == handoffs.subject_of(request))
    counted = [content["values"] for content in wijk.session.scalars(about) if content["key"] == "case_files"]
    assert counted == [{"number": request.id, "count": 2}]


def test_without_files_nothing_is_said_of_them(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    wijk.deliver()
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert wijk.told(fatma)[-1] == "case_text"


def test_what_was_written_while_nobody_read_along_is_copied_to_who_takes_it(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.request(WISH, annie)
    keep(wijk.session, wijk.now, annie, MESSAGE, "77")
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    copy = wijk.messages(fatma)[-1]
    assert (copy.key, copy.copy_of, copy.file) == ("utter_relay_copy", (annie.chat_id, 77), None)


def test_who_does_not_want_to_talk_again_leaves_no_messages_but_keeps_the_photos(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    for person in (annie, karin):
        keep(wijk.session, wijk.now, person, MESSAGE, "77")
        keep(wijk.session, wijk.now, person, "photo", "a")
    attachments.forget_messages(wijk.session, annie)
    assert _kept(wijk, annie) == [("photo", "a")]
    assert len(_kept(wijk, karin)) == 2


def test_whoever_takes_over_gets_them_too(wijk: Wijk) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.request(WISH, annie)
    keep(wijk.session, wijk.now, annie, "photo", "a")
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    handoffs.leave(wijk.session, wijk.now, fatma.id)
    handoffs.claim(wijk.session, wijk.now, joop, request.id)
    assert joop.person
    assert [message.file for message in _files(wijk, joop.person.chat_id)] == [("photo", "a")]


def test_who_does_not_want_them_sent_leaves_none(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    for person in (annie, karin):
        keep(wijk.session, wijk.now, person, "photo", "a")
    forget(wijk.session, annie)
    assert (count(wijk.session, annie), count(wijk.session, karin)) == (0, 1)


def test_who_is_forgotten_leaves_none_with_us_or_on_its_way(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.request(WISH, annie)
    wijk.deliver()
    keep(wijk.session, wijk.now, annie, "photo", SECRET)
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    wijk.deliver()
    privacy.forget(wijk.session, wijk.now, annie)
    assert list(wijk.session.scalars(select(Attachment))) == []
    assert not [row for row in wijk.session.scalars(select(Outgoing)) if SECRET in str(row.content)]


@pytest.mark.parametrize(("age", "left"), [(TERM - timedelta(seconds=1), 1), (TERM, 0)])
def test_a_file_goes_after_thirty_days(wijk: Wijk, age: timedelta, left: int) -> None:
    annie = wijk.person()
    keep(wijk.session, wijk.now, annie, "photo", "a")
    assert erase_old(wijk.session, wijk.now + age)["attachments"] == 1 - left
    assert attachments.count(wijk.session, annie) == left
