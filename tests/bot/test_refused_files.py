"""A file that is not taken is neither kept nor passed on, in either direction, and whoever sent it is told so."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from actions import team
from bot.incoming import Kind
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Role
from store.tables import Attachment
from tests.talks import Someone, Stage, said


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


def _talking(stage: Stage) -> tuple[Someone, Someone]:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Fatma", Role.WIJKVERBINDER, "smitsveen").payload
    fatma, resident = stage.person(100, "Fatma"), stage.person(1)
    fatma.says(f"/start {payload}")
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        resident.says(says)
    fatma.hears()
    fatma.chooses("claim")
    resident.hears(), fatma.hears()
    return fatma, resident


def test_before_anybody_helps_it_is_not_kept(stage: Stage) -> None:
    resident = stage.person(1)
    for says in ("hallo", "ja"):
        resident.says(says)
    assert said(resident.sends(kind=Kind.DOCUMENT, refused=True))[0] == "utter_file_refused"
    with stage.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_of_a_resident_it_does_not_reach_who_helps_but_the_words_with_it_do(stage: Stage) -> None:
    fatma, resident = _talking(stage)
    assert said(resident.sends(kind=Kind.DOCUMENT, refused=True)) == ["utter_file_refused"]
    assert fatma.hears() == []
    assert said(resident.sends(kind=Kind.DOCUMENT, refused=True, text="dit is de brief")) == ["utter_file_refused"]
    (words,) = fatma.hears()
    assert words.key == "utter_relay_from_resident" and "dit is de brief" in words.rendered.text


def test_of_who_helps_it_does_not_reach_the_resident(stage: Stage) -> None:
    fatma, resident = _talking(stage)
    assert said(fatma.sends(kind=Kind.DOCUMENT, refused=True, text="kijk")) == ["team_file_refused"]
    assert resident.hears() == []


def test_a_danger_that_is_written_with_it_is_heard_all_the_same(stage: Stage) -> None:
    fatma, resident = _talking(stage)
    heard = said(resident.sends(kind=Kind.DOCUMENT, refused=True, text="ik ruik gas"))
    assert "utter_danger_gas_smell" in heard and "utter_file_refused" in heard
    assert said(fatma.hears()) == ["team_danger", "utter_relay_from_resident"]
