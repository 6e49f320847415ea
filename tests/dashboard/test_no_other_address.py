"""No address but those that are set is ever called: a talk, the jobs and every page run behind a guarded socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from dashboard.guard import HEADERS
from dashboard.pages import PAGES
from store.database import Database
from store.states import Role
from tests.dashboard.conftest import House
from tests.store.shared import empty
from tests.talks import Stage, said

RASA = ("127.0.0.1", 9)


class Called(AssertionError):
    """Something called an address that is not set."""


class Guard:
    """Takes note of every connection; one to an address that is not allowed fails."""

    def __init__(self, *allowed: tuple[str, int]) -> None:
        self.allowed, self.called = allowed, list[Any]()

    def __call__(self, there: socket.socket, address: Any) -> None:
        self.called.append(address)
        if there.family != socket.AF_UNIX and tuple(address[:2]) not in self.allowed:
            raise Called(f"a call to {address}")
        raise ConnectionRefusedError

    def looked_up(self, host: Any, *_: Any, **__: Any) -> Any:
        self.called.append(host)
        raise Called(f"the name {host} was looked up")


@pytest.fixture
def guard() -> Iterator[Guard]:
    guard = Guard(RASA)
    connects = {"connect": lambda s, a: guard(s, a), "connect_ex": lambda s, a: guard(s, a)}
    with mock.patch.object(socket, "socket", type("Guarded", (socket.socket,), connects)):
        yield guard


@pytest.fixture
def stage(shared_sqlite: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    empty(shared_sqlite)
    return Stage(shared_sqlite, words, phrases)


def test_the_guard_itself_can_fail(guard: Guard) -> None:
    with pytest.raises(Called, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80))


def test_a_talk_and_the_jobs_call_rasa_and_nobody_else(stage: Stage, guard: Guard) -> None:
    rasa = Rasa(f"http://{RASA[0]}:{RASA[1]}", 1.0)
    stage.conversations.understanding.rasa = rasa
    resident = stage.person(1)
    for says in ("hallo", "ja", "het tocht bij het raam", "mens", "smitsveen", "hier", "wijkverbinder", "ja"):
        assert said(resident.says(says))
    stage.wait(days=40)
    stage.conversations.report_signals()
    stage.conversations.count_weeks()
    stage.conversations.send_figures(mail=False)
    while stage.conversations.erase_some():
        pass
    assert {tuple(address[:2]) for address in guard.called if address} == {RASA}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
async def test_no_page_calls_anybody_or_names_another_address(house: House, page: Any, guard: Guard) -> None:
    browser = await house.signed_in(Role.ADMINISTRATOR)
    answer = await browser.opens(page.address)
    assert answer.status_code == 200 and guard.called == []
    for loads in ('src="http', 'src="//', "@import", 'rel="stylesheet" href="http', 'action="http'):
        assert loads not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy == HEADERS["Content-Security-Policy"] and policy.startswith("default-src 'none'")
    assert not any(wide in policy for wide in ("*", "unsafe", "http:", "https:", "data:"))
