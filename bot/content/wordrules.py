"""The rules for words (domain.md, section 6): a text goes in, what is wrong with it and what to write comes out."""

from __future__ import annotations

from collections.abc import Iterable

from bot.content.language import check_words, passive_at_end
from bot.content.rules import Breach, Rules
from bot.content.sentences import letters, line_by_line, without_places
from bot.content.shape import check_shape, long_sentences

_LABELS = ("button_", "utter_say_", "utter_topic_", "poster_", "drawing_")
_LINES = "utter_line_"


def check_response(key: str, text: str, rules: Rules, *, whole: bool = False, listed: bool = False) -> list[Breach]:
    """The check that fits the kind of response, which its key tells."""
    if key.startswith("button_"):
        return check_label(text, rules)
    if key.startswith(_LABELS):
        return check_words(text, rules)
    if key.startswith(_LINES):
        return check_line(text, rules)
    return [*check(text, rules, whole=whole, listed=listed), *_left_out(key, text, rules)]


def check(text: str, rules: Rules, *, whole: bool = False, listed: bool = False) -> list[Breach]:
    """What is wrong with a bubble; `whole` stays together however long, `listed` is a list of tips."""
    shape = check_shape(text, rules, whole=whole, listed=listed)
    return [*shape, *check_words(text, rules), *passive_at_end(text, rules)]


def check_line(text: str, rules: Rules) -> list[Breach]:
    """What is wrong with a line of a summary: its sentences stand side by side."""
    apart = line_by_line(text)
    return [*long_sentences(apart, rules), *check_words(text, rules), *passive_at_end(apart, rules)]


def check_label(text: str, rules: Rules) -> list[Breach]:
    """What is wrong with the words on a button, read without its question."""
    found = check_words(text, rules)
    if len(without_places(text)) > rules.button_characters:
        found.append(Breach("button length", text, f"use at most {rules.button_characters} characters"))
    said = {word.lower() for word in letters(text) if len(word) > 1}
    if not said - rules.says_nothing and "{" not in text:
        found.append(Breach("button says what it does", text, "say the answer, so that the button stands alone"))
    return found


def check_labels(titles: Iterable[str], rules: Rules) -> list[Breach]:
    """What is wrong with the buttons of one question, each by itself and side by side."""
    found: list[Breach] = []
    seen: set[str] = set()
    for title in titles:
        found += check_label(title, rules)
        same = " ".join(title.lower().split())
        if same in seen:
            found.append(Breach("buttons differ", title, "two buttons have these words; say how they differ"))
        seen.add(same)
    return found


def _left_out(key: str, text: str, rules: Rules) -> Iterable[Breach]:
    """Words that a response must hold, such as "computer" in the first message (EU AI Act, article 50)."""
    needed = rules.must_say.get(key)
    if needed and needed.lower() not in text.lower():
        yield Breach("words that must be there", text.split("\n")[0], f'use "{needed}"')
