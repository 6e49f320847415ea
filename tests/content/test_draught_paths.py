"""Every path through the draught questions: at most six, and the advice that belongs to the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Run
from bot.dialogue.walk import Walked, walk

MOST_QUESTIONS = 6
PATHS_AT_LEAST = 1000
TENANT = {
    "tenure": "portaal",
    "draught_place": "window",
    "pen_fits": "no",
    "inside_temperature": "16_19",
    "mould": "no",
}


def _paths(content: Content, slots: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All answers that lead to the summary."""
    asked = _walk(content, slots).asks
    assert asked is not None
    if asked.slot == "draught_review":
        yield slots
        return
    for value in content.slots[asked.slot].values:
        yield from _paths(content, {**slots, asked.slot: value})


def _walk(content: Content, slots: dict[str, Any]) -> Walked:
    return walk(content, Run("draught"), slots)


def _advice(content: Content, **answers: str) -> Walked:
    return _walk(content, {**TENANT, "can_pay": "yes", **answers, "draught_review": "yes"})


def test_no_path_asks_more_than_six_questions(content: Content) -> None:
    paths = list(_paths(content, {}))
    assert len(paths) > PATHS_AT_LEAST
    assert max(len(path) for path in paths) == MOST_QUESTIONS


ADVICE = [
    ({"pen_fits": "yes"}, {"utter_landlord_job", "utter_landlord_letter"}, {"utter_draught_measure"}),
    ({"pen_fits": "no"}, {"utter_draught_measure", "utter_keep_air"}, {"utter_landlord_job"}),
    ({"mould": "yes"}, {"utter_landlord_job", "utter_draught_measure"}, {"utter_mould_own"}),
    ({"mould": "yes", "tenure": "own"}, {"utter_mould_own"}, {"utter_landlord_job"}),
    ({"pen_fits": "yes", "tenure": "unknown"}, {"utter_landlord_maybe"}, {"utter_landlord_job"}),
    ({"draught_place": "nowhere"}, set(), {"utter_draught_measure", "utter_draught_find"}),
    ({"can_pay": "sometimes"}, {"utter_money_help"}, set()),
    ({"can_pay": "no"}, {"utter_money_help"}, set()),
    ({"can_pay": "skipped"}, set(), {"utter_money_help"}),
    (
        {"inside_temperature": "under_16", "vulnerable_home": "no"},
        {"utter_draught_too_cold"},
        {"utter_measures_warmth", "utter_measures_total"},
    ),
]


@pytest.mark.parametrize(("answers", "said", "unsaid"), ADVICE)
def test_the_advice_fits_the_answers(
    content: Content, answers: dict[str, str], said: set[str], unsaid: set[str]
) -> None:
    says = set(_advice(content, **answers).says)
    assert said <= says
    assert not unsaid & says


URGENCY = [
    ("normal", {}),
    ("normal", {"can_pay": "no"}),
    ("soon", {"inside_temperature": "under_16", "vulnerable_home": "yes"}),
    ("soon", {"inside_temperature": "under_16", "vulnerable_home": "skipped"}),
    ("soon", {"inside_temperature": "under_16", "vulnerable_home": "no", "can_pay": "no"}),
    ("normal", {"inside_temperature": "under_16", "vulnerable_home": "no"}),
]


@pytest.mark.parametrize(("urgency", "answers"), URGENCY)
def test_the_urgency_fits_the_answers(content: Content, urgency: str, answers: dict[str, str]) -> None:
    walked = _advice(content, **answers)
    assert walked.slots["urgency"] == urgency
    assert walked.asks is not None and walked.asks.slot == "wants_person"


@pytest.mark.parametrize("temperature", ["under_16", "16_19"])
def test_somebody_who_is_cold_gets_no_tip_to_save(content: Content, temperature: str) -> None:
    walked = walk(content, Run("small_measures"), {"inside_temperature": temperature})
    assert ("utter_measures_warmth" in walked.says) == (temperature != "under_16")
