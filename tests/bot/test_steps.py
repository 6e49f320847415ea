"""What flows let the organisation do."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue.conversation import Conversation
from bot.steps import STEPS, Asked, forget_me, request_handoff
from bot.words import Words
from store.database import Database
from store.tables import Request, RequestState, Role, Urgency
from tests.actions.people import Wijk

SLOTS = {"wijk": "smitsveen", "reach": "here", "by_whom": "own_wijk", "tenure": "own", "about_mould": "yes"}


def _asked(house: Wijk, words: Words, topics: tuple[str, ...] = ("mould",), **slots: Any) -> Asked:
    return Asked(house.session, house.now, house.person(), Conversation(topics=topics), {**SLOTS, **slots}, words)


@pytest.mark.parametrize(
    ("topics", "slots", "urgency"),
    [
        (("mould",), {}, Urgency.NORMAL),
        (("mould",), {"urgency": "soon"}, Urgency.SOON),
        (("mould", "cut_off"), {"urgency": "normal"}, Urgency.CRISIS),
        (("talk_to_human",), {}, Urgency.NORMAL),
        ((), {"urgency": "crisis"}, Urgency.CRISIS),
        ((), {"urgency": "info"}, Urgency.NORMAL),
    ],
)
def test_a_request_is_as_urgent_as_the_most_urgent_thing_about_it(
    database: Database, words: Words, topics: tuple[str, ...], slots: dict[str, str], urgency: Urgency
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, topics, **slots))
        stored = session.query(Request).one()
        assert stored.urgency is urgency
        assert stored.topics == (" ".join(topics) or "talk_to_human")


@pytest.mark.parametrize(
    ("team", "slots", "gives"),
    [
        ([], {}, {"handoff_result": "no_one", "readers": 0}),
        ([Role.WIJKVERBINDER], {}, {"handoff_result": "offered", "readers": 1}),
        (
            [Role.WIJKVERBINDER, Role.PROFESSIONAL],
            {"urgency": "crisis"},
            {"handoff_result": "professional_too", "readers": 2},
        ),
    ],
)
def test_a_resident_hears_how_many_can_read_it_now(
    database: Database, words: Words, team: list[Role], slots: dict[str, str], gives: dict[str, Any]
) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        for role in team:
            wijk.member(role.value, "smitsveen", role)
        done = request_handoff(_asked(wijk, words, **slots))
        assert (done.slots, done.ends_talk, done.forgets) == (gives, True, False)


@pytest.mark.parametrize(
    ("slots", "field", "value"),
    [
        ({}, "wijk", "smitsveen"),
        ({"wijk": "other"}, "wijk", None),
        ({"wijk": "unknown"}, "wijk", None),
        ({"phone": "+31 6 12345678"}, "contact", "+31 6 12345678"),
        ({}, "contact", None),
    ],
)
def test_exactly_what_was_approved_is_stored(
    database: Database, words: Words, slots: dict[str, Any], field: str, value: object
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, **slots))
        stored = session.query(Request).one()
        assert getattr(stored, field) == value
        assert stored.state is RequestState.REQUESTED


@pytest.mark.parametrize(
    ("left_out", "lines"),
    [
        ([], ("utter_line_home", "utter_line_mould")),
        (["utter_line_home"], ("utter_line_mould",)),
        (["utter_line_home", "utter_line_mould"], ()),
    ],
)
def test_exactly_the_lines_that_were_not_left_out_are_stored(
    database: Database, words: Words, left_out: list[str], lines: tuple[str, ...]
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, left_out=left_out))
        assert session.query(Request).one().summary == words.lines(lines, SLOTS, "nl")


def test_forgetting_ends_with_a_receipt(database: Database, words: Words) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = _asked(wijk, words)
        wijk.request(person=asked.person)
        chat = asked.person.chat_id
        assert forget_me(asked).forgets
        assert session.query(Request).count() == 0
        receipt = wijk.told(asked.person)
        assert (chat, receipt) == (asked.person.chat_id, ["utter_forgotten"])


def test_a_step_is_known_by_its_name() -> None:
    assert {"action_request_handoff": request_handoff, "action_forget_me": forget_me} == STEPS
