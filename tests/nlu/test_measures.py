"""The measures of `make nlu-report`, on answers whose numbers can be reckoned by hand."""

from __future__ import annotations

import pytest

from nlu.report import measures
from nlu.report.measures import Answer
from nlu.report.sentences import Sentence, as_training_file


def _answer(meant: str, *ranking: tuple[str, float]) -> Answer:
    return Answer(Sentence("tekst", tuple(meant.split())), ranking)


ANSWERS = [
    _answer("draught", ("draught", 0.9)),
    _answer("draught", ("mould", 0.6), ("draught", 0.3)),
    _answer("mould draught", ("draught", 0.7), ("mould", 0.2)),
    _answer("fire", ("mould", 0.4), ("greet", 0.3), ("thank", 0.2), ("fire", 0.1)),
]


def test_one_of_several_intents_counts_as_right() -> None:
    assert measures.accuracy(ANSWERS) == 0.5


def test_the_most_urgent_must_be_among_three() -> None:
    assert measures.top_three(ANSWERS) == 0.75


def test_macro_f1_counts_each_intent_the_same() -> None:
    # draught: two of two named are right, two of three found; fire: none.
    assert measures.macro_f1(ANSWERS) == pytest.approx((0.8 + 0) / 2)


def test_a_danger_counts_as_found_when_it_is_asked_about() -> None:
    assert measures.found_or_asked(ANSWERS, "fire", 0.1) == (1, 1)
    assert measures.found_or_asked(ANSWERS, "fire", 0.2) == (0, 1)


def test_needless_questions_are_counted_over_sentences_without_danger() -> None:
    answers = [*ANSWERS, _answer("greet", ("greet", 0.8), ("fire", 0.2))]
    assert measures.asked_needlessly(answers, 0.15) == 0.25


def test_calibration_compares_confidence_with_what_was_right() -> None:
    answers = [_answer("fire", ("fire", 0.8)), _answer("fire", ("greet", 0.8))]
    assert measures.calibration(answers) == [measures.Bin(2, 0.8, 0.5)]
    assert measures.calibration_error(answers) == pytest.approx(0.3)


def test_pairs_are_counted_in_both_directions() -> None:
    answers = [_answer("fire", ("greet", 0.8)), _answer("greet", ("fire", 0.8))]
    assert measures.confused(answers, 1) == [("fire", "greet", 2)]


def test_an_answer_without_a_ranking_is_wrong() -> None:
    assert measures.accuracy([_answer("fire")]) == 0


def test_sentences_are_written_in_rasas_format() -> None:
    written = as_training_file([Sentence("brand", ("fire",)), Sentence("hoi", ("greet",))])
    assert written.splitlines()[2:] == [
        "- intent: fire",
        "  examples: |",
        "    - brand",
        "- intent: greet",
        "  examples: |",
        "    - hoi",
    ]
