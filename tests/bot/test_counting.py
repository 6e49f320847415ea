"""What is counted of a talk: without a person, in which flow, and once as the first of its kind."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.outbox import Message, queue
from bot.rehearsal import begin
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.tables import Event
from tests.talks import Stage


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


def _counted(stage: Stage, name: str) -> list[tuple[str, str, bool]]:
    with stage.database.reading() as session:
        rows = session.scalars(select(Event).where(Event.name == name).order_by(Event.id))
        return [(row.flow, row.detail, row.first) for row in rows]


def test_a_question_that_is_asked_again_in_a_talk_is_not_the_first(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht bij het raam", "draught")
    resident.chooses("portaal")
    resident.says("terug")
    asked = [(detail, first) for flow, detail, first in _counted(stage, "asked") if flow == "draught"]
    assert asked == [("tenure", True), ("draught_place", True), ("tenure", False)]


def test_the_next_talk_counts_anew(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("mag ik weten wat jullie bewaren", "ask_privacy")
    stage.wait(days=2)
    resident.says("en wat bewaren jullie nu", "ask_privacy")
    started = [first for flow, _, first in _counted(stage, "flow_started") if flow == "ask_privacy"]
    assert started == [True, True]
    assert len(_counted(stage, "talk_started")) == 1, "the first talk was set up without its first words"


def test_an_answer_to_a_question_that_the_bot_sent_begins_no_talk(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    stage.wait(days=15)
    with stage.database.transaction() as session:
        asks = Message("utter_ask_tips_worked", opens="tips_later")
        queue(session, stage.clock.now(), resident.chat_id, asks)
    resident.hears()
    resident.chooses("warmer")
    assert _counted(stage, "talk_started") == []
    assert _counted(stage, "told") == [("tips_later", "tips_worked:warmer", True)]
