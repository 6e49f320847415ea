"""One message, one transaction: order, failures, floods, and two who come for the same update."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import exc, select, update

from actions import privacy, retention
from actions.outbox import Message, queue
from bot.conversations import FLOOD_MESSAGES, MOST_ATTEMPTS, Conversations, Glance
from bot.dialogue.conversation import Heard
from bot.incoming import Incoming, Kind
from bot.resident import Resident
from bot.telegram.receive import store_updates
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import InboxState
from store.tables import Inbox, Outgoing, Person, Talk
from tests.talks import START, Someone, Stage, said

CHAT = 1


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


@pytest.fixture
def resident(stage: Stage) -> Someone:
    return stage.person(CHAT)


@pytest.fixture
def broken() -> Iterator[mock.Mock]:
    """The resident's side fails, whatever comes."""
    with mock.patch.object(Resident, "handle", side_effect=LookupError("on purpose")) as handle:
        yield handle


def _store(stage: Stage, *texts: str, first: int = 1_000_001) -> None:
    updates = [Incoming(first + n, CHAT, Kind.TEXT, text=text, message_id=n) for n, text in enumerate(texts)]
    with stage.database.transaction() as session:
        store_updates(session, stage.clock.now(), updates)


def _next(stage: Stage) -> bool:
    return asyncio.run(stage.conversations.handle_next(CHAT))


def _inbox(stage: Stage) -> list[tuple[InboxState, int, Any]]:
    with stage.database.reading() as session:
        rows = session.scalars(select(Inbox).order_by(Inbox.update_id))
        return [(row.state, row.attempts, row.content) for row in rows]


def test_messages_of_a_chat_are_handled_in_order_one_at_a_time(stage: Stage, resident: Someone) -> None:
    _store(stage, "hallo", "ja")
    assert _next(stage)
    assert said(resident.hears())[-1] == "utter_ask_consent"
    assert _next(stage)
    assert said(resident.hears())[-1] == "utter_ask_menu_choice"
    assert not _next(stage)
    assert [state for state, _, _ in _inbox(stage)] == [InboxState.HANDLED] * 2


def test_what_was_written_is_not_kept_in_the_inbox_once_handled(stage: Stage) -> None:
    _store(stage, "hallo")
    _next(stage)
    assert _inbox(stage) == [(InboxState.HANDLED, 0, None)]


@pytest.mark.parametrize(("consent", "goes_on", "left"), [("no", True, 0), ("no", False, 1), ("yes", True, 1)])
def test_who_did_not_say_yes_and_walks_away_leaves_a_talk_for_a_day(
    stage: Stage, resident: Someone, consent: str, goes_on: bool, left: int
) -> None:
    resident.says("/start")
    resident.chooses(consent)
    if goes_on:
        resident.chooses("draught")
    for age, there in ((timedelta(hours=23), 1), (timedelta(days=1), left)):
        with stage.database.transaction() as session:
            retention.erase_old(session, stage.clock.now() + age)
            assert session.query(Talk).count() == there


def test_a_button_of_a_talk_that_was_erased_answers_nothing_in_the_next(stage: Stage, resident: Someone) -> None:
    resident.says("/start")
    old = resident.conversation().open
    stage.clock.move(days=2)
    with stage.database.transaction() as session:
        session.execute(update(Talk).values(unkept=True))
    with stage.database.transaction() as session:
        retention.erase_old(session, stage.clock.now())
    resident.says("/start")
    asked = resident.conversation().open
    assert old and asked and old.slot == asked.slot == "consent"
    resident.sends(kind=Kind.PRESS, data=f"q{old.number}:yes", callback_id="c", message_id=1)
    assert "consent" not in resident.conversation().slots and resident.conversation().open is not None


def test_an_update_is_handled_once_by_two_who_looked_at_the_same_time(stage: Stage, resident: Someone) -> None:
    _store(stage, "hallo")
    glance = stage.conversations.glance(CHAT)
    assert glance is not None
    for _ in range(2):
        stage.conversations.apply(glance, Heard(START, intents=("greet",)))
    assert said(resident.hears()).count("utter_welcome") == 1


