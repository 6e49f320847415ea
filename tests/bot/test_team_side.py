"""What the team does beside the talks in tests/conversations: replies, joining, losing somebody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions import handoffs, team
from actions.handoffs import Wish
from bot.incoming import Kind
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Role, Urgency
from store.tables import Person, RequestNote
from tests.talks import Someone, Stage, said


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


def _invited(stage: Stage, name: str = "Fatma") -> str:
    with stage.database.transaction() as session:
        return team.invite(session, stage.clock.now(), name, Role.WIJKVERBINDER, "smitsveen").payload


def _joined(stage: Stage) -> Someone:
    fatma = stage.person(100, "Fatma")
    assert said(fatma.says(f"/start {_invited(stage)}")) == ["team_welcome"]
    return fatma


def _case(stage: Stage, fatma: Someone, chat: int) -> Someone:
    resident = stage.person(chat)
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        resident.says(says)
    fatma.hears()
    fatma.chooses("claim")
    assert said(resident.hears()) == ["utter_claimed"]
    return resident


def test_a_reply_to_a_message_of_a_resident_goes_to_that_resident(stage: Stage) -> None:
    fatma = _joined(stage)
    first, second = _case(stage, fatma, 1), _case(stage, fatma, 2)
    first.says("ik ben de eerste")
    (asked,) = fatma.hears()
    assert fatma.sends(kind=Kind.TEXT, text="dag eerste", reply_to=asked.row_id) == []
    assert said(first.hears()) == ["utter_relay_from_member"]
    assert second.hears() == []


def test_a_reply_to_something_else_is_asked_about(stage: Stage) -> None:
    fatma = _joined(stage)
    _case(stage, fatma, 1)
    (answer,) = fatma.sends(kind=Kind.TEXT, text="dag", reply_to=10**9)
    assert answer.key == "utter_which_case"


@pytest.mark.parametrize("data", ["close:99", "claim:99", "case:99:1", "case:99", "claim:x", "claim:" + "9" * 19])
def test_a_made_up_button_is_answered_and_does_nothing(stage: Stage, data: str) -> None:
    fatma = _joined(stage)
    (answer,) = fatma.sends(kind=Kind.PRESS, data=data, callback_id="c")
    assert answer.key in ("utter_request_gone", "team_no_case", "team_help")


def test_who_waited_is_shown_to_whoever_joins(stage: Stage) -> None:
    resident = stage.person(1)
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        heard = said(resident.says(says))
    assert heard == ["utter_handoff_no_one"]
    assert said(stage.person(100, "Fatma").says(f"/start {_invited(stage)}")) == ["team_welcome", "card_request"]


def test_a_link_that_is_old_or_used_is_told(stage: Stage) -> None:
    payload = _invited(stage)
    stage.clock.move(days=8)
    assert said(stage.person(100).says(f"/start {payload}")) == ["team_link_expired"]
    payload = _invited(stage)
    assert said(stage.person(101).says(f"/start {payload}")) == ["team_welcome"]
    assert said(stage.person(102).says(f"/start {payload}")) == ["team_link_used"]


def test_a_helper_hears_that_a_resident_is_gone(stage: Stage) -> None:
    fatma = _joined(stage)
    resident = _case(stage, fatma, 1)
    resident.sends(kind=Kind.BLOCKED)
    assert said(fatma.hears()) == ["utter_resident_gone"]


def test_a_member_who_comes_back_is_reached_again(stage: Stage) -> None:
    fatma = _joined(stage)
    fatma.sends(kind=Kind.BLOCKED)
    resident = stage.person(1)
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder"):
        resident.says(says)
    fatma.sends(kind=Kind.UNBLOCKED)
    assert said(resident.says("ja")) == ["utter_handoff_offered"]
    assert said(fatma.hears()) == ["card_request"]


@pytest.mark.parametrize(("length", "told"), [(500, "team_noted"), (501, "team_noted_in_part")])
def test_a_note_that_does_not_fit_is_told(stage: Stage, length: int, told: str) -> None:
    fatma = _joined(stage)
    _case(stage, fatma, 1)
    assert said(fatma.says("/notitie\n" + "x" * length)) == [told]


def _notes(stage: Stage) -> list[str]:
    with stage.database.reading() as session:
        return list(session.scalars(select(RequestNote.text).order_by(RequestNote.id)))


@pytest.mark.parametrize(
    ("first", "edited", "told", "kept"),
    [
        ("/notitie boos", "/notitie boos en moe", "team_note_changed", "boos en moe"),
        ("/notitie boos", "boos en moe", "team_note_changed", "boos en moe"),
        ("/notitie boos", "/notitie", "team_note_stands", "boos"),
        ("/notitie boos", "/notitie " + "x" * 501, "team_noted_in_part", "x" * 500),
    ],
)
def test_an_edited_note_takes_the_place_of_the_old_one(
    stage: Stage, first: str, edited: str, told: str, kept: str
) -> None:
    fatma = _joined(stage)
    resident = _case(stage, fatma, 1)
    fatma.says("/notitie een andere")
    fatma.says(first)
    at = len(fatma.said)
    assert said(fatma.edits(at, edited)) == [told]
    assert said(fatma.edits(at, edited)) == [told], "it can be edited again"
    assert _notes(stage) == ["een andere", kept]
    assert resident.hears() == []


def test_a_note_typed_after_the_button_can_be_edited_until_the_case_is_given_back(stage: Stage) -> None:
    fatma = _joined(stage)
    resident = _case(stage, fatma, 1)
    fatma.chooses("note")
    fatma.says("klinkt boos")
    at = len(fatma.said)
    assert said(fatma.edits(at, "klinkt moe")) == ["team_note_changed"]
    fatma.chooses("back")
    resident.hears()
    assert said(fatma.edits(at, "klinkt blij")) == ["team_note_stands"]
    assert _notes(stage) == ["klinkt moe"] and resident.hears() == []


def test_a_text_as_long_as_telegram_takes_is_passed_on_in_pieces(stage: Stage) -> None:
    fatma = _joined(stage)
    resident = _case(stage, fatma, 1)
    resident.says("x" * 4096)
    heard = [one for one in fatma.hears() if one.key == "utter_relay_from_resident"]
    assert sum(one.rendered.text.count("x") for one in heard) == 4096
    assert len(heard) == 2 and all(len(one.rendered.text) <= 4096 for one in heard)


def test_of_two_helpers_a_resident_answers_the_one_who_spoke_last_or_whom_they_reply_to(stage: Stage) -> None:
    fatma, joop = _joined(stage), stage.person(101, "Joop")
    resident = _case(stage, fatma, 1)
    fatma.says("dag van Fatma")
    fatma.says("/instellingen")
    fatma.chooses("set off")
    joop.says(f"/start {_invited(stage, 'Joop')}")
    with stage.database.transaction() as session:
        person = session.scalar(select(Person).where(Person.chat_id == 1))
        assert person is not None
        handoffs.request(
            session, stage.clock.now(), person, Wish("smitsveen", ("mould",), Urgency.SOON, "here", "own_wijk", "")
        )
    stage.deliver()
    joop.hears()
    joop.chooses("claim")
    first = next(one for one in resident.hears() if one.key == "utter_relay_from_member")
    fatma.says("kan ik morgen komen")
    resident.hears()
    resident.says("ja graag")
    assert said(fatma.hears())[-1] == "utter_relay_from_resident" and "utter_relay_from_resident" not in said(
        joop.hears()
    )
    joop.says("en ik help met schimmel")
    resident.hears()
    resident.sends(kind=Kind.TEXT, text="dank u Fatma", reply_to=first.row_id)
    assert said(fatma.hears()) == ["utter_relay_from_resident"] and joop.hears() == []
