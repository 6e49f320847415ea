"""All wordings of the bot: as the files have them, and as somebody changed them on the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from sqlalchemy.orm import Session

from actions import text_changes
from actions.services import Directory
from actions.text_changes import Wording, Written
from bot.changed_texts import about, counts, lay_over, places, written
from bot.content import numbers
from bot.content.rules import FILE, Rules, read_rules
from bot.content.source import DUTCH, Said, read_texts
from bot.dialogue.content import Content
from bot.dialogue.responses import Variant
from bot.text_check import Checker, in_words
from dashboard.reading import Reading
from store.dashboard_tables import TextChange

NOT_SAID = ("drawing_", "words_for_", "poster_", "calendar_")
"""How keys begin of what the running bot does not say: words of pictures, of posters, of calendars, and typed words."""
ON_START = "command_"
"""How keys begin of what the bot tells Telegram only when it starts."""
SAFETY = "safety"
"""The group of texts about danger."""


@dataclass(frozen=True)
class Text:
    """One wording. `change` is the latest version of it, if somebody ever changed it."""

    wording: Wording
    said: Said
    variant: Variant
    change: TextChange | None = None

    @property
    def file(self) -> Written:
        """The words of the file."""
        return written(self.variant)

    @property
    def is_changed(self) -> bool:
        """Whether words of the page are said."""
        return self.change is not None and counts(self.change, self.variant)

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody changed it, and after that the file said something else, which counts."""
        new = text_changes.words_of(self.change)
        return new is not None and not self.is_changed and new != self.file

    @property
    def words(self) -> Written:
        """What is said now."""
        new = text_changes.words_of(self.change)
        return new if new is not None and self.is_changed else self.file

    @property
    def version(self) -> int:
        return self.change.version if self.change is not None else text_changes.FILE

    @property
    def group(self) -> str:
        """What it belongs to: the name of its file."""
        return self.said.file.stem

    @property
    def is_about_danger(self) -> bool:
        """Whether a life may hang on it: only an administrator changes it."""
        return self.said.danger or self.group == SAFETY

    @property
    def only_on_start(self) -> bool:
        return self.wording.key.startswith(ON_START)

    @property
    def address(self) -> str:
        return f"/teksten/{self.wording.language}/{self.wording.key}/{self.wording.variant}"


@dataclass(frozen=True)
class Book:
    """The wordings of the files, and the rules for words."""

    content: Content
    rules: Rules
    texts: Mapping[Wording, Text]

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(text.group for text in self.texts.values()))

    @property
    def languages(self) -> list[str]:
        return list(dict.fromkeys(wording.language for wording in self.texts))


@dataclass(frozen=True)
class Now:
    """The wordings as they are now: `book` with the latest changes."""

    book: Book
    changes: Sequence[TextChange]

    @cached_property
    def texts(self) -> Mapping[Wording, Text]:
        laid = dict(self.book.texts)
        for change in self.changes:
            if (found := laid.get(about(change))) is not None:
                laid[about(change)] = Text(found.wording, found.said, found.variant, change)
        return laid

    @cached_property
    def content(self) -> Content:
        """As the bot has it."""
        return lay_over(self.book.content, self.changes)

    def checker(self, directory: Directory) -> Checker:
        dutch = (text for text in self.texts.values() if text.wording.language == DUTCH)
        said = [in_words(text.said, text.words) for text in dutch]
        return Checker(said, self.book.rules, numbers.certain([directory]))

    def variants(self, wording: Wording) -> list[Text]:
        """All wordings of the key in that language, in the order in which the bot tries them."""
        here = (wording.language, wording.key)
        return [text for text in self.texts.values() if (text.wording.language, text.wording.key) == here]

    def filled_in_with(self, wording: Wording) -> list[Text]:
        """The texts in which the words of this key come to stand."""
        name, key = wording.key.removeprefix("utter_"), wording.key
        dutch = (text for text in self.texts.values() if text.wording.language == DUTCH)
        return [text for text in dutch if name in places(text.words) or key in text.said.lines]


class Texts:
    """Keeps the book, and reads it anew when the flows and texts are other ones."""

    def __init__(self, reading: Reading, flows: Path) -> None:
        self._reading, self._folder = reading, flows / "texts"
        self._lock = Lock()
        self._book: Book | None = None

    def book(self) -> Book:
        """Takes a second when something was written anew. Raises `ContentError` or `OSError` when it cannot be read."""
        content = self._reading.files()
        with self._lock:
            if self._book is None or self._book.content is not content:
                texts = {text.wording: text for text in _texts(self._folder, content)}
                self._book = Book(content, read_rules(self._folder / DUTCH / FILE), texts)
            return self._book

    def now(self, session: Session) -> Now:
        return Now(self.book(), text_changes.latest(session))


def typed(text: str) -> str:
    """What somebody typed in a field: lines end alike, and nothing stands in it that cannot be seen or kept."""
    lines = (
        "".join(sign for sign in line if unicodedata.category(sign) not in ("Cc", "Cs")) for line in text.splitlines()
    )
    return "\n".join(line.strip() for line in lines).strip()


def _texts(folder: Path, content: Content) -> Iterator[Text]:
    """The wordings that the running bot says, Dutch first."""
    for language in sorted(content.texts, key=lambda one: (one != DUTCH, one)):
        numbered: dict[str, int] = {}
        for said in read_texts(folder / language):
            variant = numbered[said.key] = numbered.get(said.key, -1) + 1
            if not said.key.startswith(NOT_SAID):
                found = content.texts[language][said.key].variants[variant]
                yield Text(Wording(language, said.key, variant), said, found)
