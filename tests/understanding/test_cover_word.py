"""The word that takes a talk off the screen: always understood, and never meant as anything else (decision 0036)."""

from __future__ import annotations

import asyncio

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Conversation, Heard, Question, Run
from bot.incoming import Incoming, Kind
from bot.understanding.rasa import Parsed
from bot.understanding.safety import SafetyPhrases, normalised
from bot.understanding.understand import COVER, Understanding
from nlu.report.sentences import LANGUAGES, evaluation_sentences, training_sentences
from tests.talks import START


class NotAsked:
    """Fails when Rasa is asked."""

    async def parse(self, text: str) -> Parsed | None:
        raise AssertionError(f"Rasa was asked about '{text}'")


def _words(content: Content) -> list[str]:
    return [normalised(word) for word in content.response("words_for_wishes").variants[0].synonyms[COVER]]


def _hears(content: Content, phrases: SafetyPhrases, text: str, slot: str, kind: Kind, language: str = "nl") -> Heard:
    talk = Conversation(True, language, runs=(Run("draught"),), open=Question(7, slot) if slot else None)
    understanding = Understanding(content, phrases, NotAsked())  # type: ignore[arg-type]
    return asyncio.run(understanding.understand(Incoming(1, 1, kind, text, message_id=9), talk, START))


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED])
@pytest.mark.parametrize("written", ["{}", " {}. ", "{}?"])
def test_it_is_heard_whatever_is_asked(content: Content, phrases: SafetyPhrases, written: str, kind: Kind) -> None:
    asked = {response.removeprefix("utter_ask_") for response in content.texts["nl"] if "utter_ask_" in response}
    for word in _words(content):
        for slot in ["", *sorted(asked & content.slots.keys())]:
            text = written.format(word).capitalize()
            assert _hears(content, phrases, text, slot, kind) == Heard(START, wish=COVER), slot


def test_it_is_heard_in_the_talk_of_every_language(content: Content, phrases: SafetyPhrases) -> None:
    for language in {*content.texts, *LANGUAGES}:
        for word in _words(content):
            assert _hears(content, phrases, word, "", Kind.TEXT, language).wish == COVER


def test_the_explanation_names_it(content: Content) -> None:
    explained = normalised(content.response("utter_discreet_word").variants[0].text)
    assert _words(content)[0] in explained.split()


def test_nobody_writes_it_for_anything_else(content: Content) -> None:
    known = [*training_sentences(), *(one for language in LANGUAGES for one in evaluation_sentences(language))]
    written = {normalised(sentence.text) for sentence in known}
    assert written.isdisjoint(_words(content))


def test_it_is_no_word_of_a_button_or_an_answer(content: Content) -> None:
    taken = {
        normalised(word)
        for texts in content.texts.values()
        for response in texts.values()
        for variant in response.variants
        for word in [
            *(option.title for option in variant.options),
            *(synonym for name, synonyms in variant.synonyms.items() if name != COVER for synonym in synonyms),
        ]
    }
    assert taken.isdisjoint(_words(content))


def test_it_is_no_word_of_danger(content: Content, phrases: SafetyPhrases) -> None:
    assert [phrases.find(word) for word in _words(content)] == [None]
