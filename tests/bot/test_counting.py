"""What is counted of a talk: without a person, in which flow, and once as the first of its kind."""

from __future__ import annotations

from datetime import datetime

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


# --- parts and wholes: what is divided by each other is counted at the same moment and in the same wijk -------------


def _rows(stage: Stage, *names: str) -> list[tuple[str, str, datetime, str | None, bool]]:
    with stage.database.reading() as session:
        rows = session.scalars(select(Event).where(Event.name.in_(names)).order_by(Event.id))
        return [(row.name, row.detail, row.at, row.wijk, row.first) for row in rows]


def test_an_answer_counts_when_its_question_was_asked(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht bij het raam", "draught")
    asked_at = stage.clock.now()
    stage.wait(days=2)
    resident.chooses("portaal")
    of_tenure = [row for row in _rows(stage, "asked", "answered") if row[1] == "tenure"]
    assert [(name, first) for name, _, _, _, first in of_tenure] == [("asked", True), ("answered", True)]
    assert of_tenure[0][2] == of_tenure[1][2] <= asked_at


def test_an_answer_after_more_than_three_days_is_no_part_of_the_figures(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht bij het raam", "draught")
    stage.wait(days=3, minutes=1)
    resident.chooses("portaal")
    assert [row[-1] for row in _rows(stage, "answered") if row[1] == "tenure"] == [False]


def test_an_answer_that_needed_asking_again_is_told_apart(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht bij het raam", "draught")
    resident.says("blabla")
    resident.chooses("portaal")
    resident.chooses("window")
    answered = [(name, detail) for name, detail, *_ in _rows(stage, "answered", "answered_again")]
    assert answered[-2:] == [("answered_again", "tenure"), ("answered", "draught_place")]


def test_the_wijk_that_is_told_later_changes_nothing_about_what_was_asked_before(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("ik wil een mens", "talk_to_human")
    resident.chooses("smitsveen")
    wijken = {(name, detail): wijk for name, detail, _, wijk, _ in _rows(stage, "asked", "answered")}
    assert wijken["asked", "wijk"] is wijken["answered", "wijk"] is None
    assert wijken["asked", "send_ok"] == "smitsveen"


def test_a_sentence_that_was_not_understood_is_one_of_those_that_were_typed(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("blabla")
    resident.says("bloblo")
    assert [(name, first) for name, *_, first in _rows(stage, "typed", "unclear")] == [
        ("typed", True),
        ("unclear", True),
        ("typed", False),
        ("unclear", False),
    ]


def test_a_command_is_not_typed(stage: Stage) -> None:
    stage.person(1).says("/start")
    assert _rows(stage, "typed") == []


def test_a_talk_with_two_topics_has_a_topic_once(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht en er zit schimmel", "draught", "mould")
    counted = _rows(stage, "with_topic", "topic")
    assert [row[:2] for row in counted if row[-1]] == [("with_topic", ""), ("topic", "draught")]


def test_a_request_is_part_of_the_talk_that_had_a_topic(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("het tocht vreselijk en ik wil gewoon een mens spreken", "draught", "talk_to_human")
    resident.chooses("smitsveen")
    resident.chooses("yes")
    whole, part = _rows(stage, "with_topic", "passed_on")
    assert (whole[2:], part[0]) == (part[2:], "passed_on")


def test_a_request_without_a_topic_is_no_part(stage: Stage) -> None:
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("ik wil een mens", "talk_to_human")
    resident.chooses("smitsveen")
    resident.chooses("yes")
    assert [(name, first) for name, *_, first in _rows(stage, "with_topic", "passed_on")] == [("passed_on", False)]


def test_the_weeks_that_are_over_are_counted_by_the_bot(stage: Stage) -> None:
    begin(stage.person(1), "yes")
    stage.person(1).says("het tocht", "draught")
    assert stage.conversations.count_weeks() == 0
    stage.wait(days=14)
    assert stage.conversations.count_weeks() == 1
