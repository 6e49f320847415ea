"""Messages between a resident and who helps: words under a name, files as they are, edits, and doubt that is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions import handoffs, relay
from actions.outbox import Message
from actions.relay import Letter
from store.states import PromiseState, RequestState
from store.tables import Member, Outgoing, Person, Request
from tests.actions.people import WISH, Wijk, chat_of, invariant, wish


def _case(wijk: Wijk) -> tuple[Request, Person, Member]:
    """A request under way, the resident and the helper."""
    fatma, annie = wijk.member("Fatma"), wijk.person("Annie")
    return wijk.claimed(fatma, WISH, annie), annie, fatma


def _last(wijk: Wijk, count: int) -> list[Outgoing]:
    return list(wijk.session.scalars(select(Outgoing).order_by(Outgoing.id)))[-count:]


def _from(wijk: Wijk, request: Request, sender: Person | Member, letter: Letter) -> None:
    if isinstance(sender, Person):
        relay.to_member(wijk.session, wijk.now, request, letter)
    else:
        relay.to_resident(wijk.session, wijk.now, request, sender, letter)


def _letter(sender: Person | Member, text: str = "hallo", **other: bool) -> Letter:
    return Letter(chat_of(sender), 7, text, **other)


def test_words_of_a_resident_come_with_a_number_and_without_a_name(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    _from(wijk, request, annie, _letter(annie, "hallo {name}"))
    (row,) = _last(wijk, 1)
    assert (row.chat_id, row.subject, row.repeatable) == (chat_of(fatma), f"request:{request.id}", False)
    values = {"number": request.id, "wijk": "smitsveen", "text": "hallo {name}"}
    assert Message.from_json(row.content) == Message("utter_relay_from_resident", values)


def test_words_of_a_helper_come_with_a_name(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    _from(wijk, request, fatma, _letter(fatma, "dag"))
    (row,) = _last(wijk, 1)
    assert row.chat_id == annie.chat_id
    assert Message.from_json(row.content) == Message("utter_relay_from_member", {"name": "Fatma", "text": "dag"})


def test_a_file_is_copied_after_a_line_that_says_from_whom(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    _from(wijk, request, annie, _letter(annie, "", is_file=True))
    line, copy = _last(wijk, 2)
    assert Message.from_json(line.content).key == "utter_relay_file_from_resident"
    assert Message.from_json(copy.content).copy_of == (annie.chat_id, 7)
    assert (line.repeatable, copy.repeatable, copy.chat_id) == (True, False, chat_of(fatma))


def test_a_file_without_a_number_is_only_announced(wijk: Wijk) -> None:
    request, annie, _ = _case(wijk)
    before = len(_last(wijk, 100))
    _from(wijk, request, annie, Letter(annie.chat_id, None, "", is_file=True))
    assert len(_last(wijk, 100)) == before + 1


@pytest.mark.parametrize("sender", ["resident", "member"])
def test_what_was_edited_changes_in_the_other_chat_as_often_as_it_was(wijk: Wijk, sender: str) -> None:
    request, annie, fatma = _case(wijk)
    who: Person | Member = annie if sender == "resident" else fatma
    _from(wijk, request, who, _letter(who, "dinsdag"))
    (passed_on,) = _last(wijk, 1)
    for text in ("woensdag", "donderdag"):
        _from(wijk, request, who, _letter(who, text, is_edit=True))
        (edit,) = _last(wijk, 1)
        message = Message.from_json(edit.content)
        assert (edit.chat_id, edit.edits_id) == (passed_on.chat_id, passed_on.id)
        assert (message.key, message.values["text"]) == (f"utter_relay_edited_from_{sender}", text)


@pytest.mark.parametrize("sender", ["resident", "member"])
def test_an_edited_caption_is_told_beside_the_file_and_changes_from_then_on(wijk: Wijk, sender: str) -> None:
    request, annie, fatma = _case(wijk)
    who: Person | Member = annie if sender == "resident" else fatma
    _from(wijk, request, who, _letter(who, "brief", is_file=True))
    before = len(_last(wijk, 100))
    _from(wijk, request, who, _letter(who, "rode brief", is_file=True, is_edit=True))
    (told,) = _last(wijk, 1)
    message = Message.from_json(told.content)
    assert len(_last(wijk, 100)) == before + 1
    assert (message.key, message.values["text"], told.edits_id) == (
        f"utter_relay_changed_from_{sender}",
        "rode brief",
        None,
    )


def test_what_was_edited_and_never_passed_on_comes_as_it_is_now_and_changes_from_then_on(wijk: Wijk) -> None:
    request, annie, _ = _case(wijk)
    _from(wijk, request, annie, _letter(annie, "nieuw", is_edit=True))
    (row,) = _last(wijk, 1)
    assert (Message.from_json(row.content).key, row.edits_id) == ("utter_relay_edited_from_resident", None)
    _from(wijk, request, annie, _letter(annie, "nieuwer", is_edit=True))
    assert _last(wijk, 1)[0].edits_id == row.id
    assert row.edits_id is None


def test_a_message_of_the_resident_starts_a_clock_that_only_a_reply_clears(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    relay.replied(wijk.session, wijk.now, request)
    since = wijk.now = wijk.now + timedelta(hours=1)
    _from(wijk, request, annie, _letter(annie))
    wijk.now += timedelta(hours=1)
    _from(wijk, request, annie, _letter(annie))
    assert request.unanswered_since == since
    request.on_top, request.unanswered_reminded = True, 2
    _from(wijk, request, fatma, _letter(fatma))
    assert [request.unanswered_since, request.unanswered_reminded, request.on_top] == [None, 0, False]
    invariant(wijk.session)


@pytest.mark.parametrize("reach", ["here", "telephone"])
def test_the_first_reply_is_contact_and_keeps_a_promise_to_write_but_not_to_call(wijk: Wijk, reach: str) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.claimed(fatma, wish(reach=reach), annie)
    _from(wijk, request, fatma, _letter(fatma))
    assert (request.state, request.contacted_at) == (RequestState.CONTACTED, wijk.now)
    assert wijk.promises(request)[-1] is (PromiseState.KEPT if reach == "here" else PromiseState.OPEN)
    assert wijk.changes(request)[-1] == "contacted"
    _from(wijk, request, fatma, _letter(fatma))
    assert wijk.changes(request).count("contacted") == 1
    invariant(wijk.session)


def test_who_spoke_with_a_resident_elsewhere_says_so(wijk: Wijk) -> None:
    request, _, fatma = _case(wijk)
    request.unanswered_since = wijk.now
    assert relay.spoke(wijk.session, wijk.now, wijk.member("Joop"), request.id) is None
    assert relay.spoke(wijk.session, wijk.now, fatma, request.id) is request
    assert [request.state, request.unanswered_since] == [RequestState.CONTACTED, None]
    invariant(wijk.session)


@pytest.mark.parametrize("sender", ["resident", "member"])
def test_who_wrote_something_that_may_not_have_arrived_hears_of_it(wijk: Wijk, sender: str) -> None:
    request, annie, fatma = _case(wijk)
    who: Person | Member = annie if sender == "resident" else fatma
    _from(wijk, request, who, _letter(who))
    relay.tell_doubt(wijk.session, wijk.now, _last(wijk, 1)[0].id)
    (row,) = _last(wijk, 1)
    assert (row.chat_id, Message.from_json(row.content).key) == (chat_of(who), "utter_relay_uncertain")


def test_doubt_about_something_else_is_told_to_nobody(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    _from(wijk, request, annie, _letter(annie))
    (passed_on,) = _last(wijk, 1)
    card = next(row for row in _last(wijk, 100) if row.subject == f"card:{request.id}")
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    before = len(_last(wijk, 100))
    for number in (card.id, passed_on.id, 10**9):
        relay.tell_doubt(wijk.session, wijk.now, number)
    assert len(_last(wijk, 100)) == before


def test_who_is_helping_hears_that_a_resident_is_gone(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    waiting = wijk.request(WISH, annie)
    relay.tell_lost(wijk.session, wijk.now, annie.chat_id)
    (row,) = _last(wijk, 1)
    assert (row.chat_id, Message.from_json(row.content).key) == (chat_of(fatma), "utter_resident_gone")
    assert [wijk.changes(one)[-1] for one in (request, waiting)] == ["resident_lost", "resident_lost"]
    relay.tell_lost(wijk.session, wijk.now, 10**9)
    assert _last(wijk, 1) == [row]
    invariant(wijk.session)


def test_when_a_helper_is_gone_the_others_take_over(wijk: Wijk) -> None:
    request, annie, fatma = _case(wijk)
    wijk.member("Joop")
    wijk.lose(fatma)
    relay.tell_lost(wijk.session, wijk.now, chat_of(fatma))
    assert wijk.shown(request) == {"Joop"}
    assert wijk.told(annie)[-1] == "utter_released"
    invariant(wijk.session)
