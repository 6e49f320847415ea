"""What is wrong with how a bubble is built: its sentences, its first line and what it asks to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.phrases import begins_with
from bot.content.rules import Breach, Rules
from bot.content.sentences import lines, parts, question_and_answer, sentences, words

_ALARM_NUMBER = re.compile(r"\b11[23]\b")
_NOT_TO_DO = frozenset({"geen", "nooit", "niet", "niets", "niks"})
_AND = re.compile(r"\b(?:en|dan|daarna)\s+(\w+)")
_IF_SO = re.compile(r",\s+(\w+)\s+dan\b")


def check_shape(text: str, rules: Rules, *, whole: bool, listed: bool) -> list[Breach]:
    """Breaches in a bubble. `whole`: steps that save a life, or a letter to copy; `listed`: a list of tips."""
    found = [*_lines_of_their_own(text), *long_sentences(text, rules)]
    found += [*_first_line(text, rules), *_too_long(text, rules)]
    if not whole:
        most = rules.list_lines if listed else rules.bubble_sentences
        found += _too_many_sentences(text, most)
    if not whole and not listed:
        found += _too_many_acts(text, rules)
    return found


def long_sentences(text: str, rules: Rules) -> Iterator[Breach]:
    """Sentences with too many words; what is filled in counts as one."""
    for sentence in sentences(text):
        length = len(words(sentence))
        if length > rules.sentence_words:
            remedy = f"{length} words; use at most {rules.sentence_words}: make two sentences, or leave words out"
            yield Breach("sentence length", sentence, remedy)


def acts(text: str, rules: Rules) -> list[str]:
    """The imperatives that ask for something to do, each once, in order.

    Not counted: what not to do, 112 and 113, a way out after a question on the last line ("Liever praten? Typ:
    mens"), and what goes along with calling or going ("Bel uw verhuurder." "Zeg dat het tocht.").
    """
    shown = lines(text)
    found: list[str] = []
    for line in shown:
        for sentence in parts(line):
            *before, asked = question_and_answer(sentence)
            if not (before and line is shown[-1]):
                found += [act for act in _acts_in(asked, rules) if act not in found]
    return [act for n, act in enumerate(found) if not (act in rules.goes_along and rules.contact & {*found[:n]})]


def _acts_in(sentence: str, rules: Rules) -> Iterator[str]:
    spoken = re.findall(r"\w+", sentence.lower())
    if not spoken or _ALARM_NUMBER.search(sentence) or _NOT_TO_DO & set(spoken):
        return
    begins = spoken[0] in rules.imperatives
    later = (_AND if begins else _IF_SO).findall(sentence.lower())
    yield from (act for act in (spoken[0], *later) if act in rules.imperatives)


def _too_many_acts(text: str, rules: Rules) -> Iterator[Breach]:
    found = acts(text, rules)
    if len(found) > rules.acts:
        remedy = f"{len(found)} things to do; keep the first, say the rest in a next message"
        yield Breach("one act a message", " + ".join(found), remedy)


def _first_line(text: str, rules: Rules) -> Iterator[Breach]:
    opening = begins_with(text.lstrip(), rules.not_first)
    if opening:
        yield Breach("first line", opening, "begin with what to do or with the answer; say this later or leave it out")


def _lines_of_their_own(text: str) -> Iterator[Breach]:
    for number, line in enumerate(lines(text)):
        if len(parts(line)) > 1:
            yield Breach("sentence on its own line", line, "put each sentence on a line of its own")
        if number and line[0].islower():
            yield Breach("sentence on its own line", line, "keep a sentence on one line; begin with a capital")


def _too_many_sentences(text: str, most: int) -> Iterator[Breach]:
    shown = lines(text)
    if len(shown) > most:
        remedy = f"{len(shown)} sentences; use at most {most}, or make two messages"
        yield Breach("sentences in a bubble", shown[0], remedy)


def _too_long(text: str, rules: Rules) -> Iterator[Breach]:
    length = len(text.strip())
    if length > rules.bubble_characters:
        remedy = f"{length} characters; use at most {rules.bubble_characters}, or make two messages"
        yield Breach("length of a bubble", text.split("\n")[0], remedy)
