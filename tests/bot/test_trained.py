"""Labelled sentences are read again with the model that Rasa runs; a Rasa that is away or odd changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from actions import misunderstood, people
from actions.misunderstood import IGNORED, NEW, Misunderstood
from bot import trained
from bot.dialogue.content import Content
from bot.understanding.rasa import LONGEST_MODEL, Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.understanding.weighing import Weighed
from store.database import Database
from store.states import Why
from store.tables import Misunderstood as Row
from tests.talks import START

OLD, NEWER = "nlu-old.tar.gz", "nlu-newer.tar.gz"
COLD = [("cold_home", 0.9), ("draught", 0.05)]
DOUBT = [("cold_home", 0.4), ("draught", 0.35)]


@dataclass
class Server:
    """Rasa with a model; answers nothing but what we may ask it, and counts how often it was asked."""

    model: Any = NEWER
    ranking: list[tuple[str, float]] = field(default_factory=lambda: COLD)
    breaks: Callable[[httpx.Request], httpx.Response | None] = lambda request: None
    texts: list[str] = field(default_factory=list)

    def take(self, request: httpx.Request) -> httpx.Response:
        broken = self.breaks(request)
        if broken is not None:
            return broken
        if (request.method, request.url.path) == ("GET", "/status"):
            return httpx.Response(200, json={"model_file": self.model, "model_id": "x"})
        assert (request.method, request.url.path) == ("POST", "/model/parse")
        self.texts.append(json.loads(request.content)["text"])
        ranking = [{"name": name, "confidence": sure} for name, sure in self.ranking]
        return httpx.Response(200, json={"intent_ranking": ranking})


@dataclass
class House:
    """A database, and an understanding that asks the server."""

    database: Database
    server: Server
    understanding: Understanding
    now: float = 100.0

    async def reads(self) -> int:
        async def at_once(function: Callable[..., Any], *args: Any) -> Any:
            return function(*args)

        self.now += 600
        return await trained.read_again(self.database, self.understanding, at_once)

    def says(self, text: str, label: str | None) -> int:
        with self.database.transaction() as session:
            person = people.find_or_create(session, START, 5, "Annie")
            number = misunderstood.note(session, START, person, Misunderstood(text, Why.UNSURE))
            misunderstood.label(session, START, number, label)
            return number

    def found(self, number: int) -> tuple[str | None, str | None]:
        with self.database.reading() as session:
            row = session.get_one(Row, number)
            return row.means_now, row.read_by_model


@pytest.fixture
def house(database: Database, content: Content, phrases: SafetyPhrases) -> House:
    server = Server()
    client = httpx.AsyncClient(transport=httpx.MockTransport(server.take))
    rasa = Rasa("http://127.0.0.1:1", 1, clock=lambda: found.now, client=client)
    found = House(database, server, Understanding(content, phrases, rasa))
    return found


async def test_what_has_an_intent_is_read_once_by_each_model(house: House) -> None:
    number = house.says("ijshol", "cold_home")
    assert (await house.reads(), house.found(number)) == (1, ("cold_home", NEWER))
    assert (await house.reads(), len(house.server.texts)) == (0, 1)
    house.server.model, house.server.ranking = OLD, DOUBT
    assert (await house.reads(), house.found(number)) == (1, ("", OLD))


@pytest.mark.parametrize("label", [None, NEW, IGNORED])
async def test_what_has_no_intent_is_not_read(house: House, label: str | None) -> None:
    number = house.says("ijshol", label)
    assert (await house.reads(), house.found(number), house.server.texts) == (0, (None, None), [])


async def test_a_limited_number_is_read_at_a_time_until_all_are(house: House) -> None:
    for number in range(trained.MOST + 3):
        house.says(f"ijshol {'x' * number}", "cold_home")
    assert [await house.reads() for _ in range(3)] == [trained.MOST, 3, 0]
    assert len(house.server.texts) == len(set(house.server.texts)) == trained.MOST + 3


def _fails(what: object) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(what, httpx.Response):
            return what
        raise what("no", request=request)  # type: ignore[operator]

    return answer


FAILURES: dict[str, Any] = {
    "down": httpx.ConnectError,
    "slow": httpx.ReadTimeout,
    "breaking off": httpx.RemoteProtocolError,
    "500": httpx.Response(500),
    "no model": httpx.Response(409, json={"status": "failure"}),
    "no JSON": httpx.Response(200, content=b"<html>"),
    "a list": httpx.Response(200, json=[1]),
    "nothing": httpx.Response(200, json=None),
    "without a name": httpx.Response(200, json={}),
    "no name": httpx.Response(200, json={"model_file": None}),
    "an empty name": httpx.Response(200, json={"model_file": ""}),
    "a number": httpx.Response(200, json={"model_file": 7}),
    "a name that is too long": httpx.Response(200, json={"model_file": "x" * (LONGEST_MODEL + 1)}),
}


@pytest.mark.parametrize("what", FAILURES.values(), ids=FAILURES.keys())
async def test_a_rasa_that_cannot_say_its_model_is_asked_again_later(house: House, what: Any) -> None:
    number = house.says("ijshol", "cold_home")
    house.server.breaks = _fails(what)
    assert (await house.reads(), house.found(number), house.server.texts) == (0, (None, None), [])
    house.server.breaks = lambda request: None
    assert (await house.reads(), house.found(number)) == (1, ("cold_home", NEWER))


@pytest.mark.parametrize("what", [httpx.ConnectError, httpx.ReadTimeout, httpx.Response(500), httpx.Response(200)])
async def test_a_rasa_that_stops_on_the_way_keeps_what_it_read(house: House, what: Any) -> None:
    numbers = [house.says(text, "cold_home") for text in ("een", "twee", "drie")]
    fails = _fails(what)
    house.server.breaks = lambda request: fails(request) if request.method == "POST" and house.server.texts else None
    assert await house.reads() == 1
    assert sorted(house.found(number)[0] or "" for number in numbers) == ["", "", "cold_home"]
    house.server.breaks = lambda request: None
    assert await house.reads() == 2


async def test_nothing_is_written_when_another_model_came_meanwhile(house: House) -> None:
    number = house.says("ijshol", "cold_home")

    def trains(request: httpx.Request) -> None:
        if request.method == "POST":
            house.server.model = "nlu-newest.tar.gz"

    house.server.breaks = trains
    assert (await house.reads(), house.found(number)) == (0, (None, None))
    assert (await house.reads(), house.found(number)) == (1, ("cold_home", "nlu-newest.tar.gz"))


@pytest.mark.parametrize("label", [None, "draught"])
async def test_a_label_that_changed_meanwhile_gets_nothing_of_the_one_before(house: House, label: str | None) -> None:
    number = house.says("ijshol", "cold_home")

    def changes(request: httpx.Request) -> None:
        if request.method == "POST":
            with house.database.transaction() as session:
                misunderstood.label(session, START, number, label)

    house.server.breaks = changes
    await house.reads()
    assert house.found(number) == (None, None)


async def test_a_sentence_that_was_erased_meanwhile_stays_erased(house: House) -> None:
    number = house.says("ijshol", "cold_home")

    def erases(request: httpx.Request) -> None:
        if request.method == "POST":
            with house.database.transaction() as session:
                misunderstood.erase(session, people.find_or_create(session, START, 5, "Annie"))

    house.server.breaks = erases
    await house.reads()
    with house.database.reading() as session:
        assert session.get(Row, number) is None


async def test_no_words_are_logged(house: House, logged: list[Any]) -> None:
    house.says("ijshol", "cold_home")
    house.server.breaks = lambda request: httpx.Response(500) if request.method == "POST" else None
    assert await house.reads() == 0
    assert [line["event"] for line in logged] == ["rasa_unavailable"] and "ijshol" not in str(logged)


@pytest.mark.parametrize(
    ("weighed", "label", "taken"),
    [
        (Weighed(sure=("draught",)), "draught", "draught"),
        (Weighed(sure=("mould", "draught")), "draught", "draught"),
        (Weighed(sure=("mould", "cold_home")), "draught", "mould"),
        (Weighed(doubt=("draught", "mould")), "draught", ""),
        (Weighed(), "draught", ""),
        (Weighed(danger="fire"), "fire", "fire"),
        (Weighed(danger="fire", sure=("draught",)), "draught", "fire"),
    ],
)
def test_a_sentence_is_understood_when_the_bot_would_go_on_with_its_label(
    weighed: Weighed, label: str, taken: str
) -> None:
    assert trained.taken_as(weighed, label) == taken


async def test_a_long_message_is_read_in_parts_too_and_all_of_them_or_not_at_all(house: House) -> None:
    long = "ik krijg brieven die ik niet meer open maak. en het raam in de kamer sluit al maanden niet goed."
    number = house.says(long, "cold_home")
    house.server.breaks = lambda request: httpx.Response(500) if house.server.texts else None
    assert (await house.reads(), house.found(number)) == (0, (None, None))
    house.server.breaks, house.server.texts = lambda request: None, []
    assert await house.reads() == 1 and len(house.server.texts) > 1