def test_who_understood_an_older_state_of_the_talk_writes_nothing(stage: Stage, resident: Someone) -> None:
    _store(stage, "hallo", "ja")
    _next(stage)
    resident.hears()
    glance = stage.conversations.glance(CHAT)
    assert glance is not None and glance.version == 1
    stage.conversations.apply(replace(glance, version=0), Heard(START))
    assert resident.hears() == []
    assert _inbox(stage)[1][0] is InboxState.RECEIVED
    _next(stage)
    assert said(resident.hears())[-1] == "utter_ask_menu_choice"


def test_a_failure_writes_nothing_and_after_the_third_the_sender_gets_an_honest_answer(
    stage: Stage, resident: Someone, broken: mock.Mock, logged: list[Any]
) -> None:
    _store(stage, "hallo")
    for attempt in range(1, MOST_ATTEMPTS):
        assert _next(stage)
        assert resident.hears() == []
        assert [row[:2] for row in _inbox(stage)] == [(InboxState.RECEIVED, attempt)]
    assert _next(stage)
    assert said(resident.hears()) == ["utter_set_aside"]
    assert _inbox(stage) == [(InboxState.SET_ASIDE, MOST_ATTEMPTS, None)]
    assert not _next(stage)
    with stage.database.reading() as session:
        assert session.scalar(select(Talk)) is None and session.scalar(select(Person)) is None
    assert [line["event"] for line in logged] == [*["handling_failed"] * 2, "update_set_aside", "handling_failed"]
    assert {line["update_id"] for line in logged} == {1_000_001}
    assert "hallo" not in str(logged)


def test_the_message_after_one_that_fails_is_handled(stage: Stage, resident: Someone, broken: mock.Mock) -> None:
    _store(stage, "hallo", "hallo")
    for _ in range(MOST_ATTEMPTS):
        _next(stage)
    broken.side_effect = None
    assert _next(stage)
    assert broken.call_count == MOST_ATTEMPTS + 1
    assert [state for state, _, _ in _inbox(stage)] == [InboxState.SET_ASIDE, InboxState.HANDLED]


def test_a_content_that_cannot_be_read_is_set_aside_too(stage: Stage, resident: Someone) -> None:
    with stage.database.transaction() as session:
        row = Inbox(update_id=5, chat_id=CHAT, received_at=START, content={"kind": "flute"}, attempts=0)
        session.add(row)
    for _ in range(MOST_ATTEMPTS):
        assert _next(stage)
    assert said(resident.hears()) == ["utter_set_aside"]


def test_trouble_with_the_database_is_no_fault_of_the_update(stage: Stage) -> None:
    _store(stage, "hallo")
    trouble = exc.OperationalError("BEGIN", {}, Exception("database is locked"))
    with mock.patch.object(Conversations, "apply", side_effect=trouble):
        assert not _next(stage)
    with mock.patch.object(Conversations, "glance", side_effect=trouble):
        assert not _next(stage)
    assert [row[:2] for row in _inbox(stage)] == [(InboxState.RECEIVED, 0)]


def test_noting_a_failure_of_a_chat_without_updates_is_nothing(stage: Stage) -> None:
    assert stage.conversations.note_failure(CHAT) is None


@pytest.mark.parametrize("state", [{}, [], {"started": True}, "x"])
def test_a_talk_that_cannot_be_read_any_more_begins_anew(
    stage: Stage, resident: Someone, logged: list[Any], state: object
) -> None:
    resident.says("hallo")
    with stage.database.transaction() as session:
        session.scalars(select(Talk)).one().state = state
    assert said(resident.says("hallo"))[0] == "utter_welcome"
    assert [line["event"] for line in logged] == ["talk_unreadable"]
    assert said(resident.says("ja"))[0] == "utter_consent_yes"


# --- floods ---------------------------------------------------------------------------------------------------


def test_a_flood_gets_one_answer_and_a_danger_in_it_is_heard(stage: Stage, resident: Someone) -> None:
    texts = ["hallo"] * FLOOD_MESSAGES + ["hallo"] * 20 + ["ik ruik gas"]
    _store(stage, *texts)
    for _ in texts[:-1]:
        _next(stage)
    heard = said(resident.hears())
    assert heard.count("utter_slow_down") == 1
    assert heard[-1] == "utter_slow_down"
    _next(stage)
    assert said(resident.hears()) == ["utter_danger_gas_smell", "utter_ask_call_wanted"]


