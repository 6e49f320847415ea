"""Talks that begin with a poster: the wijk is known, the arrival counted, and a wrong code costs nothing."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actions import people, sources, team
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.tables import Event
from tests.store.shared import empty
from tests.talks import Answered, Someone, Stage, keys, said

ASKS_WIJK = "utter_ask_wijk"
SEED = 9
FUZZED = sources._new_code(Random(SEED))
_chats = itertools.count(1000)


class Hall:
    """A stage with a poster, and people who scan it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.code = self.hang("smitsveen")

    def hang(self, wijk: str) -> str:
        with self.stage.database.transaction() as session:
            return sources.make(session, self.stage.clock.now(), wijk, "hal", Random(SEED)).code

    def scans(self, who: Someone, code: str | None = None) -> list[Answered]:
        return who.says(f"/start w_{code or self.code}")

    def source_of(self, who: Someone) -> str | None:
        with self.stage.database.reading() as session:
            person = people.find(session, who.chat_id)
            assert person is not None
            return person.source

    def arrivals(self) -> list[tuple[str, str | None]]:
        return [(row.detail, row.wijk) for row in self.events(sources.CAME)]

    def events(self, name: str) -> list[Event]:
        with self.stage.database.reading() as session:
            return list(session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


@pytest.fixture
def hall(database: Database, words: Words, phrases: SafetyPhrases) -> Hall:
    return Hall(Stage(database, words, phrases))


@pytest.fixture
def resident(hall: Hall) -> Someone:
    return hall.stage.person(1)


def _welcome(hall: Hall) -> list[str]:
    return keys(hall.stage.person(99).says("/start"))


def _slots(who: Someone) -> dict[str, object]:
    return dict(who.conversation().slots)


def test_who_scans_a_poster_is_welcomed_counted_and_not_asked_for_the_wijk(hall: Hall, resident: Someone) -> None:
    assert keys(hall.scans(resident)) == _welcome(hall)
    assert hall.source_of(resident) == hall.code
    assert hall.arrivals() == [(hall.code, "smitsveen")]
    resident.chooses("yes")
    assert ASKS_WIJK not in keys(resident.says("mens"))
    assert _slots(resident)["wijk"] == "smitsveen"


def test_who_comes_without_a_poster_is_asked_for_the_wijk(hall: Hall, resident: Someone) -> None:
    resident.says("/start")
    resident.chooses("yes")
    assert ASKS_WIJK in keys(resident.says("mens"))
    assert hall.arrivals() == [] and hall.source_of(resident) is None


def test_what_happens_in_the_talk_is_counted_in_the_wijk_of_the_poster(hall: Hall, resident: Someone) -> None:
    hall.scans(resident)
    assert [row.wijk for row in hall.events("talk_started")] == ["smitsveen"]


def test_a_second_scan_keeps_the_first_source_wijk_and_count(hall: Hall, resident: Someone) -> None:
    hall.scans(resident)
    resident.chooses("yes")
    hall.scans(resident)
    hall.scans(resident, hall.hang("soesterberg"))
    assert hall.source_of(resident) == hall.code
    assert hall.arrivals() == [(hall.code, "smitsveen")]
    assert _slots(resident)["wijk"] == "smitsveen"


def test_who_is_in_the_middle_of_a_talk_keeps_it_and_need_not_say_the_wijk(hall: Hall, resident: Someone) -> None:
    resident.says("/start")
    resident.chooses("yes")
    asked = said(resident.says("het tocht", "draught"))[-1]
    assert keys(hall.scans(resident)) == [asked]
    assert _slots(resident)["wijk"] == "smitsveen"
    assert hall.source_of(resident) is None and hall.arrivals() == []


def test_a_scan_answers_the_open_question_for_the_wijk(hall: Hall, resident: Someone) -> None:
    resident.says("/start")
    resident.chooses("yes")
    assert ASKS_WIJK in keys(resident.says("mens"))
    after = keys(hall.scans(resident))
    assert after and ASKS_WIJK not in after


def test_the_wijk_outlives_the_talk(hall: Hall, resident: Someone) -> None:
    hall.scans(resident)
    resident.chooses("yes")
    resident.says("stop")
    hall.stage.clock.move(days=3)
    resident.says("mens")
    assert _slots(resident)["wijk"] == "smitsveen"


def test_of_who_refuses_only_the_figure_remains(hall: Hall, resident: Someone) -> None:
    hall.scans(resident)
    resident.chooses("no")
    assert hall.source_of(resident) is None
    resident.says("stop")
    assert _slots(resident) == {"consent": "no"}
    hall.scans(resident)
    assert hall.source_of(resident) is None
    assert hall.arrivals() == [(hall.code, "smitsveen")]


@pytest.mark.parametrize(
    "parameter", ["w_", "w_CFGHJMPQ", "w_cfghjmpqr", "w_CFGH JMPQ", "W_CFGHJMPQ", "x" * 64, "w_\0"]
)
def test_an_unknown_or_malformed_code_is_a_plain_start(hall: Hall, resident: Someone, parameter: str) -> None:
    assert keys(resident.says(f"/start {parameter}")) == _welcome(hall)
    assert "wijk" not in _slots(resident) and hall.source_of(resident) is None and hall.arrivals() == []


def test_a_poster_of_a_wijk_that_is_no_longer_ours_is_a_plain_start(hall: Hall, resident: Someone) -> None:
    assert keys(hall.scans(resident, hall.hang("elders"))) == _welcome(hall)
    assert "wijk" not in _slots(resident) and hall.arrivals() == []


def test_a_start_link_of_the_team_is_no_poster(hall: Hall, resident: Someone) -> None:
    assert keys(resident.says(f"/start {team.LINK_PREFIX}{hall.code}")) == ["team_link_used"]
    assert hall.source_of(resident) is None


@pytest.fixture(scope="module")
def fuzzed(shared_sqlite: Database, words: Words, phrases: SafetyPhrases) -> Hall:
    empty(shared_sqlite)
    return Hall(Stage(shared_sqlite, words, phrases))


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"\A(w_)?[A-Za-z0-9_-]{0,62}\Z") | st.just(f"w_{FUZZED}") | st.text())
def test_whatever_stands_in_the_link_is_answered_and_only_the_code_itself_counts(fuzzed: Hall, parameter: str) -> None:
    assume(not parameter.startswith(team.LINK_PREFIX))
    someone = fuzzed.stage.person(next(_chats))
    answers = keys(someone.says(f"/start {parameter}"))
    assert answers and "utter_set_aside" not in answers
    came = parameter == f"w_{FUZZED}"
    assert fuzzed.source_of(someone) == (FUZZED if came else None)
    assert _slots(someone).get("wijk") == ("smitsveen" if came else None)
