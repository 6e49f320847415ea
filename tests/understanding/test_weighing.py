"""What follows from the classifier's confidences: go on, ask which of two, or not understood."""

from __future__ import annotations

import pytest

from bot.dialogue.content import Content
from bot.understanding.rasa import Meaning
from bot.understanding.weighing import (
    AHEAD,
    ALSO,
    CLOSE,
    PART_SURE,
    PRESSED,
    SURE,
    WORRIED,
    WORRIED_IN_PART,
    Weighed,
    weigh,
)

OFFERED = frozenset({"draught", "mould", "cut_off", "eviction", "no_money", "high_bill", "talk_to_human"})
JUST_BELOW = 0.001


def meanings(*given: tuple[str, float]) -> list[Meaning]:
    return [Meaning(*one) for one in given]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("draught", SURE)], Weighed(sure=("draught",))),
        ([("draught", SURE), ("mould", SURE - AHEAD)], Weighed(sure=("draught",))),
        ([("draught", SURE), ("mould", SURE - AHEAD + JUST_BELOW)], Weighed(doubt=("draught", "mould"))),
        ([("draught", CLOSE - 0.1), ("mould", 0.1)], Weighed(doubt=("draught", "mould"))),
        ([("draught", CLOSE - 0.1), ("mould", 0.1 - JUST_BELOW)], Weighed()),
        ([("draught", 0.4), ("thank", 0.3)], Weighed(doubt=("draught",))),
        ([("thank", 0.4), ("greet", 0.3)], Weighed()),
        ([("thank", 0.9)], Weighed(sure=("thank",))),
        ([], Weighed()),
    ],
)
def test_one_whole_message(content: Content, given: list[tuple[str, float]], expected: Weighed) -> None:
    assert weigh(content, OFFERED, meanings(*given)) == expected


def test_the_more_urgent_of_two_comes_first(content: Content) -> None:
    assert weigh(content, OFFERED, meanings(("high_bill", 0.4), ("draught", 0.3))).doubt == ("high_bill", "draught")
    assert weigh(content, OFFERED, meanings(("draught", 0.4), ("high_bill", 0.3))).doubt == ("high_bill", "draught")
    assert weigh(content, OFFERED, meanings(("draught", 0.4), ("no_money", 0.04))).doubt == ("no_money", "draught")


@pytest.mark.parametrize("intent", ["cut_off", "eviction", "no_money"])
def test_a_crisis_is_asked_about_however_unsure_and_beside_whatever_is_sure(content: Content, intent: str) -> None:
    found = weigh(content, OFFERED, meanings(("draught", 0.9), (intent, PRESSED)))
    assert found == Weighed(doubt=(intent, "draught"))
    assert weigh(content, OFFERED, meanings(("draught", 0.9), (intent, PRESSED - JUST_BELOW))).sure == ("draught",)
    assert weigh(content, OFFERED, meanings(("thank", 0.9), (intent, PRESSED))).doubt == (intent,)


def test_a_danger_goes_before_a_crisis_and_topics_are_kept_for_afterwards(content: Content) -> None:
    found = weigh(content, OFFERED, meanings(("mould", 0.8), ("fire", WORRIED), ("cut_off", PRESSED)))
    assert found == Weighed(danger="fire", sure=("mould", "cut_off"))
    assert weigh(content, OFFERED, meanings(("thank", 0.8), ("fire", WORRIED))) == Weighed(danger="fire")
    assert not weigh(content, OFFERED, meanings(("thank", 0.8), ("fire", WORRIED - JUST_BELOW))).danger
    likelier = meanings(("suicide", 0.3), ("fire", 0.2))
    assert weigh(content, OFFERED, likelier).danger == "suicide"


def test_a_danger_of_the_whole_message_goes_before_one_of_a_part(content: Content) -> None:
    parts = [meanings(("suicide", 0.9))]
    assert weigh(content, OFFERED, meanings(("thank", 0.8), ("violence", WORRIED)), parts).danger == "violence"
    assert weigh(content, OFFERED, meanings(("thank", 0.8)), parts).danger == "suicide"


def test_parts_add_their_topics(content: Content) -> None:
    whole = meanings(("draught", 0.7), ("mould", ALSO), ("neighbours_same_problem", ALSO - JUST_BELOW))
    parts = [meanings(("high_bill", PART_SURE)), meanings(("landlord_complaint", PART_SURE - JUST_BELOW))]
    assert set(weigh(content, OFFERED, whole, parts).sure) == {"draught", "high_bill", "mould"}


def test_small_talk_around_a_topic_is_no_meaning_of_its_own(content: Content) -> None:
    whole = meanings(("greet", 0.7), ("draught", 0.1))
    parts = [meanings(("greet", 0.9)), meanings(("draught", 0.9))]
    assert weigh(content, OFFERED, whole, parts).sure == ("draught",)
    assert weigh(content, OFFERED, whole, [meanings(("greet", 0.9)), []]).sure == ("greet",)


def test_a_wish_for_a_person_beside_a_topic_stays(content: Content) -> None:
    parts = [meanings(("draught", 0.9)), meanings(("talk_to_human", 0.9))]
    assert set(weigh(content, OFFERED, meanings(("draught", 0.7)), parts).sure) == {"draught", "talk_to_human"}


def test_a_danger_in_a_part_needs_more(content: Content) -> None:
    whole = meanings(("draught", 0.9))
    assert weigh(content, OFFERED, whole, [meanings(("fire", WORRIED_IN_PART))]).danger == "fire"
    assert not weigh(content, OFFERED, whole, [meanings(("fire", WORRIED_IN_PART - JUST_BELOW))]).danger
