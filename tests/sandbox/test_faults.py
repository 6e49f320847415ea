"""Every fault that can be asked for."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sandbox.client import Person, SandboxError
from tests.sandbox.conftest import Place

pytestmark = pytest.mark.asyncio


async def sent(place: Place, fatma: Person, text: str = "dag") -> dict[str, object]:
    return await place.call("sendMessage", chat_id=fatma.id, text=text)


async def texts(place: Place, fatma: Person) -> list[str]:
    return [message.text for message in await place.people.history(fatma.id) if message.by == "bot"]


@pytest.mark.parametrize(
    ("kind", "details", "code", "description"),
    [
        ("too_many_requests", {"seconds": 7}, 429, "Too Many Requests: retry after 7"),
        ("forbidden", {}, 403, "Forbidden: bot was blocked by the user"),
        ("server_error", {}, 500, "Internal Server Error"),
        ("server_error", {"code": 502}, 502, "Bad Gateway"),
        ("error", {"code": 400, "description": "Bad Request: message text is empty"}, 400,
         "Bad Request: message text is empty"),
    ],
)  # fmt: skip
async def test_an_error_is_given_so_many_times(
    place: Place, fatma: Person, kind: str, details: dict[str, object], code: int, description: str
) -> None:
    await place.people.fault(kind, method="sendMessage", count=2, **details)
    for _ in range(2):
        answer = await sent(place, fatma)
        assert (answer["error_code"], answer["description"]) == (code, description)
        assert answer.get("parameters", {"retry_after": 7}) == {"retry_after": 7}
    assert (await sent(place, fatma))["ok"] is True
    assert await texts(place, fatma) == ["dag"]


async def test_a_fault_meets_only_its_method_and_chat_and_may_skip(place: Place, fatma: Person) -> None:
    other = await place.people.person("Joop", on_page=False)
    await other.starts()
    await place.people.fault("server_error", chat=other.id, skip=1)
    assert (await sent(place, fatma))["ok"] is True
    assert [(await sent(place, other))["ok"] for _ in range(3)] == [True, False, False]
    await place.people.no_faults()
    assert (await sent(place, other))["ok"] is True
    await place.people.fault("server_error", chat=other.id, method="answerCallbackQuery")
    assert (await sent(place, other))["ok"] is True
    press = await other.forges(1, "x")
    assert (await place.call("answerCallbackQuery", callback_query_id=press["callback_query_id"]))["ok"] is False


async def test_a_lost_answer_is_carried_out_all_the_same(place: Place, fatma: Person) -> None:
    await place.people.fault("lost_answer", count=1)
    with pytest.raises(httpx.TransportError):
        await sent(place, fatma)
    assert await texts(place, fatma) == ["dag"]


async def test_a_refused_call_is_not_carried_out(place: Place, fatma: Person) -> None:
    await place.people.fault("refused", count=1)
    with pytest.raises(httpx.TransportError):
        await sent(place, fatma)
    assert await texts(place, fatma) == []


@pytest.mark.parametrize(("kind", "meanwhile"), [("hold", ["dag"]), ("hold_before", [])])
async def test_a_held_call_goes_on_when_released(place: Place, fatma: Person, kind: str, meanwhile: list[str]) -> None:
    fault = await place.people.fault(kind, count=1)
    call = asyncio.create_task(sent(place, fatma))
    await holding(place)
    assert not call.done() and await texts(place, fatma) == meanwhile
    assert await place.people.release(fault) == {"released": 1}
    assert (await call)["ok"] is True
    assert await texts(place, fatma) == ["dag"]


async def holding(place: Place) -> None:
    async with asyncio.timeout(3):
        while not any(fault.holding for fault in place.world.faults.rules.values()):
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(("kind", "meanwhile"), [("slow", []), ("slow_answer", ["dag"])])
async def test_a_slow_call_takes_its_time(place: Place, fatma: Person, kind: str, meanwhile: list[str]) -> None:
    await place.people.fault(kind, seconds=0.2, count=1)
    call = asyncio.create_task(sent(place, fatma))
    await asyncio.sleep(0.1)
    assert not call.done() and await texts(place, fatma) == meanwhile
    assert (await call)["ok"] is True


async def updates(place: Place, offset: int = 0) -> list[int]:
    answer = await place.call("getUpdates", offset=offset)
    return [update["update_id"] for update in answer["result"]]  # type: ignore[attr-defined]


async def test_updates_come_twice_or_in_another_order_or_with_a_gap(place: Place, fatma: Person) -> None:
    await place.people.updates(duplicate=1)
    first = (await fatma.says("een"))["update_id"]
    assert await updates(place) == [first, first]
    await place.people.updates(reorder=3)
    for text in ("twee", "drie"):
        await fatma.says(text)
    assert await updates(place, first + 1) == []
    await fatma.says("vier")
    assert await updates(place, first + 1) == [first + 3, first + 2, first + 1]
    await place.people.updates(gap=10)
    assert (await fatma.says("vijf"))["update_id"] == first + 14


async def test_confirmed_updates_are_replayed_once(place: Place, fatma: Person) -> None:
    number = (await fatma.says("een"))["update_id"]
    assert await updates(place, number + 1) == []
    assert await place.people.updates(replay=1) == {"replayed": [number]}
    assert await updates(place, number + 1) == [number]
    assert await updates(place, number + 1) == []


async def test_held_back_updates_come_when_faults_are_cleared(place: Place, fatma: Person) -> None:
    await place.people.updates(reorder=5)
    number = (await fatma.says("een"))["update_id"]
    await place.people.no_faults()
    assert await updates(place) == [number]


async def test_what_is_not_understood_is_refused(place: Place) -> None:
    with pytest.raises(SandboxError, match="unknown kind of fault"):
        await place.people.fault("earthquake")
    with pytest.raises(SandboxError, match="unknown field of a fault"):
        await place.people.fault("slow", colour="red")
    with pytest.raises(SandboxError, match="must be a number"):
        await place.people.fault("slow", seconds="long")
    with pytest.raises(SandboxError, match="there is no fault 99"):
        await place.people.release(99)
    with pytest.raises(SandboxError, match="give whole numbers"):
        await place.people.updates(duplicate=-1)
    assert "hold" in (await place.people.get("/sandbox/faults"))["kinds"]
