"""The client of Rasa: answers, failures, and the rest it takes after one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from bot.understanding import rasa
from bot.understanding.rasa import LONGEST_TEXT, REST_SECONDS, Meaning, Parsed, Rasa

Answer = Callable[[httpx.Request], httpx.Response]
RANKING = {"intent_ranking": [{"name": "draught", "confidence": 0.9}, {"name": "mould", "confidence": 0.05}]}


class Server:
    """Answers as it is told, and remembers what it was sent."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.now, self.texts = answer, 100.0, list[str]()
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._take))
        self.rasa = Rasa("http://127.0.0.1:1/", 1, clock=lambda: self.now, client=client)

    def _take(self, request: httpx.Request) -> httpx.Response:
        assert request.url == "http://127.0.0.1:1/model/parse"
        self.texts.append(json.loads(request.content)["text"])
        return self.answer(request)


def _gives(status: int = 200, **answer: object) -> Answer:
    return lambda request: httpx.Response(status, **answer)  # type: ignore[arg-type]


def _raises(error: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request)

    return answer


async def test_the_intents_come_surest_first() -> None:
    server = Server(_gives(json=RANKING))
    assert await server.rasa.parse("het tocht") == Parsed((Meaning("draught", 0.9), Meaning("mould", 0.05)))
    assert server.texts == ["het tocht"]
    await server.rasa.close()


LANGUAGES = {
    "named": ({"name": "tr", "confidence": 0.97}, "tr"),
    "unsure": ({"name": None, "confidence": 0.4}, None),
    "not looked for": (None, None),
    "empty": ({"name": ""}, None),
    "without a name": ({}, None),
    "of another shape": ("tr", None),
    "a number": ({"name": 3}, None),
}


@pytest.mark.parametrize(("given", "language"), LANGUAGES.values(), ids=LANGUAGES.keys())
async def test_the_language_is_told_when_rasa_names_it(given: object, language: str | None) -> None:
    server = Server(_gives(json={**RANKING, "language": given}))
    found = await server.rasa.parse("rüzgar")
    assert found is not None
    assert found.language == language
    assert len(found.meanings) == 2


async def test_a_model_without_recogniser_names_no_language() -> None:
    found = await Server(_gives(json=RANKING)).rasa.parse("rüzgar")
    assert found is not None
    assert found.language is None


FAILURES = {
    "connection refused": _raises(httpx.ConnectError),
    "too slow": _raises(httpx.ReadTimeout),
    "an answer that breaks off": _raises(httpx.RemoteProtocolError),
    "500": _gives(500),
    "404": _gives(404),
    "no JSON": _gives(content=b"<html>"),
    "no ranking": _gives(json={"intent": {}}),
    "a list": _gives(json=[1]),
    "nothing": _gives(json=None),
    "a ranking without names": _gives(json={"intent_ranking": [{"confidence": 1}]}),
    "a ranking without figures": _gives(json={"intent_ranking": [{"name": "draught", "confidence": None}]}),
    "a ranking that is no list": _gives(json={"intent_ranking": 3}),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES.keys())
async def test_a_failure_is_nothing_understood_and_then_it_rests(answer: Answer) -> None:
    server = Server(answer)
    assert await server.rasa.parse("het tocht") is None
    server.answer = _gives(json=RANKING)
    server.now += REST_SECONDS - 0.1
    assert await server.rasa.parse("het tocht") is None
    assert len(server.texts) == 1
    server.now += 0.2
    assert await server.rasa.parse("het tocht") is not None


async def test_a_text_never_reaches_rasa_as_an_intent_and_never_whole_when_it_is_long() -> None:
    server = Server(_gives(json=RANKING))
    await server.rasa.parse(' / /delete_my_data{"a": 1}')
    await server.rasa.parse("a" * 4096)
    assert server.texts == ['delete_my_data{"a": 1}', "a" * LONGEST_TEXT]


async def test_sentences_wait_until_rasa_is_awake() -> None:
    server = Server(_raises(httpx.ConnectError))
    waking = asyncio.create_task(server.rasa.wake(60))
    await asyncio.sleep(0)
    asking = asyncio.create_task(server.rasa.parse("het tocht"))
    await asyncio.sleep(0)
    assert not asking.done()
    server.now += 61
    waking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waking
    assert await asking is None


async def test_nobody_waits_long_for_rasa_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "PATIENCE_SECONDS", 0.001)
    server = Server(_gives(json=RANKING))
    server.rasa._awake.clear()
    assert await server.rasa.parse("het tocht") is None
    assert server.texts == []


async def test_waking_ends_at_the_first_answer() -> None:
    server = Server(_gives(json=RANKING))
    await server.rasa.wake(60)
    assert len(server.texts) == 1


async def test_waking_ends_when_time_is_up() -> None:
    server = Server(_raises(httpx.ConnectError))
    await server.rasa.wake(0)
    assert server.texts == []
