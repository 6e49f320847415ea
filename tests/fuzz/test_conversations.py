"""Updates through the whole conversation, from anybody and about anything: each is answered, and nobody is told of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from tests.fuzz import shapes
from tests.fuzz.cases import cases
from tests.fuzz.town import COBY, FATMA, JOOP, MARKS, MAY_SEE, NEWCOMER, RESIDENTS, Town

TEAM = (FATMA, JOOP, COBY)
RULES = "an answer in a private chat, no crash, no word of another, nothing of another changed"


@pytest.fixture(scope="module")
def town(shared_sqlite: Database, words: Words, phrases: SafetyPhrases) -> Iterator[Town]:
    town = Town(shared_sqlite, words, phrases)
    yield town
    town.close()


def _who(chat_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return {**shapes.CHAT, "id": chat_id}, {**shapes.USER, "id": chat_id}


def _plays(town: Town, chat_id: int, found: dict[str, Any], logged: list[Any]) -> None:
    """One update, and all that must hold after it."""
    town.begin_anew()
    logged.clear()
    watched = chat_id not in (FATMA, COBY)  # they may change his request; who holds it is told so
    before = town.of_others(chat_id) if watched else None
    sent = town.takes(found)
    if sent is not None:
        answered = [one for one in sent if one.chat_id in (chat_id, -100 - chat_id) or chat_id in TEAM]
        assert answered, "silence"  # what somebody of the team writes goes on to a resident
        told = [one for one in sent if one.chat_id not in MAY_SEE]
        assert not [(one, mark) for one in told for mark in MARKS if mark in one.words]
    assert not [mark for mark in MARKS if mark in repr(logged)]
    assert before is None or town.of_others(chat_id) == before


@cases("messages, edits and presses of residents, in a talk that has come to any point", 400, RULES)
@given(st.data())
def test_whatever_a_resident_sends(town: Town, logged: list[Any], data: st.DataObject) -> None:
    chat_id = data.draw(st.sampled_from((*RESIDENTS, NEWCOMER)))
    chat, user = _who(chat_id)
    _plays(town, chat_id, data.draw(shapes.contents(town.data, chat, user)), logged)


@cases("the same with wrong, missing and huge values", 200, RULES)
@given(st.data())
def test_whatever_somebody_sends_who_knows_the_secret(town: Town, logged: list[Any], data: st.DataObject) -> None:
    chat_id = data.draw(st.sampled_from((*RESIDENTS, NEWCOMER, JOOP)))
    chat, user = _who(chat_id)
    found = data.draw(shapes.broken(shapes.contents(town.data, chat, user)))
    town.begin_anew()
    sent = town.takes(found if isinstance(found, dict) else {}) or []
    assert not [(one, mark) for one in sent if one.chat_id not in MAY_SEE for mark in MARKS if mark in one.words]
    assert not [mark for mark in MARKS if mark in repr(logged)]


@cases("words typed at any point of a talk", 280, RULES)
@given(st.data())
def test_whatever_a_resident_types(town: Town, logged: list[Any], data: st.DataObject) -> None:
    chat_id = data.draw(st.sampled_from((*RESIDENTS, NEWCOMER)))
    chat, user = _who(chat_id)
    words = data.draw(st.one_of(shapes.texts, shapes.sentences, st.sampled_from(COMMANDS)))
    _plays(town, chat_id, {"message": {"message_id": 9, "date": 1, "chat": chat, "from": user, "text": words}}, logged)


COMMANDS = (
    "/start",
    "/terug",
    "/luister",
    "/mens",
    "/afspraak",
    "/stop",
    "/berichten",
    "/help",
    "/privacy",
    "/vergeet",
    "/gegevens",
    "/wis",
)


@cases("presses and messages of the team, with the numbers of others' requests", 350, RULES)
@given(st.data())
def test_whatever_somebody_of_the_team_does(town: Town, logged: list[Any], data: st.DataObject) -> None:
    chat_id = data.draw(st.sampled_from((JOOP, JOOP, COBY, FATMA)))
    chat, user = _who(chat_id)
    presses = shapes.presses(town.data, chat, user).map(lambda one: {"callback_query": one})
    written = st.one_of(st.sampled_from(TEAM_WORDS), shapes.texts)
    said = written.map(
        lambda words: {"message": {"message_id": 9, "date": 1, "chat": chat, "from": user, "text": words}}
    )
    found = data.draw(st.one_of(presses, presses, said, shapes.contents(town.data, chat, user)))
    _plays(town, chat_id, found, logged)


TEAM_WORDS = (
    "/vandaag",
    "/team",
    "/maatregelen",
    "/instellingen",
    "/oefenen",
    "/webpagina",
    "/notitie 1 ja",
    "/cijfers",
)
TEAM_WORDS += (
    "/notitie",
    "/notitie 99999999999999999999 x",
    "/cijfers 2026-13",
    "/cijfers vorige maand",
    "/notitie x y",
)
