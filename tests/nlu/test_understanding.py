"""Floors under the understanding: the real server, asked the whole evaluation set once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from nlu.report import languages, measures
from nlu.report.groups import DANGERS
from nlu.report.measures import Answer
from nlu.report.sentences import LANGUAGES, Sentence, evaluation_sentences
from tests.rasa_server import RasaServer
from tools.paths import NLU_ENVIRONMENT, ROOT, python_of

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
    ranking = tuple((one["name"], one["confidence"]) for one in found["intent_ranking"])
    return Answer(sentence, ranking, found["language"]["name"])


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


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_another_language_is_recognised(answers: dict[str, list[Answer]], language: str) -> None:
    count = languages.of_answers(language, answers[language])
    assert count.found / count.all >= FLOORS["languages_recognised"], count.wrong


def test_dutch_is_not_taken_for_another_language(answers: dict[str, list[Answer]]) -> None:
    named = [(answer.sentence, answer.language) for answer in answers["dutch"]]
    count = languages.counted("nl", named)
    assert len(count.wrong) / count.all <= FLOORS["dutch_taken_for_another_language_at_most"]["evaluation"], count.wrong


def test_new_dutch_sentences_are_not_taken_for_another_language() -> None:
    python = python_of(NLU_ENVIRONMENT)
    printed = subprocess.run([python, "-m", "nlu.report.languages"], cwd=ROOT, check=True, capture_output=True).stdout
    count = languages.Count(**json.loads(printed))
    assert len(count.wrong) / count.all <= FLOORS["dutch_taken_for_another_language_at_most"]["training"], count.wrong
