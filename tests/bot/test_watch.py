"""Looking at requests that are due: each by itself, so that one that goes wrong holds up no other."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from actions import silence
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.tables import Request
from tests.actions.people import Wijk
from tests.talks import Stage


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


def _two_requests(stage: Stage) -> list[int]:
    with stage.database.transaction() as session:
        wijk = Wijk(session)
        wijk.member("Fatma")
        return [wijk.request().id, wijk.request().id]


def _reminded(stage: Stage) -> dict[int, int]:
    with stage.database.reading() as session:
        return {one.id: one.reminded for one in session.scalars(select(Request))}


def test_a_request_that_goes_wrong_holds_up_no_other_and_is_tried_again(stage: Stage, logged: list[Any]) -> None:
    broken, sound = _two_requests(stage)
    stage.clock.move(hours=5)
    look = silence.look

    def fails(session: Session, now: datetime, number: int) -> bool:
        if number == broken:
            raise LookupError("made up")
        return look(session, now, number)

    with mock.patch.object(silence, "look", fails):
        assert stage.conversations.watch() == 1
        assert stage.conversations.watch() == 0
    assert _reminded(stage) == {broken: 0, sound: 1}
    assert [line["request_id"] for line in logged if line["event"] == "request_not_watched"] == [broken]
    stage.clock.move(minutes=15)
    assert stage.conversations.watch() == 1
    assert _reminded(stage) == {broken: 1, sound: 1}


def test_when_the_database_is_away_nothing_is_tried_further(stage: Stage) -> None:
    _two_requests(stage)
    stage.clock.move(hours=5)
    with mock.patch.object(silence, "look", side_effect=OperationalError("", {}, Exception())) as look:
        with pytest.raises(OperationalError):
            stage.conversations.watch()
        assert look.call_count == 1
