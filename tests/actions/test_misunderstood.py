"""What was not understood is kept once, masked and short, with the choice that followed; a person labels it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from actions import misunderstood
from actions.misunderstood import LONGEST, MARKS, SAME_TALK, Effect, Misunderstood
from store.states import Why
from store.tables import Misunderstood as Row
from store.tables import Person
from tests.actions.people import Wijk

COLD = Misunderstood(
    "brr wat een ijshol",
    Why.DOUBT,
    intents=[("cold_home", 0.31234), ("draught", 0.3), ("mould", 0.1), ("fire", 0.05), ("skip", 0.03), ("stop", 0.01)],
    shown=["cold_home", "draught"],
    open_slot="tenure",
    language="nl",
)
MOMENT = timedelta(seconds=1)


def _note(wijk: Wijk, person: Person, words: str = COLD.text, **what: Any) -> int:
    return misunderstood.note(wijk.session, wijk.now, person, Misunderstood(words, what.pop("why", Why.UNSURE), **what))


def _choose(wijk: Wijk, person: Person, chosen: str) -> int | None:
    return misunderstood.choose(wijk.session, wijk.now, person, chosen)


def _row(wijk: Wijk, number: int) -> Row:
    wijk.session.flush()
    wijk.session.expire_all()
    row = wijk.session.get(Row, number)
    assert row is not None
    return row


def test_a_sentence_is_kept_with_what_the_bot_made_of_it(wijk: Wijk) -> None:
    row = _row(wijk, misunderstood.note(wijk.session, wijk.now, wijk.person(), COLD))
    assert (row.at, row.text, row.why) == (wijk.now, "brr wat een ijshol", Why.DOUBT)
    assert row.intents == [["cold_home", 0.312], ["draught", 0.3], ["mould", 0.1], ["fire", 0.05], ["skip", 0.03]]
    assert row.shown == ["cold_home", "draught"]
    assert (row.open_slot, row.language, row.chosen, row.label) == ("tenure", "nl", None, None)


def test_the_words_and_what_the_bot_made_of_them_are_not_plain_in_the_database(wijk: Wijk) -> None:
    misunderstood.note(wijk.session, wijk.now, wijk.person(), COLD)
    stored = wijk.session.execute(text("SELECT text, intents, shown FROM misunderstood")).one()
    assert not [value for value in stored if b"cold" in bytes(value) or b"ijshol" in bytes(value)]


def test_a_long_story_is_cut(wijk: Wijk) -> None:
    assert _row(wijk, _note(wijk, wijk.person(), f" {'a' * LONGEST}bc")).text == "a" * LONGEST


@pytest.mark.parametrize(("later", "rows"), [(SAME_TALK, 1), (SAME_TALK + MOMENT, 2)])
def test_the_same_sentence_of_the_same_person_is_kept_once_an_hour(wijk: Wijk, later: timedelta, rows: int) -> None:
    annie = wijk.person()
    first = _note(wijk, annie)
    wijk.now += later
    assert (_note(wijk, annie, f"{COLD.text} ") == first) == (rows == 1)
    assert len(misunderstood.listed(wijk.session)) == rows


def test_other_sentences_and_other_people_have_rows_of_their_own(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    assert len({_note(wijk, annie), _note(wijk, annie, "tja"), _note(wijk, karin)}) == 3


def test_a_repeated_sentence_keeps_what_was_chosen_and_a_correction_replaces_it(wijk: Wijk) -> None:
    annie = wijk.person()
    number = _note(wijk, annie, why=Why.DOUBT, shown=["mould", "draught"])
    _choose(wijk, annie, "mould")
    _note(wijk, annie, shown=["menu"])
    row = _row(wijk, number)
    assert (row.why, row.shown, row.chosen) == (Why.DOUBT, ["mould", "draught"], "mould")
    _note(wijk, annie, why=Why.CORRECTED, shown=["mould"], chosen="draught")
    row = _row(wijk, number)
    assert (row.why, row.shown, row.chosen) == (Why.CORRECTED, ["mould"], "draught")


def test_a_choice_belongs_to_the_last_sentence_without_one(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    first, second, other = _note(wijk, annie, "een"), _note(wijk, annie, "twee"), _note(wijk, karin)
    assert _choose(wijk, annie, "neither") == second
    assert _choose(wijk, annie, "menu") == first
    assert _choose(wijk, annie, "draught") is None
    assert [_row(wijk, number).chosen for number in (first, second, other)] == ["menu", "neither", None]


@pytest.mark.parametrize(("later", "counts"), [(SAME_TALK, True), (SAME_TALK + MOMENT, False)])
def test_a_choice_after_more_than_an_hour_is_about_something_else(wijk: Wijk, later: timedelta, counts: bool) -> None:
    annie = wijk.person()
    number = _note(wijk, annie)
    wijk.now += later
    assert _choose(wijk, annie, "draught") == (number if counts else None)


def test_a_label_is_given_and_taken_back(wijk: Wijk) -> None:
    annie = wijk.person()
    first, second = _note(wijk, annie, "een"), _note(wijk, annie, "twee")
    assert misunderstood.label(wijk.session, wijk.now, first, "draught")
    assert [row.id for row in misunderstood.labelled(wijk.session)] == [first]
    assert [row.id for row in misunderstood.unlabelled(wijk.session)] == [second]
    assert [row.id for row in misunderstood.listed(wijk.session)] == [first, second]
    assert misunderstood.label(wijk.session, wijk.now, first, None)
    assert misunderstood.labelled(wijk.session) == []


def test_a_number_that_is_not_there_gets_no_label(wijk: Wijk) -> None:
    assert not misunderstood.label(wijk.session, wijk.now, 9, "draught")


def test_a_number_is_never_given_out_twice(wijk: Wijk) -> None:
    annie = wijk.person()
    first = _note(wijk, annie)
    misunderstood.erase(wijk.session, annie)
    assert _note(wijk, annie) > first


def test_who_says_no_to_keeping_leaves_nothing_and_others_keep_theirs(wijk: Wijk) -> None:
    annie, karin = wijk.person(), wijk.person()
    _note(wijk, annie)
    kept = _note(wijk, karin)
    misunderstood.erase(wijk.session, annie)
    assert list(wijk.session.scalars(select(Row.id))) == [kept]


# --- labels, marks, and what a model makes of them ------------------------------------------------------------


def test_marks_are_labels_that_nothing_is_learned_from(wijk: Wijk) -> None:
    annie = wijk.person()
    numbers = {mark: _note(wijk, annie, mark) for mark in (*sorted(MARKS), "draught")}
    for mark, number in numbers.items():
        misunderstood.label(wijk.session, wijk.now, number, mark)
    assert [row.label for row in misunderstood.labelled(wijk.session)] == ["draught"]
    assert {row.label for row in misunderstood.last_labelled(wijk.session, 9)} == {*MARKS, "draught"}
    assert misunderstood.effect(wijk.session).keys() == {"draught"}
    assert [row.label for row in misunderstood.unread(wijk.session, "model", 9)] == ["draught"]
    assert misunderstood.unlabelled(wijk.session) == [] and misunderstood.count_unlabelled(wijk.session) == 0


def test_a_label_has_its_moment_and_taking_it_back_leaves_nothing(wijk: Wijk) -> None:
    number = _note(wijk, wijk.person())
    misunderstood.label(wijk.session, wijk.now, number, "draught")
    misunderstood.read_again(wijk.session, number, "draught", "mould", "model")
    row = _row(wijk, number)
    assert (row.label, row.labelled_at, row.means_now, row.read_by_model) == ("draught", wijk.now, "mould", "model")
    misunderstood.label(wijk.session, wijk.now, number, None)
    row = _row(wijk, number)
    assert (row.label, row.labelled_at, row.means_now, row.read_by_model) == (None,) * 4


def test_another_label_is_to_be_read_anew(wijk: Wijk) -> None:
    number = _note(wijk, wijk.person())
    misunderstood.label(wijk.session, wijk.now, number, "draught")
    misunderstood.read_again(wijk.session, number, "draught", "mould", "model")
    misunderstood.label(wijk.session, wijk.now, number, "mould")
    assert [row.id for row in misunderstood.unread(wijk.session, "model", 9)] == [number]


def test_the_first_label_stays_and_only_that_one_is_taken_back(wijk: Wijk) -> None:
    number = _note(wijk, wijk.person())
    for wanted in ("draught", "mould"):
        row = misunderstood.label_first(wijk.session, wijk.now, number, wanted)
        assert row is not None and row.label == "draught"
    row = misunderstood.take_back(wijk.session, wijk.now, number, "mould")
    assert row is not None and row.label == "draught"
    row = misunderstood.take_back(wijk.session, wijk.now, number, "draught")
    assert row is not None and row.label is None
    assert misunderstood.label_first(wijk.session, wijk.now, 999, "draught") is None
    assert misunderstood.take_back(wijk.session, wijk.now, 999, "draught") is None


def test_what_was_read_under_another_label_is_not_written(wijk: Wijk) -> None:
    number = _note(wijk, wijk.person())
    misunderstood.label(wijk.session, wijk.now, number, "draught")
    misunderstood.read_again(wijk.session, number, "mould", "mould", "model")
    assert _row(wijk, number).read_by_model is None


def test_the_effect_is_counted_by_label_the_largest_first(wijk: Wijk) -> None:
    annie = wijk.person()
    for words, label, means in (("a", "draught", "draught"), ("b", "draught", ""), ("c", "draught", None),
                                ("d", "mould", "draught"), ("e", "allowances", None)):  # fmt: skip
        number = _note(wijk, annie, words)
        misunderstood.label(wijk.session, wijk.now, number, label)
        if means is not None:
            misunderstood.read_again(wijk.session, number, label, means, "model")
    assert list(misunderstood.effect(wijk.session).items()) == [
        ("draught", Effect(3, 2, 1)),
        ("allowances", Effect(1, 0, 0)),
        ("mould", Effect(1, 1, 0)),
    ]


def test_what_waits_is_given_from_a_number_on_and_at_most_so_many(wijk: Wijk) -> None:
    annie = wijk.person()
    first, second, third = (_note(wijk, annie, words) for words in ("een", "twee", "drie"))
    assert [row.id for row in misunderstood.unlabelled(wijk.session, 2)] == [first, second]
    assert [row.id for row in misunderstood.unlabelled(wijk.session, 2, first)] == [second, third]
    assert misunderstood.count_unlabelled(wijk.session) == 3


def test_what_was_labelled_last_comes_first_and_what_has_no_moment_last(wijk: Wijk) -> None:
    annie = wijk.person()
    numbers = [_note(wijk, annie, words) for words in ("een", "twee", "drie")]
    misunderstood.label(wijk.session, wijk.now, numbers[1], "draught")
    misunderstood.label(wijk.session, wijk.now + MOMENT, numbers[0], "draught")
    misunderstood.label(wijk.session, wijk.now, numbers[2], "draught")
    _row(wijk, numbers[2]).labelled_at = None  # by a version before this one
    wijk.session.flush()
    found = [row.id for row in misunderstood.last_labelled(wijk.session, 9)]
    assert found == [numbers[0], numbers[1], numbers[2]]
    assert [row.id for row in misunderstood.last_labelled(wijk.session, 1)] == [numbers[0]]
