"""Which sentences end up on the misunderstood list, with what was shown and chosen; and which must not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.understanding.masking import MASK
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import Why
from store.tables import Misunderstood, Talk
from tests.store.shared import empty
from tests.talks import Someone, Stage

ODD = "nou gewoon zoals het gaat bij ons"


@pytest.fixture
def stage(shared_sqlite: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    empty(shared_sqlite)
    return Stage(shared_sqlite, words, phrases)


@pytest.fixture
def resident(stage: Stage) -> Someone:
    """Somebody who said yes to keeping answers, at the menu."""
    somebody = stage.person(1)
    somebody.says("hallo")
    somebody.chooses("yes")
    return somebody


def kept(stage: Stage) -> list[Misunderstood]:
    with stage.database.reading() as session:
        return list(session.scalars(select(Misunderstood).order_by(Misunderstood.id)))


def test_what_was_not_understood_is_kept_with_the_choice_from_the_menu(stage: Stage, resident: Someone) -> None:
    resident.says(ODD, "thank 0.2", "greet 0.1")
    (row,) = kept(stage)
    assert (row.text, row.why, row.shown, row.chosen, row.open_slot) == (ODD, Why.UNSURE, ["menu"], None, "menu_choice")
    assert row.intents == [["thank", 0.2], ["greet", 0.1]]
    resident.chooses("draught")
    assert kept(stage)[0].chosen == "draught"


def test_a_doubt_is_kept_with_both_and_the_chosen_one(stage: Stage, resident: Someone) -> None:
    resident.says("de muur voelt vochtig aan of zo", "cold_home 0.45", "mould 0.4")
    resident.chooses("mould")
    (row,) = kept(stage)
    assert (row.why, row.shown, row.chosen) == (Why.DOUBT, ["cold_home", "mould"], "mould")


def test_a_number_that_was_typed_is_masked(stage: Stage, resident: Someone) -> None:
    resident.says("iets met 123456782 of zo", "thank 0.2")
    assert "123456782" not in kept(stage)[0].text


@pytest.mark.parametrize("trace", ["06 12345678", "fatma@example.nl", "smitsweg 12", "@fatma_1988"])
def test_what_points_to_a_person_is_neither_listed_nor_kept_with_the_talk(
    stage: Stage, resident: Someone, trace: str
) -> None:
    resident.says(f"het waait wel eens bij ons {trace} hoor", "draught")
    with stage.database.reading() as session:
        assert trace not in str(session.scalars(select(Talk.state)).all())
    resident.says("terug")
    (row,) = kept(stage)
    assert row.text == f"het waait wel eens bij ons {MASK} hoor"


def test_a_flow_that_began_and_is_taken_back_was_not_meant(stage: Stage, resident: Someone) -> None:
    resident.says("het waait wel eens bij ons", "draught")
    assert kept(stage) == []
    resident.says("terug")
    (row,) = kept(stage)
    assert (row.text, row.why, row.shown) == ("het waait wel eens bij ons", Why.CORRECTED, ["draught"])


def test_a_step_back_after_an_answer_corrects_nothing(stage: Stage, resident: Someone) -> None:
    resident.says("het waait wel eens bij ons", "draught")
    resident.chooses("portaal")
    resident.says("terug")
    assert kept(stage) == []


def test_what_is_understood_is_not_kept(stage: Stage, resident: Someone) -> None:
    resident.says("het tocht bij ons raam", "draught")
    resident.chooses("portaal")
    resident.says("bij het raam")
    assert kept(stage) == []
    assert "tocht" not in str(resident.conversation().as_json())


@pytest.mark.parametrize("means", [("suicide 0.2",), ("thank 0.3", "fire 0.2")])
def test_words_about_a_danger_are_not_kept(stage: Stage, resident: Someone, means: tuple[str, ...]) -> None:
    resident.says("ik weet niet meer hoe het verder moet", *means)
    resident.chooses("no")
    assert kept(stage) == []


def test_a_danger_that_was_hardly_heard_is_not_kept_either(stage: Stage, resident: Someone) -> None:
    resident.says(ODD, "violence 0.08", "thank 0.05")
    assert kept(stage) == []


@pytest.mark.parametrize("consent", ["no", None])
def test_nothing_is_kept_of_who_did_not_say_yes(stage: Stage, consent: str | None) -> None:
    somebody = stage.person(2)
    somebody.says("hallo")
    if consent:
        somebody.chooses(consent)
    somebody.says(ODD, "thank 0.2")
    somebody.says("het is hier niks meer", "cold_home 0.3", "mould 0.2")
    somebody.says("het waait wel eens bij ons", "draught")
    somebody.says("stop")
    assert kept(stage) == []
    assert somebody.conversation().took_up is None


def test_who_writes_another_language_has_that_noted(stage: Stage, resident: Someone) -> None:
    text = "bilmiyorum iste oyle boyle"
    stage.rasa.languages_of[text] = "tr"
    resident.says(text, "thank 0.2")
    (row,) = kept(stage)
    assert row.language == "tr"
    assert resident.conversation().language == "tr"
    assert resident.conversation().slots["speaks"] == "tr"


def test_a_language_without_a_word_for_it_is_another_language(stage: Stage, resident: Someone) -> None:
    text = "fa freddo qui in casa"
    stage.rasa.languages_of[text] = "it"
    resident.says(text, "cold_home")
    assert resident.conversation().slots["speaks"] == "other"
