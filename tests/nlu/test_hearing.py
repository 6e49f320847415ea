"""Floors under what the bot hears: phrases, the real classifier, parts, thresholds and the open question together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from benchmarks.hearing import DANGERS, PRESSING, Case, Context, Ear, cases, context
from tests.rasa_server import RasaServer

pytestmark = pytest.mark.rasa

FOUND, FOUND_OF_EACH = 0.94, 0.86
ALARMED_AT_MOST, ASKED_AT_MOST = 0.005, 0.16
READ_IN_CONTEXT, BESIDE = {"in_context": 0.90, "in_context_fresh": 0.82}, 0.70
SEVERAL_ALL, SEVERAL_SOME = 0.45, 0.95


@dataclass(frozen=True)
class Heard:
    """The Dutch sentences that are pressing or about several things with a third of the rest, and the answers."""

    dutch: Sequence[Case]
    answers: Mapping[str, Sequence[Context]]


@pytest.fixture(scope="module")
def heard(rasa_server: RasaServer) -> Heard:
    return asyncio.run(_hear(rasa_server.url))


async def _hear(url: str) -> Heard:
    ear = Ear(url)
    return Heard(await cases(ear, "dutch", every=3), {name: await context(ear, name) for name in READ_IN_CONTEXT})


@pytest.fixture
def dutch(heard: Heard) -> Sequence[Case]:
    return heard.dutch


def _share(found: Sequence[object]) -> float:
    return sum(map(bool, found)) / len(found)


def test_dangers_and_crises_are_acted_on_or_asked_about(dutch: Sequence[Case]) -> None:
    found = {
        intent: [intent in case.taken | case.asked for case in dutch if intent in case.meant] for intent in PRESSING
    }
    shares = {intent: _share(one) for intent, one in found.items()}
    assert {intent: share for intent, share in shares.items() if share < FOUND_OF_EACH} == {}
    assert _share([one for of_it in found.values() for one in of_it]) >= FOUND


def test_nobody_else_gets_a_danger_text_and_few_are_asked(dutch: Sequence[Case]) -> None:
    others = [case for case in dutch if not set(PRESSING) & set(case.meant)]
    assert _share([set(DANGERS) & case.taken for case in others]) <= ALARMED_AT_MOST
    assert _share([set(PRESSING) & case.asked for case in others]) <= ASKED_AT_MOST


def test_several_topics_in_a_message_are_found(dutch: Sequence[Case]) -> None:
    several = [case for case in dutch if len(case.meant) > 1]
    assert _share([set(case.meant) <= case.taken | case.asked for case in several]) >= SEVERAL_ALL
    assert _share([set(case.meant) & (case.taken | case.asked) for case in several]) >= SEVERAL_SOME


@pytest.mark.parametrize("name", READ_IN_CONTEXT)
def test_answers_to_an_open_question_are_read_as_such(heard: Heard, name: str) -> None:
    answers = heard.answers[name]
    assert _share([answer.right for answer in answers]) >= READ_IN_CONTEXT[name]
    assert _share([answer.heard_beside for answer in answers if answer.beside]) >= BESIDE
