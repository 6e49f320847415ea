"""Messages between a resident and who helps: words under a name, files as they are, and doubt that is told."""

from __future__ import annotations

from sqlalchemy import select

from actions import handoffs, relay
from actions.outbox import Message
from store.tables import Outgoing, Request
from tests.actions.people import WISH, Wijk


def _case(wijk: Wijk) -> tuple[Request, int, int]:
    """A request under way, the resident's chat and the helper's."""
    fatma, resident = wijk.member("Fatma"), wijk.person("Annie")
    request = wijk.request(WISH, resident)
    handoffs.claim(wijk.session, wijk.now, fatma, request.id)
    assert fatma.person is not None
    return request, resident.chat_id, fatma.person.chat_id


def _last(wijk: Wijk, count: int) -> list[Outgoing]:
    return list(wijk.session.scalars(select(Outgoing).order_by(Outgoing.id)))[-count:]


def test_words_of_a_resident_come_with_a_number_and_without_a_name(wijk: Wijk) -> None:
    request, _resident, fatma = _case(wijk)
    relay.to_member(wijk.session, wijk.now, request, 7, "hallo {name}", is_file=False)
    (row,) = _last(wijk, 1)
    assert (row.chat_id, row.subject, row.repeatable) == (fatma, f"request:{request.id}", False)
    values = {"number": request.id, "wijk": "smitsveen", "text": "hallo {name}"}
    assert Message.from_json(row.content) == Message("utter_relay_from_resident", values)


def test_words_of_a_helper_come_with_a_name(wijk: Wijk) -> None:
    request, resident, fatma = _case(wijk)
    assert request.claimed_by is not None
    relay.to_resident(wijk.session, wijk.now, request, request.claimed_by, fatma, 7, "dag", is_file=False)
    (row,) = _last(wijk, 1)
    assert row.chat_id == resident
    assert Message.from_json(row.content) == Message("utter_relay_from_member", {"name": "Fatma", "text": "dag"})


def test_a_file_is_copied_after_a_line_that_says_from_whom(wijk: Wijk) -> None:
    request, resident, fatma = _case(wijk)
    relay.to_member(wijk.session, wijk.now, request, 7, "", is_file=True)
    line, copy = _last(wijk, 2)
    assert Message.from_json(line.content).key == "utter_relay_file_from_resident"
    assert Message.from_json(copy.content).copy_of == (resident, 7)
    assert (line.repeatable, copy.repeatable, copy.chat_id) == (True, False, fatma)


def test_a_file_without_a_number_is_only_announced(wijk: Wijk) -> None:
    request, _, _ = _case(wijk)
    before = len(_last(wijk, 100))
    relay.to_member(wijk.session, wijk.now, request, None, "", is_file=True)
    assert len(_last(wijk, 100)) == before + 1


def test_who_wrote_something_that_may_not_have_arrived_hears_of_it(wijk: Wijk) -> None:
    request, resident, fatma = _case(wijk)
    assert request.claimed_by is not None
    for sender in (resident, fatma):
        if sender == resident:
            relay.to_member(wijk.session, wijk.now, request, 7, "a", is_file=False)
        else:
            relay.to_resident(wijk.session, wijk.now, request, request.claimed_by, fatma, 7, "b", is_file=False)
        relay.tell_doubt(wijk.session, wijk.now, _last(wijk, 1)[0].id)
        (row,) = _last(wijk, 1)
        assert (row.chat_id, Message.from_json(row.content).key) == (sender, "utter_relay_uncertain")


def test_doubt_about_something_else_is_told_to_nobody(wijk: Wijk) -> None:
    request, _, _fatma = _case(wijk)
    card = next(row for row in _last(wijk, 100) if row.subject == f"card:{request.id}")
    before = len(_last(wijk, 100))
    relay.tell_doubt(wijk.session, wijk.now, card.id)
    relay.tell_doubt(wijk.session, wijk.now, 10**9)
    assert len(_last(wijk, 100)) == before


def test_who_is_helping_hears_that_a_resident_is_gone(wijk: Wijk) -> None:
    _request, resident, fatma = _case(wijk)
    relay.tell_lost(wijk.session, wijk.now, resident)
    (row,) = _last(wijk, 1)
    assert (row.chat_id, Message.from_json(row.content).key) == (fatma, "utter_resident_gone")
    relay.tell_lost(wijk.session, wijk.now, fatma)
    relay.tell_lost(wijk.session, wijk.now, 10**9)
    assert _last(wijk, 1) == [row]
