"""The walk through a flow: what is said, asked and done, and that it depends on nothing but answers and trail."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Mark, Run, Said
from bot.dialogue.playing import CHANGING, LINE_CHOICES, without
from bot.dialogue.walk import EndlessFlow, walk
from tests.dialogue import small
from tests.dialogue.talking import Talking

TOPICS = [
    "draught",
    "high_bill",
    "payment_arrears",
    "no_money",
    "debt_collector",
    "heating_broken",
    "mould",
    "talk_to_human",
    "cold_home",
    "landlord_complaint",
    "energy_advice",
]
quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_walk_stops_at_the_first_open_question(tmp_path: Path) -> None:
    walked = walk(small.content(tmp_path), Run("topic"), {})
    assert walked.asks is not None and walked.asks.slot == "colour"
    assert (walked.collected, walked.says, walked.path) == ((), (), ("topic",))


def test_an_answered_question_is_passed_and_decides_the_way(tmp_path: Path) -> None:
    content = small.content(tmp_path)
    assert walk(content, Run("topic"), {"colour": "red"}).says == ("utter_red",)
    asks = walk(content, Run("topic"), {"colour": "blue"}).asks
    assert asks is not None and asks.slot == "size"


def test_what_was_said_is_not_said_again(tmp_path: Path) -> None:
    content = small.content(tmp_path)
    walked = walk(content, Run("topic"), {"colour": "red"})
    again = walk(content, Run("topic", walked.trail), {"colour": "red"})
    assert again.says == ()


ACTS = (
    "flows:\n  topic:\n    steps:\n      - action: action_do\n      - set_slots: [{size: large}]\n      - link: other\n"
)
OTHER = "flows:\n  other:\n    steps:\n      - collect: colour\n"


def test_an_action_stops_the_walk_until_it_is_done(tmp_path: Path) -> None:
    content = small.content(tmp_path, topic=ACTS, other=OTHER)
    before = walk(content, Run("topic"), {})
    assert before.acts is not None and before.acts.name == "action_do"
    after = walk(content, Run("topic", (Mark("done", before.mark),)), {})
    assert (after.acts, after.links, after.derived) == (None, "other", {"size": "large"})


def test_a_called_flow_is_played_inside_and_comes_back(tmp_path: Path) -> None:
    topic = "flows:\n  topic:\n    steps:\n      - call: other\n      - collect: size\n"
    content = small.content(tmp_path, topic=topic, other=OTHER)
    assert walk(content, Run("topic"), {}).path == ("topic", "other")
    assert walk(content, Run("topic"), {"colour": "red"}).path == ("topic",)


def test_a_flow_that_comes_back_to_itself_is_stopped(tmp_path: Path) -> None:
    topic = "flows:\n  topic:\n    steps:\n      - {id: a, noop: true, next: b}\n      - {id: b, noop: true, next: a}\n"
    with pytest.raises(EndlessFlow, match="flow 'topic' does not come to a question or an end"):
        walk(small.content(tmp_path, topic=topic), Run("topic"), {})


# --- properties of replay, on the flows of the house ----------------------------------------------------------


def _answered(content: Content, topic: str, picks: list[int]) -> list[tuple[Talking, str]]:
    """A talk after each answer, with the question that was answered; the values are picked by number."""
    talking = Talking(content)
    talking.means(topic)
    states = [(replace(talking), talking.asks)]
    for pick in picks:
        if not talking.asks or talking.asks == "menu_choice" or not content.slots[talking.asks].values:
            break
        talking.answers(_pick(content, talking.asks, pick))
        states.append((replace(talking), talking.asks))
    return states


def _pick(content: Content, slot: str, pick: int) -> str:
    values = content.slots[slot].values
    return values[pick % len(values)]


answers = st.lists(st.integers(min_value=0, max_value=11), max_size=14)


@quickly
@given(topic=st.sampled_from(TOPICS), picks=answers)
def test_back_after_an_answer_gives_the_question_and_the_answers_of_before(
    content: Content, topic: str, picks: list[int]
) -> None:
    states = _answered(content, topic, picks)
    for (before, asked), (after, _) in itertools.pairwise(states):
        if after.acted() or before.conversation.runs[-1].flow != (after.conversation.runs or (Run(""),))[-1].flow:
            continue
        back = replace(after)
        back.wishes("back")
        assert back.asks == asked
        assert back.conversation.slots == before.conversation.slots


@quickly
@given(topic=st.sampled_from(TOPICS), picks=answers)
def test_saying_nothing_new_changes_nothing_but_the_number_of_the_question(
    content: Content, topic: str, picks: list[int]
) -> None:
    for talking, asked in _answered(content, topic, picks):
        if not asked:
            continue
        again = replace(talking)
        assert again.wishes("repeat") == [f"utter_ask_{asked}"]
        assert replace(again.conversation, asked=0, open=None) == replace(talking.conversation, asked=0, open=None)


@quickly
@given(first=st.integers(0, 3), second=st.integers(0, 3), picks=st.lists(st.integers(0, 11), min_size=7, max_size=7))
def test_a_changed_answer_gives_the_same_summary_as_a_fresh_run_with_that_answer(
    content: Content, first: int, second: int, picks: list[int]
) -> None:
    changed, fresh = (_at_approval(content, house, picks) for house in (first, second))
    changed.hears(answer=Answer("tenure", _pick(content, "tenure", second)), corrects=True)
    _answer_until_approval(content, changed, picks)
    assert changed.conversation.slots == fresh.conversation.slots


@quickly
@given(first=st.integers(0, 3), second=st.integers(0, 3), picks=st.lists(st.integers(0, 11), min_size=7, max_size=7))
def test_a_changed_line_gives_the_same_summary_as_a_fresh_run_with_that_answer(
    content: Content, first: int, second: int, picks: list[int]
) -> None:
    changed, fresh = (_at_approval(content, house, picks) for house in (first, second))
    changed.hears(line=1)
    changed.answers("change", _pick(content, "tenure", second))
    _answer_until_approval(content, changed, picks)
    assert _asked(changed) == _asked(fresh)


def _asked(talking: Talking) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the open question is asked with: all slots as the flow sees them, and the lines of the summary."""
    said = next(event for event in talking.events if isinstance(event, Said) and event.question)
    return without(said.values, {CHANGING, LINE_CHOICES}), said.lines


def _at_approval(content: Content, house: int, picks: list[int]) -> Talking:
    talking = Talking(content)
    talking.means("draught")
    talking.answers(_pick(content, "tenure", house))
    _answer_until_approval(content, talking, picks)
    return talking


def _answer_until_approval(content: Content, talking: Talking, picks: list[int]) -> None:
    """The same question gets the same answer, whichever others were asked before it."""
    while talking.asks != "send_ok":
        position = sorted(content.slots).index(talking.asks)
        talking.answers(_pick(content, talking.asks, picks[position % len(picks)]))


@quickly
@given(topic=st.sampled_from(TOPICS), picks=answers)
def test_a_conversation_is_the_same_after_it_was_stored(content: Content, topic: str, picks: list[int]) -> None:
    """`Talking` stores after every turn; here the same talk without storing comes to the same."""
    talking = _answered(content, topic, picks)[-1][0]
    assert Conversation.from_json(talking.conversation.as_json()) == talking.conversation
