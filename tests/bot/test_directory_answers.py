"""Asked "Klopt dit nog?": what a member of the team presses and types, and what residents then read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from actions import team
from actions.services import Directory, Phone, Service, Status
from bot import service_words
from bot.incoming import Kind
from bot.understanding.masking import MASK
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Role
from store.tables import DirectoryChange
from tests.talks import Answered, Someone, Stage, said

GOOS = Service("goos", "GOOS", "Hulp.", Status.DATED, "een bron", phones=(Phone("0800-8020"),))
WELZIN = replace(GOOS, key="welzin", name="Welzin")


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, replace(words, directory=lambda: Directory((GOOS, WELZIN))), phrases)


@pytest.fixture
def sanne(stage: Stage) -> Someone:
    return _joined(stage, 100, Role.COORDINATOR)


def _joined(stage: Stage, chat_id: int, role: Role) -> Someone:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Sanne", role, "smitsveen").payload
    someone = stage.person(chat_id, "Sanne")
    assert said(someone.says(f"/start {payload}")) == ["team_welcome"]
    return someone


def _asked(stage: Stage, someone: Someone) -> Answered:
    stage.directory.ask()
    stage.deliver()
    (question,) = someone.hears()
    assert question.key == "team_service_question"
    return question


def _changes(stage: Stage) -> list[tuple[str, str, Any]]:
    with stage.database.reading() as session:
        rows = session.scalars(select(DirectoryChange).order_by(DirectoryChange.id))
        return [(row.service, row.change, row.fields) for row in rows]


def _goos(stage: Stage) -> Service:
    return stage.directory.current().service("goos")


def test_yes_confirms_at_once_and_the_question_loses_its_buttons(stage: Stage, sanne: Someone) -> None:
    _asked(stage, sanne)
    (answer,) = sanne.presses("Ja")
    assert (answer.key, answer.rendered.rows) == ("team_service_right", ())
    assert _changes(stage) == [("goos", "confirmed", {})]
    assert _goos(stage).assured_date == date(2026, 11, 23)


def test_no_hides_the_record_and_a_reply_with_the_number_brings_it_back(stage: Stage, sanne: Someone) -> None:
    _asked(stage, sanne)
    edited, asks = sanne.presses("Nee, wijzig")
    assert (edited.key, edited.rendered.rows, asks.key) == ("team_service_wrong", (), "team_service_number")
    assert _goos(stage).denied
    (thanks,) = sanne.sends(kind=Kind.TEXT, text="0800-8115", reply_to=asks.row_id)
    assert thanks.key == "team_service_changed" and "GOOS, nummer: 0800 8115" in thanks.rendered.text
    assert _changes(stage)[1:] == [("goos", "changed", {"phones": {"old": ["0800-8020"], "new": ["0800 8115"]}})]
    assert (_goos(stage).denied, _goos(stage).phones) == (False, (Phone("0800 8115"),))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("0800-8115", ["0800 8115"]),
        ("113\n0800-0113", ["113", "0800 0113"]),
        ("112, 113, 0800-8115", ["112", "113", "0800 8115"]),
        ("Geen.", []),
        ("er is geen nummer", []),
    ],
)
def test_a_number_may_be_typed_right_after_the_question(
    stage: Stage, sanne: Someone, typed: str, numbers: list[str]
) -> None:
    _asked(stage, sanne)
    sanne.presses("Nee, wijzig")
    assert said(sanne.says(typed)) == ["team_service_changed"]
    assert [phone.number for phone in _goos(stage).phones] == numbers


@pytest.mark.parametrize("typed", ["weet ik niet", "0800-811", "112,", f"0800 {MASK}", "112,113,112,113", "+", ""])
def test_a_wrong_number_is_refused_kindly_and_can_be_mended(stage: Stage, sanne: Someone, typed: str) -> None:
    _asked(stage, sanne)
    sanne.presses("Nee, wijzig")
    (refused,) = sanne.says(typed)
    assert refused.key == "team_service_no_number"
    assert [change for _, change, _ in _changes(stage)] == ["denied"]
    assert said(sanne.sends(kind=Kind.TEXT, text="112", reply_to=refused.row_id)) == ["team_service_changed"]


def test_a_photo_is_no_number(stage: Stage, sanne: Someone) -> None:
    _asked(stage, sanne)
    _, asks = sanne.presses("Nee, wijzig")
    assert said(sanne.sends(kind=Kind.PHOTO, reply_to=asks.row_id)) == ["team_service_no_number"]


def test_a_question_is_answered_once(stage: Stage, sanne: Someone) -> None:
    question = _asked(stage, sanne)
    sanne.presses("Ja")
    for label in ("Ja", "Nee, wijzig"):
        pressed = sanne.sends(kind=Kind.PRESS, data=question.data(label), callback_id="c", message_id=question.row_id)
        assert said(pressed) == ["team_service_old"]
    assert len(_changes(stage)) == 1


@pytest.mark.parametrize("data", ["dir:yes:welzin", "dir:yes:nobody", "dir:maybe:goos", "dir:yes:", "dir:yes:GOOS"])
def test_a_button_that_does_not_belong_to_the_question_changes_nothing(stage: Stage, sanne: Someone, data: str) -> None:
    question = _asked(stage, sanne)
    pressed = sanne.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=question.row_id)
    assert (said(pressed), _changes(stage)) == (["team_service_old"], [])


def test_a_button_without_a_question_changes_nothing(stage: Stage, sanne: Someone) -> None:
    pressed = sanne.sends(kind=Kind.PRESS, data="dir:yes:goos", callback_id="c", message_id=10**9)
    assert (said(pressed), _changes(stage)) == (["team_service_old"], [])


def test_a_resident_cannot_answer_for_the_team(stage: Stage, sanne: Someone) -> None:
    question = _asked(stage, sanne)
    stage.person(1).sends(kind=Kind.PRESS, data="dir:yes:goos", callback_id="c", message_id=question.row_id)
    assert _changes(stage) == []


def test_a_service_that_went_meanwhile_is_no_longer_asked_about(stage: Stage, sanne: Someone) -> None:
    question = _asked(stage, sanne)
    _, asks = sanne.presses("Nee, wijzig")
    stage.directory._written = Directory()
    stage.directory.refresh()
    late = sanne.sends(kind=Kind.PRESS, data=question.data("Ja"), callback_id="c", message_id=question.row_id)
    typed = sanne.sends(kind=Kind.TEXT, text="112", reply_to=asks.row_id)
    assert (late[0].key, typed[0].key) == ("team_service_old", "team_service_old")


def test_who_helps_a_resident_still_talks_to_them(stage: Stage) -> None:
    fatma = _joined(stage, 101, Role.WIJKVERBINDER)
    stage.directory._written = Directory((replace(GOOS, responsible="smitsveen"),))
    stage.directory.refresh()
    resident = _with_a_case(stage, fatma)
    _asked(stage, fatma)
    fatma.presses("Nee, wijzig")
    fatma.says("ik kom morgen")
    assert said(resident.hears()) == ["utter_relay_from_member"]


def _with_a_case(stage: Stage, helper: Someone) -> Someone:
    resident = stage.person(1)
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        resident.says(says)
    helper.hears()
    helper.chooses("claim")
    helper.hears()
    resident.hears()
    return resident


def test_residents_read_what_was_confirmed_at_once(stage: Stage, sanne: Someone) -> None:
    def read() -> str:
        return service_words.services(stage.words, {"services": ["goos"]}, "nl")

    assert read() == stage.words.say("utter_service_none", {})
    _asked(stage, sanne)
    sanne.presses("Ja")
    assert read().startswith("GOOS: bel 0800-8020.")
