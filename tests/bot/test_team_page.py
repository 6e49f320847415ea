"""`/webpagina`: who gets a link to the web page in Telegram, and what is there for who is here for that page only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions import sign_in, team
from actions.roles import PAGE_ONLY
from bot.team_side import COMMANDS
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.dashboard_tables import SignInLink
from store.database import Database
from store.states import Role
from tests.talks import Someone, Stage, said

URL = "https://wijk.example.org"


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return _with_page(Stage(database, words, phrases), URL)


def _with_page(stage: Stage, url: str) -> Stage:
    team_side = replace(stage.conversations.team_side, dashboard_url=url)
    stage.conversations = replace(stage.conversations, team_side=team_side)
    return stage


def _joined(stage: Stage, role: Role) -> Someone:
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Coby", role, None).payload
    coby = stage.person(100, "Coby")
    assert said(coby.says(f"/start {payload}")) == ["team_welcome"]
    return coby


@pytest.mark.parametrize("role", Role)
def test_who_may_use_the_page_gets_a_link_that_works(stage: Stage, words: Words, role: Role) -> None:
    (answer,) = _joined(stage, role).says("/webpagina")
    if role not in sign_in.ROLES:
        assert answer.key == "team_help"
        return
    assert answer.key == "team_page_link"
    address = next(line for line in answer.rendered.text.splitlines() if line.startswith(URL))
    with stage.database.transaction() as session:
        secret = address.removeprefix(f"{URL}/aanmelden/")
        assert isinstance(sign_in.sign_in(session, stage.clock.now(), secret), str)


def test_without_a_web_page_there_is_no_link(stage: Stage) -> None:
    _with_page(stage, "")
    assert said(_joined(stage, Role.COORDINATOR).says("/webpagina")) == ["team_page_none"]
    with stage.database.reading() as session:
        assert session.query(SignInLink).count() == 0


@pytest.mark.parametrize("role", sorted(PAGE_ONLY))
@pytest.mark.parametrize(
    "says", [*sorted(set(COMMANDS) - {"/webpagina", "/gegevens"}), "/notitie iets", "hallo", "/start"]
)
def test_nothing_else_is_there_for_who_is_here_for_the_page_only(stage: Stage, role: Role, says: str) -> None:
    (answer,) = _joined(stage, role).says(says)
    assert answer.key == "team_help" and answer.rendered.text == "Typ /webpagina voor een link naar de webpagina."
