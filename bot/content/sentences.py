"""Cuts a text into lines, sentences and words."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"\{\w+\}")
_COMMAND = re.compile(r"(?<!\w)/\w+|`[^`]*`")
_ADDRESS = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:nl|org|com|eu)\b(?:/\S*)?")
_WORD = re.compile(r"[\w{}/'-]+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BREAK = re.compile(r"(?<=[.!])\s+(?=\S)")
_QUESTION = re.compile(r"(?<=\?)\s+(?=\S)")


def lines(text: str) -> list[str]:
    """The lines that say something; a line that is only filled in later is left out."""
    return [line.strip() for line in text.splitlines() if without_places(line).strip()]


def sentences(text: str) -> list[str]:
    """A question and its answer on one line ("Gevaar? Bel 112.") are one sentence."""
    return [sentence for line in lines(text) for sentence in parts(line)]


def parts(line: str) -> list[str]:
    return _BREAK.split(line)


def question_and_answer(sentence: str) -> list[str]:
    """What stands before and after a question mark within a sentence."""
    return _QUESTION.split(sentence)


def words(text: str) -> list[str]:
    """Words as a reader counts them: a figure, a telephone number and what is filled in are each one."""
    return _WORD.findall(text)


def letters(text: str) -> list[str]:
    """The words that consist of letters, as in a dictionary."""
    return _LETTERS.findall(plain(text))


def without_places(text: str) -> str:
    """The text without what is filled in."""
    return _PLACEHOLDER.sub("", text)


def plain(text: str) -> str:
    """The text without what is filled in, commands and web addresses."""
    return _ADDRESS.sub(" ", _COMMAND.sub(" ", without_places(text)))


def line_by_line(text: str) -> str:
    """The same text with each sentence on a line of its own."""
    return _BREAK.sub("\n", text)