def test_of_200_messages_in_a_minute_few_are_kept_and_rasa_is_asked_about_few(stage: Stage, resident: Someone) -> None:
    for number in range(200):
        _store(stage, f"bericht {number}", first=1_000_001 + number)
        while _next(stage):
            pass
        stage.clock.move(seconds=60 / 200)
    assert len(_inbox(stage)) <= FLOOD_MESSAGES + 1
    assert len(stage.rasa.asked) <= FLOOD_MESSAGES
    assert said(resident.hears()).count("utter_slow_down") == 1
    assert not [row for row in _inbox(stage) if row[2] is not None]


def test_who_is_watched_can_hide_the_talk_in_a_flood_and_hears_nothing_of_it(stage: Stage, resident: Someone) -> None:
    _store(stage, *["hallo"] * FLOOD_MESSAGES, "weerbericht", *["hallo"] * 5)
    while _next(stage):
        pass
    assert said(resident.hears())[-1:] == ["utter_cover"]
    stage.clock.move(seconds=59)
    _store(stage, "hallo", first=2_000_000)
    assert _next(stage) and said(resident.hears()) == []


def test_blocking_is_noted_whatever_came_before(stage: Stage, resident: Someone) -> None:
    _store(stage, *["hallo"] * (FLOOD_MESSAGES + 5))
    while _next(stage):
        pass
    resident.sends(kind=Kind.BLOCKED)
    with stage.database.reading() as session:
        assert session.scalars(select(Person.reachable)).all() == [False]


@pytest.mark.parametrize("kind", [Kind.BLOCKED, Kind.UNBLOCKED])
def test_of_who_was_erased_blocking_writes_nothing_down_again(stage: Stage, resident: Someone, kind: Kind) -> None:
    resident.says("hallo")
    with stage.database.transaction() as session:
        person = session.scalars(select(Person)).one()
        privacy.forget(session, stage.clock.now(), person)
        queue(session, stage.clock.now(), CHAT, Message("utter_forgotten", last=True))
    resident.sends(kind=kind)
    with stage.database.reading() as session:
        assert session.scalars(select(Person)).all() == []
        assert CHAT not in session.scalars(select(Inbox.chat_id)).all()
        assert (CHAT in session.scalars(select(Outgoing.chat_id)).all()) == (kind is Kind.UNBLOCKED)


def test_a_group_is_answered_once_in_a_minute_and_nothing_of_it_is_kept(stage: Stage) -> None:
    group = stage.person(-7)
    heard = [answer for _ in range(50) for answer in said(group.sends(kind=Kind.GROUP))]
    assert heard == ["utter_group"] and _inbox(stage) == []
    stage.clock.move(seconds=61)
    assert said(group.sends(kind=Kind.GROUP)) == ["utter_group"]


def test_a_flood_of_one_does_not_slow_others_and_ends_by_itself(stage: Stage, resident: Someone) -> None:
    _store(stage, *["hallo"] * (FLOOD_MESSAGES + 1))
    while _next(stage):
        pass
    assert said(resident.hears())[-1] == "utter_slow_down"
    assert said(stage.person(2).says("hallo"))[0] == "utter_welcome"
    stage.clock.move(seconds=61)
    assert said(resident.says("ja"))[0] == "utter_consent_yes"


# --- the rest -------------------------------------------------------------------------------------------------


def test_nothing_waits_in_an_empty_house(stage: Stage) -> None:
    assert stage.conversations.glance(CHAT) is None
    assert stage.conversations.waiting_chats() == []
    assert not _next(stage)


def test_chats_that_wait_are_found_again(stage: Stage) -> None:
    _store(stage, "hallo", "ja")
    assert stage.conversations.waiting_chats() == [CHAT]


def test_a_look_says_who_it_is_and_takes_nothing(stage: Stage) -> None:
    _store(stage, "hallo")
    glance = stage.conversations.glance(CHAT)
    assert isinstance(glance, Glance)
    assert (glance.incoming.text, glance.version, glance.is_member) == ("hallo", 0, False)
    assert stage.conversations.waiting_chats() == [CHAT]


def test_what_is_past_its_term_is_erased(stage: Stage) -> None:
    stage.person(CHAT).says("hallo")
    stage.clock.moment += timedelta(days=31)
    erased = stage.conversations.erase_some()
    assert erased["talks"] == 1 and erased["inbox"] == 1 and erased["outgoing"] == 3
    with stage.database.reading() as session:
        assert session.scalar(select(Outgoing)) is None
