"""`/cijfers`: the figures for coordinators, of all wijken or of one, and the wish about Monday."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from actions import monday, team
from actions.outbox import Message
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.actions.test_monday import EMPTY, FACTS, tables_of
from tests.talks import Someone, Stage, said

FIGURES = ["team_figures", "team_figures_attention"]
NO_FIGURES: Mapping[str, Any] = {}


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases, monkeypatch: pytest.MonkeyPatch) -> Stage:
    def tables(_session: Any, _now: Any, _period: Any, _wijk: Any = None) -> Any:
        return tables_of(NO_FIGURES)

    monkeypatch.setattr(monday, "tables", tables)
    return Stage(database, words, phrases)


def _joined(stage: Stage, role: Role = Role.COORDINATOR, wijk: str | None = None) -> Someone:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Coby", role, wijk).payload
    coby = stage.person(100, "Coby")
    coby.says(f"/start {payload}")
    return coby


def _monday(stage: Stage) -> int:
    """How many get the figures of themselves."""
    with stage.database.transaction() as session:
        return monday.send(session, stage.clock.now(), mail=False)


def test_a_coordinator_gets_them_at_once(stage: Stage) -> None:
    assert said(_joined(stage).says("/cijfers")) == FIGURES


@pytest.mark.parametrize("asked", ["De Eng", "de eng", "de_eng"])
def test_a_wijk_is_asked_for_by_name(stage: Stage, asked: str) -> None:
    (figures,) = _joined(stage).says(f"/cijfers {asked}")
    assert (figures.key, figures.message.values["wijk"]) == ("team_figures", "de_eng")


@pytest.mark.parametrize("asked", ["Elders", "=1+1", "<b>", "De Eng en Smitsveen"])
def test_an_unknown_wijk_is_answered_with_those_that_there_are(stage: Stage, asked: str) -> None:
    (answer,) = _joined(stage).says(f"/cijfers {asked}")
    assert answer.key == "team_figures_which_wijk"
    assert "Smitsveen, De Eng, Soesterberg" in answer.rendered.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_others_are_told_what_they_can_do(stage: Stage, role: Role) -> None:
    assert said(_joined(stage, role, "smitsveen").says("/cijfers")) == ["team_help"]


def test_stop_and_start_are_about_monday_only(stage: Stage) -> None:
    coby = _joined(stage)
    assert said(coby.says("/cijfers Stop")) == ["team_figures_stopped"]
    assert _monday(stage) == 0
    assert said(coby.says("/cijfers")) == FIGURES
    assert said(coby.says("/cijfers start")) == ["team_figures_started"]
    assert _monday(stage) == 1
    assert said(coby.hears()) == FIGURES


def test_the_wish_is_kept_for_each_of_them(stage: Stage) -> None:
    _joined(stage).says("/cijfers stop")
    with stage.database.transaction() as session:
        team.invite(session, stage.clock.now(), "Cor", Role.COORDINATOR, None)
        assert list(session.scalars(select(Member.monday_figures).order_by(Member.id))) == [False, True]


def test_the_job_sends_them_through_the_running_bot(stage: Stage) -> None:
    coby = _joined(stage)
    assert [stage.conversations.send_figures(False) for _ in range(2)] == [1, 0]
    assert said(coby.hears()) == FIGURES


WORDED = {
    "all": (
        FACTS,
        [
            "In alle wijken samen waren er 53 gesprekken in de week van 9 november.",
            "Het vaakst ging het over: Tocht.",
            "De helft sprak binnen 6 werkuren een mens (haast: gewoon).",
            "Van 20 beloften hielden wij er 10.",
            "Van 14 mensen vonden 9 de hulp nuttig.",
        ],
    ),
    "hidden, of one wijk": (
        {**EMPTY, "wijk": "de_eng"},
        [
            "In De Eng waren er minder dan 5 gesprekken in de week van 9 november.",
            "Over elk onderwerp waren er minder dan 5 gesprekken.",
            "Te weinig mensen vroegen een mens om de wachttijd te noemen.",
            "Minder dan 5 beloften liepen af.",
            "Minder dan 5 mensen zeiden of de hulp nuttig was.",
        ],
    ),
    "a part hidden": (
        {**FACTS, "hours": 1, "kept": 0, "useful": 0},
        [
            "In alle wijken samen waren er 53 gesprekken in de week van 9 november.",
            "Het vaakst ging het over: Tocht.",
            "De helft sprak binnen 1 werkuur een mens (haast: gewoon).",
            "Van 20 beloften hielden wij er minder dan 5.",
            "Van 14 mensen vonden minder dan 5 de hulp nuttig.",
        ],
    ),
}


@pytest.mark.parametrize(("facts", "sentences"), WORDED.values(), ids=WORDED)
def test_the_figures_are_five_plain_sentences(words: Words, facts: Mapping[str, Any], sentences: list[str]) -> None:
    assert words.render(Message("team_figures", facts, picture=facts)).text.splitlines() == sentences


def _drawn(words: Words, facts: Mapping[str, Any]) -> dict[str, list[tuple[str, str, float]]]:
    picture = words.render(Message("team_figures", facts, picture=facts)).picture
    assert picture is not None
    return {chart.heading: [(bar.label, bar.shown, bar.length) for bar in chart.bars] for chart in picture.charts}


def test_the_picture_says_the_same_as_the_sentences(words: Words) -> None:
    topics, waited, promises = _drawn(words, FACTS).values()
    assert topics[:2] == [("Tocht", "20", 20), ("Hoge rekening", "9", 9)]
    assert waited == [("laatste 4 weken (haast: gewoon)", "6 werkuren", 6), ("4 weken ervoor", "6 werkuren", 6)]
    assert promises == [("gehouden", "10", 10), ("te laat", "10", 10)]


def test_what_is_hidden_has_no_bar(words: Words) -> None:
    topics, waited, promises = _drawn(words, EMPTY).values()
    assert topics == [("elk onderwerp", "minder dan 5", 0)]
    assert waited == [("laatste 4 weken", "te weinig mensen", 0), ("4 weken ervoor", "te weinig mensen", 0)]
    assert promises == [("gehouden", "minder dan 5", 0), ("te laat", "minder dan 5", 0)]


def test_who_still_waits_has_no_bar(words: Words) -> None:
    facts = {**FACTS, "hours": "waiting"}
    assert list(_drawn(words, facts).values())[1][0] == ("laatste 4 weken (haast: gewoon)", "wacht nog", 0)
    assert "Meer dan de helft wacht nog op een mens" in words.render(Message("team_figures", facts)).text


def test_what_waits_is_told_in_a_line_each(words: Words) -> None:
    items = [{"kind": kind, "count": 3} for kind in ("requests", "times", "full")]
    waits = {"waits": True, "items": items, "item_key": "team_figures_attention_line"}
    lines = words.render(Message("team_figures_attention", waits)).text.splitlines()
    assert lines == [
        "Kijk bij /vandaag en /team, dit vraagt nu aandacht:",
        "Vragen die op u wachten: 3",
        "Bewoners die wachten op een afspraak: 3",
        "Mensen van het team met hun handen vol: 3",
    ]
    nothing = words.render(Message("team_figures_attention", {**waits, "waits": False, "items": []})).text
    assert nothing.splitlines()[0] == "U hoeft nu niets te doen."
