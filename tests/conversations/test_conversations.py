"""Every transcript, step by step: what each person gets, and which rows remain."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from tests.conversations.playing import Playing
from tests.conversations.transcripts import Talk, read_talks
from tests.conversations.visited import Place, noted, places
from tests.store.shared import empty
from tests.talks import Stage

TALKS = read_talks()
WITH_OTHERS = [talk for talk in TALKS if talk.where.startswith(("handoff", "team", "wishes"))]
UNREACHED_FILE = Path(__file__).parent / "unreached.txt"
_played: set[str] = set()


@pytest.mark.parametrize("talk", TALKS, ids=[talk.where for talk in TALKS])
def test_a_talk_goes_as_written(
    talk: Talk, shared_sqlite: Database, words: Words, phrases: SafetyPhrases, visited: set[Place]
) -> None:
    _play(talk, Stage(shared_sqlite, words, phrases), visited)


@pytest.mark.postgresql
@pytest.mark.parametrize("talk", WITH_OTHERS, ids=[talk.where for talk in WITH_OTHERS])
def test_a_talk_with_others_goes_as_written_on_postgresql(
    talk: Talk, shared_postgresql: Database, words: Words, phrases: SafetyPhrases
) -> None:
    """The talks that leave more than their own state behind; what is asked does not depend on the database."""
    _play(talk, Stage(shared_postgresql, words, phrases), set())


def _play(talk: Talk, stage: Stage, visited: set[Place]) -> None:
    empty(stage.database)
    with noted(visited):
        playing = Playing(stage, talk)
        for played in playing.steps():
            assert played.fits, f"{talk.name}\n{played}"
        assert list(playing.rows()) == []
    _played.add(talk.where)


def test_every_talk_has_a_name_of_its_own() -> None:
    names = [talk.name for talk in TALKS]
    assert sorted(names) == sorted(set(names))


def test_the_talks_come_by_every_branch_of_every_flow(
    shared_sqlite: Database, words: Words, phrases: SafetyPhrases, visited: set[Place], content: Content
) -> None:
    for talk in TALKS:
        if talk.where not in _played:  # this test was chosen alone
            _play(talk, Stage(shared_sqlite, words, phrases), visited)
    all_places = places(content)
    missing = {" ".join(place).strip() for place in all_places - visited}
    known = set(UNREACHED_FILE.read_text(encoding="utf-8").split("\n")) - {""}
    print(f"{len(all_places) - len(missing)} of {len(all_places)} steps and branches are played")
    assert missing == known, "write a talk for what is missing; take out of unreached.txt what is now reached"
