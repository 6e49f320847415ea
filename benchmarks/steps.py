"""One step of one resident: from the update that the sandbox hands out to the message that arrives there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from benchmarks.figures import Figure, Times, at_most
from benchmarks.house import House, Rasa, open_house, until_it_answers
from benchmarks.talk import AGREE, BACK, FORTH, TOPIC, hears_label, presses, sentences
from bot.understanding.parts import parts_of
from sandbox.client import Person

RESIDENTS = 15
STEPS_EACH = 12  # with the start fewer than the twenty in ten seconds that the bot answers
PAUSE = 0.05
BUTTON_LIMIT, TYPED_LIMIT = 25, 60


async def button(rasa: Rasa) -> list[Figure]:
    """A pressed button, compared with a bot that only echoes."""
    async with _ready(rasa) as house:
        ours = Times([one for _ in range(RESIDENTS) for one in await _back_and_forth(house)])
    async with open_house(rasa, "benchmarks.echo_bot") as house:
        echo = Times(await _echoed(house, RESIDENTS * STEPS_EACH))
    compared = f"bare echo bot {echo}; {ours.p50 / echo.p50:.1f} times its median"
    return [
        at_most(
            f"button step, p95 of {len(ours.seconds)}",
            ours.p95,
            BUTTON_LIMIT,
            "ms",
            f"p50 {ours.p50:.1f} ms; {compared}",
        )
    ]


async def typed(rasa: Rasa) -> list[Figure]:
    """A typed sentence that Rasa must understand, compared with asking Rasa only."""
    said, parsed = sentences()[0::2], sentences()[1::2]
    async with _ready(rasa) as house:
        divided = _parts(said)
        ours = Times([one for part in divided for one in await _types(house, part)])
        _rasa_answered(house)
    asked = [sentence for part in divided for sentence in part]
    undivided = Times([took for took, text in zip(ours.seconds, asked, strict=True) if not parts_of(text)])
    alone = Times(await _parse(rasa, parsed[: len(ours.seconds)]))
    compared = f"/model/parse alone {alone}; {ours.p50 / alone.p50:.1f} times its median"
    return [
        at_most(
            f"typed step, p95 of {len(ours.seconds)}", ours.p95, TYPED_LIMIT, "ms", f"p50 {ours.p50:.1f} ms; {compared}"
        ),
        Figure(
            f"of these, {len(undivided.seconds)} read whole, not in parts",
            f"{undivided.p95:.1f} ms",
            "",
            str(undivided),
        ),
    ]


@asynccontextmanager
async def _ready(rasa: Rasa) -> AsyncIterator[House]:
    """A house with a bot that is warm."""
    async with open_house(rasa) as house:
        await until_it_answers(house)
        await _back_and_forth(house)
        yield house


async def begin(house: House) -> Person:
    """Somebody new, at the first question about draught."""
    resident = await house.sandbox.person("Voorbeeld", on_page=False)
    await resident.starts()
    await hears_label(resident, AGREE, 10)
    await presses(resident, AGREE, TOPIC)
    await presses(resident, TOPIC, FORTH)
    await asyncio.sleep(PAUSE)
    await house.notes()
    return resident


async def _back_and_forth(house: House) -> list[float]:
    resident = await begin(house)
    times = []
    for _ in range(STEPS_EACH // 2):
        for label, then in ((FORTH, BACK), (BACK, FORTH)):
            await presses(resident, label, then)
            await asyncio.sleep(PAUSE)
            times.append(_taken(await house.notes()))
    return times


async def _types(house: House, said: Sequence[str]) -> list[float]:
    resident = await begin(house)
    times = []
    for sentence in said:
        await resident.next_messages(0)
        await resident.says(sentence)
        await resident.next_messages(1)
        await asyncio.sleep(2 * PAUSE)
        times.append(_taken(await house.notes()))
    return times


def _parts(said: Sequence[str]) -> list[Sequence[str]]:
    whole = min(len(said) // STEPS_EACH, RESIDENTS)
    return [said[part * STEPS_EACH : (part + 1) * STEPS_EACH] for part in range(whole)]


async def _echoed(house: House, count: int) -> list[float]:
    resident = await until_it_answers(house)
    times = []
    for step in range(count + STEPS_EACH):
        await house.notes()
        await presses(resident, "Heen", "Heen")
        await asyncio.sleep(PAUSE)
        taken = _taken(await house.notes())
        times += [taken] if step >= STEPS_EACH else []
    return times


def _taken(notes: Sequence[tuple[str, int | None, float]]) -> float:
    """Seconds between the last update and the first message after it."""
    given = max(moment for what, _, moment in notes if what == "update")
    return min(moment for what, _, moment in notes if what == "sendMessage" and moment > given) - given


def _rasa_answered(house: House) -> None:
    if "rasa_unavailable" in house.log("bot"):
        raise RuntimeError("Rasa did not answer every time, so the times say nothing")


async def _parse(rasa: Rasa, said: Sequence[str]) -> list[float]:
    times = []
    async with httpx.AsyncClient(trust_env=False) as client:
        for sentence in said:
            await asyncio.sleep(PAUSE)
            begun = time.monotonic()
            (await client.post(f"{rasa.url}/model/parse", json={"text": sentence})).raise_for_status()
            times.append(time.monotonic() - begun)
    return times
