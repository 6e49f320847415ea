"""What flows let the organisation do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions.outbox import Message
from bot.dialogue.conversation import Conversation, Done
from bot.steps import Asked, answer_together, ask_about_landlord, ask_about_tips, forget_me, request_handoff
from bot.words import Words
from store.database import Database
from store.states import OutgoingState, RequestState, Role, Urgency
from store.tables import Outgoing, Person, Request
from tests.actions.people import Wijk

SLOTS = {"wijk": "smitsveen", "reach": "here", "by_whom": "own_wijk", "tenure": "own", "about_mould": "yes"}


def _asked(house: Wijk, words: Words, topics: tuple[str, ...] = ("mould",), **slots: Any) -> Asked:
    return Asked(house.session, house.now, house.person(), Conversation(topics=topics), {**SLOTS, **slots}, words)


@pytest.mark.parametrize(
    ("topics", "slots", "urgency"),
    [
        (("mould",), {}, Urgency.NORMAL),
        (("mould",), {"urgency": "soon"}, Urgency.SOON),
        (("mould",), {"urgency": "normal", "also": ["payment_arrears", "high_bill"]}, Urgency.SOON),
        (("mould",), {"urgency": "soon", "also": ["cut_off"]}, Urgency.CRISIS),
        (("mould",), {"urgency": "crisis", "also": ["high_bill"]}, Urgency.CRISIS),
        (("mould",), {"urgency": "normal", "also": ["cut_off"], "left_out": ["utter_line_also"]}, Urgency.NORMAL),
        (("talk_to_human",), {}, Urgency.NORMAL),
        ((), {"urgency": "crisis"}, Urgency.CRISIS),
    ],
)
def test_a_request_is_as_urgent_as_the_most_urgent_thing_about_it(
    database: Database, words: Words, topics: tuple[str, ...], slots: dict[str, str], urgency: Urgency
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, topics, **slots))
        stored = session.query(Request).one()
        assert stored.urgency is urgency


@pytest.mark.parametrize(
    ("topics", "slots", "stored"),
    [
        ((), {}, "talk_to_human"),
        (("mould",), {}, "mould"),
        (("mould", "draught"), {"also": ["high_bill", "mould"]}, "mould draught high_bill"),
        (("mould",), {"also": ["high_bill"], "left_out": ["utter_line_also"]}, "mould"),
    ],
)
def test_whoever_helps_hears_what_was_talked_about_and_what_was_only_named(
    database: Database, words: Words, topics: tuple[str, ...], slots: dict[str, Any], stored: str
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, topics, **slots))
        assert session.query(Request).one().topics == stored


@pytest.mark.parametrize(
    ("team", "slots", "gives"),
    [
        ([], {}, ("no_one", 0, 0)),
        ([], {"urgency": "crisis"}, ("no_one", 0, 0)),
        ([Role.WIJKVERBINDER], {}, ("offered", 1, 0)),
        ([Role.WIJKVERBINDER, Role.PROFESSIONAL], {"urgency": "soon"}, ("offered", 1, 0)),
        ([Role.WIJKVERBINDER, Role.PROFESSIONAL], {"by_whom": "professional"}, ("offered", 1, 1)),
        ([Role.WIJKVERBINDER], {"urgency": "crisis"}, ("no_professional", 1, 0)),
        ([Role.WIJKVERBINDER, Role.PROFESSIONAL], {"urgency": "crisis"}, ("professional_too", 2, 1)),
        ([Role.PROFESSIONAL] * 2, {"urgency": "crisis"}, ("professional_too", 2, 2)),
        ([Role.WIJKVERBINDER], {"urgency": "normal", "also": ["eviction"]}, ("no_professional", 1, 0)),
    ],
)
def test_a_resident_hears_how_many_can_read_it_now_and_who_does_it_as_work(
    database: Database, words: Words, team: list[Role], slots: dict[str, Any], gives: tuple[str, int, int]
) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        for number, role in enumerate(team):
            wijk.member(f"Buur {number}", "smitsveen", role)
        done = request_handoff(_asked(wijk, words, **slots))
        told = (done.slots["handoff_result"], done.slots["readers"], done.slots["professionals"])
        assert (told, done.ends_talk, done.forgets) == (gives, True, False)


@pytest.mark.parametrize(
    ("slots", "field", "value"),
    [
        ({}, "wijk", "smitsveen"),
        ({"wijk": "other"}, "wijk", None),
        ({"wijk": "unknown"}, "wijk", None),
        ({"phone": "+31 6 12345678"}, "contact", "+31 6 12345678"),
        ({}, "contact", None),
        ({}, "exit", None),
        ({"exit": "local", "coach": "later"}, "exit", "local"),
        ({"exit": "local", "coach": "later"}, "coach", "later"),
        ({}, "why", ""),
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


WHY = ["letters_unopened", "cannot_pay_exit", "coach_after_letters"]
MONEY = {"can_pay": "no", "letters": "unopened", "letter_says": "unknown", "why": WHY}


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ([], WHY),
        (["utter_line_home"], WHY),
        (["utter_line_pay"], ["coach_after_letters"]),
    ],
)
def test_no_reason_tells_what_the_resident_took_out(
    database: Database, words: Words, left_out: list[str], why: list[str]
) -> None:
    with database.transaction() as session:
        request_handoff(_asked(Wijk(session), words, **MONEY, left_out=left_out))
        assert session.query(Request).one().why == " ".join(why)


def test_a_reason_that_another_line_tells_too_stays(database: Database, words: Words) -> None:
    """`inside_temperature` stands in the line about draught and in the one about the cold."""
    slots = {"about_draught": "yes", "about_cold_home": "yes", "inside_temperature": "under_16"}
    with database.transaction() as session:
        left_out = ["utter_line_draught"]
        request_handoff(_asked(Wijk(session), words, **slots, why=["cold_vulnerable"], left_out=left_out))
        assert session.query(Request).one().why == "cold_vulnerable"


# --- what is asked long after the talk --------------------------------------------------------------------------


AFTERWARDS = [
    (ask_about_tips, "tips_later", "utter_ask_tips_worked", timedelta(weeks=2)),
    (ask_about_landlord, "landlord_later", "utter_ask_landlord_answer", timedelta(weeks=6)),
]


def _promised(wijk: Wijk, person: Person) -> list[Outgoing]:
    mine = (Outgoing.chat_id == person.chat_id) & (Outgoing.state == OutgoingState.WAITING)
    return list(wijk.session.scalars(select(Outgoing).where(mine)))


@pytest.mark.parametrize(("step", "flow", "key", "after"), AFTERWARDS)
def test_a_question_for_later_waits_and_opens_its_flow(
    database: Database, words: Words, step: Callable[[Asked], Done], flow: str, key: str, after: timedelta
) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = _asked(wijk, words)
        asked.person.language = "en"
        assert step(asked) == Done()
        (row,) = _promised(wijk, asked.person)
        message = Message.from_json(row.content)
        assert (message.key, message.opens, message.language) == (key, flow, "en")
        assert row.due_at == wijk.now + after


@pytest.mark.parametrize(("step", "flow", "key", "after"), AFTERWARDS)
def test_a_question_for_later_shows_its_answers_and_the_way_to_a_human(
    database: Database, words: Words, step: Callable[[Asked], Done], flow: str, key: str, after: timedelta
) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = _asked(wijk, words)
        step(asked)
        rendered = words.render(Message.from_json(_promised(wijk, asked.person)[0].content))
        data = [data for row in rendered.rows for _, data in row]
        slot = words.content.slots[key.removeprefix("utter_ask_")]
        assert data == [*(f"f:{flow}:{value}" for value in slot.values), "q0:!listen", "q0:!human"]
        assert all(len(one.encode()) <= 64 for one in data)


def test_it_is_asked_once_however_often_it_was_promised(database: Database, words: Words) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked, other = _asked(wijk, words), _asked(wijk, words)
        ask_about_tips(other)
        ask_about_tips(asked)
        later = replace(asked, now=asked.now + timedelta(days=3))
        ask_about_tips(later)
        ask_about_landlord(later)
        assert [row.due_at for row in _promised(wijk, asked.person)] == [
            later.now + timedelta(weeks=2),
            later.now + timedelta(weeks=6),
        ]
        assert len(_promised(wijk, other.person)) == 1


def test_it_is_not_asked_at_night_nor_on_a_sunday(database: Database, words: Words) -> None:
    saturday_night = datetime(2026, 11, 28, 21, 30, tzinfo=UTC)
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = replace(_asked(wijk, words), now=saturday_night)
        ask_about_tips(asked)
        (row,) = _promised(wijk, asked.person)
        assert row.due_at == datetime(2026, 12, 14, 8, 0, tzinfo=UTC)


def test_forgetting_takes_the_questions_for_later_along(database: Database, words: Words) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = _asked(wijk, words)
        ask_about_tips(asked)
        ask_about_landlord(asked)
        forget_me(asked)
        assert wijk.told(asked.person) == ["utter_forgotten", "utter_forgotten_what", "utter_forgotten_stays"]


@pytest.mark.parametrize(("helped", "word"), [(True, False), (False, True)])
def test_who_is_helped_tells_their_helper_and_types_no_word_for_a_human(
    database: Database, words: Words, helped: bool, word: bool
) -> None:
    """The word itself would go to the helper, who could not know what it means."""
    with database.transaction() as session:
        house = Wijk(session)
        asked = _asked(house, words, together="yes")
        if helped:
            house.claimed(house.member("Fatma"), person=asked.person)
        told = words.content.response("utter_together").variant(answer_together(asked).slots).text
        assert ("Typ dan: mens" in told) is word


def test_forgetting_ends_with_a_receipt(database: Database, words: Words) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        asked = _asked(wijk, words)
        wijk.request(person=asked.person)
        chat = asked.person.chat_id
        assert forget_me(asked).forgets
        assert session.query(Request).count() == 0
        receipt = wijk.told(asked.person)
        told = ["utter_forgotten", "utter_forgotten_what", "utter_forgotten_stays"]
        assert (chat, receipt) == (asked.person.chat_id, told)
