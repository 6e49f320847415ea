"""Floors under the understanding: the real server, asked the whole evaluation set once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from nlu.report import measures
from nlu.report.groups import DANGERS
from nlu.report.measures import Answer
from nlu.report.sentences import LANGUAGES, Sentence, evaluation_sentences
from tests.rasa_server import RasaServer

pytestmark = pytest.mark.rasa

FLOORS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("floors.yml").read_text())
ASKED_FROM = 0.1


@pytest.fixture(scope="module")
def answers(rasa_server: RasaServer) -> dict[str, list[Answer]]:
    with httpx.Client(base_url=rasa_server.url, timeout=10) as client:
        return {
            language: [_asked(client, sentence) for sentence in evaluation_sentences(language)]
            for language in LANGUAGES
        }


def _asked(client: httpx.Client, sentence: Sentence) -> Answer:
    found = client.post("/model/parse", json={"text": sentence.text}).json()
    return Answer(sentence, tuple((one["name"], one["confidence"]) for one in found["intent_ranking"]))


def test_dutch_is_understood(answers: dict[str, list[Answer]]) -> None:
    dutch = answers["dutch"]
    hard = [answer for answer in dutch if answer.sentence.hard]
    reached = {
        "accuracy": measures.accuracy(dutch),
        "macro_f1": measures.macro_f1(dutch),
        "first_three": measures.top_three(dutch),
        "hard": measures.accuracy(hard),
        "hard_first_three": measures.top_three(hard),
    }
    assert {name: reached[name] for name, floor in FLOORS["dutch"].items() if reached[name] < floor} == {}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_another_language_is_understood_though_never_trained(answers: dict[str, list[Answer]], language: str) -> None:
    assert measures.accuracy(answers[language]) >= FLOORS["languages"][language]


def test_dangers_are_noticed_by_the_classifier_alone(answers: dict[str, list[Answer]]) -> None:
    counts = [measures.found_or_asked(answers["dutch"], danger, ASKED_FROM) for danger in DANGERS]
    found, there = (sum(column) for column in zip(*counts, strict=True))
    assert found / there >= FLOORS["dangers"]["named_or_asked"]


def test_few_are_asked_about_a_danger_that_is_not_there(answers: dict[str, list[Answer]]) -> None:
    needless = measures.asked_needlessly(answers["dutch"], ASKED_FROM)
    assert needless <= FLOORS["dangers"]["needlessly_asked_at_most"]


def test_confidence_means_what_it_says(answers: dict[str, list[Answer]]) -> None:
    assert measures.calibration_error(answers["dutch"]) <= FLOORS["calibration_error_at_most"]
