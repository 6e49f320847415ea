"""Plain Dutch for steps and conditions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.drawing.outline import numbers, outline
from bot.drawing.phrases import Labels, Phrases
from tests.drawing.drawn import flow, with_words

OWN = """
    - collect: size
    - id: here
      {step}
      next:
        - if: {first}
          then: END
        - else: END
"""
COLOUR, NOTHING = "collect: colour", "noop: true"


@pytest.mark.parametrize(
    ("step", "first", "words", "otherwise"),
    [
        (COLOUR, "slots.colour is 'red'", "Rood", "Blauw, Groen of {button_skip}"),
        (COLOUR, "slots.colour is 'red' or slots.colour is 'blue'", "Rood of Blauw", "Groen of {button_skip}"),
        (COLOUR, "slots.colour is not 'red'", "Blauw, Groen of {button_skip}", "Rood"),
        (COLOUR, "slots.colour is not null", "wel iets", "In andere gevallen"),
        (NOTHING, "slots.size is 'small'", "stap 1: Klein", "stap 1: Groot of Weet ik niet"),
        (NOTHING, "slots.colour is 'red'", "Welke colour? Rood", "Welke colour? Blauw, Groen of {button_skip}"),
        (NOTHING, "slots.mood is 'good'", "Stemming: vrolijk", "Stemming: somber"),
        (NOTHING, "slots.mood is null", "Stemming: niets", "Stemming: vrolijk of somber"),
        (NOTHING, "slots.about_mould is 'yes'", "Het gaat over: {utter_topic_mould}", "In andere gevallen"),
        (NOTHING, "slots.age > 18", "Welke age? meer dan 18", "In andere gevallen"),
        (NOTHING, "slots.age <= 18", "Welke age? hoogstens 18", "In andere gevallen"),
        (
            COLOUR,
            "slots.colour is 'red' and not (slots.size is 'small' or slots.size is 'large') and slots.mood is 'good'",
            "Rood\nen niet stap 1: Klein of Groot\nen Stemming: vrolijk",
            "In andere gevallen",
        ),
        (
            COLOUR,
            "slots.colour is 'red' or (slots.size is not 'small' and slots.about_mould is not 'yes')",
            "Rood\nof (stap 1: niet Klein en Het gaat niet over: {utter_topic_mould})",
            "In andere gevallen",
        ),
    ],
)
def test_what_stands_at_branches(
    tmp_path: Path, content: Content, step: str, first: str, words: str, otherwise: str
) -> None:
    one = flow(tmp_path, OWN.format(step=step, first=first))
    phrases = Phrases(with_words(content, one))
    labels = Labels(phrases, one, numbers(outline(one))).of(one.steps["here"])
    known = {key: phrases.word(key) for key in ("button_skip", "utter_topic_mould")}
    assert labels == [words.format(**known), otherwise.format(**known)]
    assert phrases.missing == set()


def test_a_second_condition_says_that_the_first_did_not_hold(tmp_path: Path, content: Content) -> None:
    steps = """
        - collect: size
        - collect: colour
          next:
            - {if: slots.colour is "red" and slots.size is "small", then: END}
            - {if: slots.colour is "blue", then: END}
            - else: END
    """
    one = flow(tmp_path, steps)
    labels = Labels(Phrases(with_words(content, one)), one, numbers(outline(one))).of(one.steps["collect_colour"])
    assert labels[1] == "Anders, als\nBlauw"


def test_what_has_no_words_is_shown_by_its_name_and_told(tmp_path: Path, content: Content) -> None:
    one = flow(tmp_path, "[{collect: colour}]")
    phrases = Phrases(with_words(content, one))
    assert phrases.setting("nameless", "one_thing") == "nameless: one thing"
    assert phrases.action("action_fly") == "fly"
    assert phrases.topic("flying") == "flying"
    assert phrases.missing == {
        "drawing_slot_nameless",
        "drawing_say_nameless",
        "drawing_action_fly",
        "drawing_topic_flying",
    }


def test_a_question_is_told_without_what_is_filled_in_later(tmp_path: Path, content: Content) -> None:
    phrases = Phrases(with_words(content))
    assert phrases.question("colour") == "Eerst iets.\nWelke colour?"
    assert phrases.answers("colour") == ["Rood", "Blauw", "Groen", phrases.word("button_skip")]
    assert phrases.answers("age") == ["eigen woorden"]
    assert phrases.said("utter_fine") == "Mooi, …."


def test_many_answers_are_counted_instead_of_told(content: Content) -> None:
    """The list of all topics shows only what always stands below it."""
    phrases = Phrases(content)
    assert phrases.answers("meant") == ["alleen wat past bij het bericht", phrases.value("meant", "neither")]


def test_a_flow_without_description_is_called_by_its_name(tmp_path: Path, content: Content) -> None:
    assert Phrases(content).title(flow(tmp_path, "[{link: x}]", description="")) == "small"
    assert Phrases(content).title(flow(tmp_path, "[{link: x}]")) == "Klein"
