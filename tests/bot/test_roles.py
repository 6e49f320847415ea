"""Who may do what in Telegram, from both sides: each command and button by each role, and by a resident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from actions import roles, team
from bot import cli_roles
from bot.incoming import Kind
from bot.team_side import ACTS, COMMANDS, FIGURES, NOTE
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.dashboard_tables import Table
from store.database import Database
from store.states import Role
from store.tables import Inbox, Member, Outgoing, Person, Request, Talk
from tests.talks import Someone, Stage, said

FATMA, ANNIE = 100, 1
RESTS: Mapping[str, str] = {
    "say": ":1",
    "end": ":solved",
    "give": ":1",
    "want": ":kit",
    "case": ":1",
    "attend": ":kept",
}
OTHERS: Mapping[str, str] = {"dir": "dir:yes:gas_and_power_failure", "set": "set:off", "well": "well:good"}
TALK_ONLY = {Inbox.__tablename__, Outgoing.__tablename__, Talk.__tablename__, "events"}
"""What any message leaves behind, whatever it says."""


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


def _holder(stage: Stage, role: Role) -> tuple[Someone, int]:
    """Somebody who took a request, and has this role since: what they have does not help them."""
    with stage.database.transaction() as session:
        payload = team.invite(session, stage.clock.now(), "Fatma", Role.WIJKVERBINDER, "smitsveen").payload
    fatma, resident = stage.person(FATMA, "Fatma"), stage.person(ANNIE)
    fatma.says(f"/start {payload}")
    for says in ("mens", "ja", "smitsveen", "hier", "wijkverbinder", "ja"):
        resident.says(says)
    fatma.hears()
    fatma.chooses("claim")
    with stage.database.transaction() as session:
        session.scalars(select(Member)).one().role = role
        return fatma, session.scalars(select(Request.id)).one()


def _data(name: str, number: int) -> str:
    return OTHERS.get(name) or f"{name}:{number}{RESTS.get(name, '')}"


def _held(stage: Stage) -> dict[str, Any]:
    """How many rows each table has, how the request stands, and what the member set."""
    with stage.database.reading() as session:
        tables = [one for one in Table.metadata.sorted_tables if one.name not in TALK_ONLY]
        rows: dict[str, Any] = {one.name: session.scalar(select(func.count()).select_from(one)) for one in tables}
        found = session.scalars(select(Request)).one()
        member = session.scalars(select(Member)).one()
        return {
            **rows,
            "request": (found.state, found.claimed_by_id, found.measures, found.closed_at, found.contacted_at),
            "member": (member.available, member.languages, member.monday_figures),
            "to Annie": session.scalar(
                select(func.count(Outgoing.id)).where(
                    Outgoing.chat_id == select(Person.chat_id).where(Person.id == found.person_id).scalar_subquery()
                )
            ),
        }


def _refusals(logged: list[Any]) -> list[str]:
    return [line["asked"] for line in logged if line["event"] == "team_role_refused"]


def test_every_command_and_button_has_its_roles() -> None:
    assert set(roles.COMMANDS) == {*COMMANDS, NOTE, FIGURES}
    assert set(roles.BUTTONS) == {*ACTS, "dir", "set", "well"}
    assert all(allowed and allowed <= set(Role) for allowed in (*roles.COMMANDS.values(), *roles.BUTTONS.values()))


@pytest.mark.parametrize("role", Role)
def test_a_command_of_another_role_does_nothing_and_is_logged(stage: Stage, role: Role, logged: list[Any]) -> None:
    fatma, _ = _holder(stage, role)
    before = _held(stage)
    forbidden = [name for name, allowed in roles.COMMANDS.items() if role not in allowed]
    for name in forbidden:
        assert said(fatma.says(f"{name} iets")) == ["team_help"], name
    assert _held(stage) == before
    assert _refusals(logged) == forbidden


@pytest.mark.parametrize("role", Role)
def test_a_button_of_another_role_does_nothing_and_is_logged(stage: Stage, role: Role, logged: list[Any]) -> None:
    fatma, number = _holder(stage, role)
    before = _held(stage)
    forbidden = [name for name, allowed in roles.BUTTONS.items() if role not in allowed]
    for name in forbidden:
        assert said(fatma.sends(kind=Kind.PRESS, data=_data(name, number), callback_id="c")) == ["utter_request_gone"]
    assert _held(stage) == before
    assert _refusals(logged) == forbidden


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for name, allowed in roles.BUTTONS.items() for role in sorted(allowed)]
)
def test_a_button_of_the_own_role_is_not_refused_for_it(stage: Stage, role: Role, name: str, logged: list[Any]) -> None:
    fatma, number = _holder(stage, role)
    assert fatma.sends(kind=Kind.PRESS, data=_data(name, number), callback_id="c") or name in ("decline", "again")
    assert _refusals(logged) == []


@pytest.mark.parametrize("role", Role)
def test_a_command_of_the_own_role_is_answered(stage: Stage, role: Role, logged: list[Any]) -> None:
    fatma, _ = _holder(stage, role)
    for name in (name for name, allowed in roles.COMMANDS.items() if role in allowed):
        answers = said(fatma.says("/notitie iets" if name == NOTE else name))
        assert answers and answers != ["team_help"], name
    assert _refusals(logged) == []


@pytest.mark.parametrize("name", roles.BUTTONS)
def test_a_button_of_the_team_does_nothing_for_a_resident(stage: Stage, name: str, logged: list[Any]) -> None:
    _, number = _holder(stage, Role.WIJKVERBINDER)
    karin = stage.person(2, "Karin")
    karin.says("hallo")
    before = _held(stage)
    karin.sends(kind=Kind.PRESS, data=_data(name, number), callback_id="c")
    assert _held(stage) == before
    assert "team_button_refused" in [line["event"] for line in logged]


@pytest.mark.parametrize("name", roles.COMMANDS)
def test_a_command_of_the_team_does_nothing_for_a_resident(stage: Stage, name: str) -> None:
    _holder(stage, Role.WIJKVERBINDER)
    karin = stage.person(2, "Karin")
    karin.says("hallo")
    before = _held(stage)
    answers = said(karin.says(f"{name} iets"))
    assert _held(stage) == before
    assert not [key for key in answers if key.startswith(("team_", "coordinator_", "card_", "case_"))], answers


def test_the_page_says_it_as_the_code_does() -> None:
    assert "\n".join(cli_roles.table()) in cli_roles.PAGE.read_text(encoding="utf-8")
