"""Questions that the bot sends by itself, long after the talk, and what becomes of their answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from actions.outbox import Message
from bot.incoming import Kind
from bot.rehearsal import begin
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.tables import Event, Outgoing
from tests.talks import Answered, Someone, Stage, said

WARMER, SAME = "f:tips_later:warmer", "f:tips_later:same"


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


@pytest.fixture
def resident(stage: Stage) -> Someone:
    """Somebody who got tips and did not want a person: in 2 weeks they are asked how it went."""
    resident = stage.person(1)
    begin(resident, "yes")
    resident.says("iets tegen de kou", "small_measures")
    for choice in ("16_19", "no", "smitsveen", "no"):
        resident.chooses(choice)
    return resident


def _asked(resident: Someone, **time: float) -> Answered:
    """The question, once it has come by itself."""
    resident.stage.clock.move(**(time or {"days": 14, "hours": 1}))
    resident.stage.deliver()
    (question,) = resident.hears()
    return question


def _presses(resident: Someone, question: Answered, data: str) -> list[Answered]:
    return resident.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=question.row_id)


def _told(stage: Stage) -> Sequence[tuple[str, str | None]]:
    with stage.database.reading() as session:
        rows = session.scalars(select(Event).where(Event.name == "told").order_by(Event.id))
        return [(row.detail, row.wijk) for row in rows]


def test_an_answer_is_counted_with_the_wijk_and_without_the_person(stage: Stage, resident: Someone) -> None:
    question = _asked(resident)
    assert question.key == "utter_ask_tips_worked"
    assert said(_presses(resident, question, WARMER)) == ["utter_tips_worked"]
    assert _told(stage) == [("tips_worked:warmer", "smitsveen")]


def test_the_question_then_shows_the_choice_in_place_of_its_buttons(stage: Stage, resident: Someone) -> None:
    question = _asked(resident)
    shown = next(answer for answer in _presses(resident, question, WARMER) if answer.key == "utter_answered")
    assert shown.rendered.rows == ()
    chosen = next(title for row in question.rendered.rows for title, data in row if data == WARMER)
    assert chosen in shown.rendered.text
    with stage.database.reading() as session:
        assert session.get_one(Outgoing, shown.row_id).edits_id == question.row_id


@pytest.mark.parametrize("second", [WARMER, SAME])
def test_the_second_press_is_an_old_button_and_is_not_counted(stage: Stage, resident: Someone, second: str) -> None:
    question = _asked(resident)
    _presses(resident, question, WARMER)
    assert said(_presses(resident, question, second)) == ["utter_old_button", "utter_ask_menu_choice"]
    assert _told(stage) == [("tips_worked:warmer", "smitsveen")]


def test_the_second_press_in_the_middle_of_what_followed_changes_nothing(stage: Stage, resident: Someone) -> None:
    question = _asked(resident)
    assert said(_presses(resident, question, SAME)) == ["utter_tips_same", "utter_ask_send_ok"]
    assert said(_presses(resident, question, WARMER)) == ["utter_old_button", "utter_ask_send_ok"]
    assert _told(stage) == [("tips_worked:same", "smitsveen")]


@pytest.mark.parametrize("data", ["f:tips_later:fixed", "f:made_up:warmer", "f:draught:own", "f:tips_later:"])
def test_a_made_up_answer_is_an_old_button(stage: Stage, resident: Someone, data: str) -> None:
    question = _asked(resident)
    assert said(_presses(resident, question, data))[0] == "utter_old_button"
    assert said(_presses(resident, question, WARMER)) == ["utter_tips_worked"]
    assert len(_told(stage)) == 1


def test_it_can_be_answered_long_after_the_talk_and_its_own_message_were_erased(
    stage: Stage, resident: Someone
) -> None:
    question = _asked(resident)
    stage.clock.move(days=31)
    stage.conversations.erase_some()
    answers = _presses(resident, question, SAME)
    assert said(answers) == ["utter_tips_same", "utter_ask_handoff_consent"]
    assert _told(stage) == [("tips_worked:same", None)]
    assert said(resident.chooses("no")) == ["utter_not_sent"]
    assert said(resident.says("hallo"))[0] == "utter_welcome"


def test_who_was_asked_again_answers_again(stage: Stage, resident: Someone) -> None:
    _presses(resident, _asked(resident), WARMER)
    resident.says("nog iets tegen de kou", "small_measures")
    for choice in ("16_19", "no", "no"):
        resident.chooses(choice)
    second = _asked(resident)
    assert said(_presses(resident, second, SAME)) == ["utter_tips_same", "utter_ask_send_ok"]
    assert [detail for detail, _ in _told(stage)] == ["tips_worked:warmer", "tips_worked:same"]


def test_under_the_question_there_is_a_way_to_a_human(resident: Someone) -> None:
    _asked(resident)
    assert said(resident.chooses("human")) == ["utter_talk_to_human", "utter_ask_send_ok"]


def test_who_erases_everything_is_not_asked(stage: Stage, resident: Someone) -> None:
    resident.says("/vergeet")
    resident.chooses("yes")
    stage.clock.move(days=15)
    stage.deliver()
    assert resident.hears() == []


def test_the_question_waits_with_its_flow_in_it(stage: Stage, resident: Someone) -> None:
    with stage.database.reading() as session:
        waiting = session.scalars(select(Outgoing).where(Outgoing.due_at > stage.clock.now())).one()
        assert Message.from_json(waiting.content).opens == "tips_later"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("f:appointment_soon:cancel", "utter_appointment_gone"),
        ("f:appointment_soon:move", "utter_appointment_gone"),
        ("f:appointment_offered:wish", "utter_appointment_gone"),
        ("f:appointment_offered:other_day", "utter_appointment_gone"),
        ("f:appointment_later:nobody", "utter_thanks_for_telling"),
    ],
)
def test_a_button_about_an_appointment_that_nobody_knows_any_more_is_answered(
    stage: Stage, data: str, says: str
) -> None:
    """Its message outlives `/vergeet` in the chat of the resident."""
    somebody = stage.person(1)
    begin(somebody, "yes")
    somebody.hears()
    assert said(somebody.sends(kind=Kind.PRESS, data=data, callback_id="c"))[0] == says
