"""Flows and texts as they are now, in a running bot: what is written anew is taken up, unless it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

import structlog

from actions import text_changes
from actions.directory import Organisation
from actions.services import Directory
from actions.text_changes import NOTHING_WRITTEN
from bot.changed_texts import lay_over
from bot.dialogue.content import Content
from bot.live_directory import not_there
from bot.start import read_content
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import MADE, Words
from store.dashboard_tables import TextChange
from store.database import Database
from store.yaml_lines import ContentError

log = structlog.get_logger()


class LiveContent:
    """Gives `words` and `understanding` the flows and texts that are on disk, and over them what the team wrote.

    Of the files it keeps the last good ones. Made with the content of `words`, which is that of the files.
    """

    def __init__(
        self,
        flows: Path,
        organisation: Organisation,
        words: Words,
        understanding: Understanding,
        database: Database,
    ) -> None:
        self._flows, self._organisation, self._database = flows, organisation, database
        self._words, self._understanding = words, understanding
        self._written = words.content
        self._changes: Sequence[TextChange] = ()
        self._changes_stamp = NOTHING_WRITTEN
        self._stamp = self._read_from()

    def refresh(self) -> None:
        """Take up what was written anew. The talks go on where they were (decision 0013).

        When the database is not there it raises one of `DATABASE_TROUBLE`, everything stays, and the next call sees it.
        """
        changes_stamp, changes = self._changes_now()
        written = self._files_now()
        if written is self._written and changes is self._changes:
            return
        self._written, self._changes, self._changes_stamp = written, changes, changes_stamp
        self._words.content = self._understanding.content = lay_over(written, changes)
        log.info("content_read", flows=len(written.flows), changed_texts=len(changes))

    def _changes_now(self) -> tuple[tuple[int, int], Sequence[TextChange]]:
        with self._database.reading() as session:
            stamp = text_changes.stamp(session)
            return stamp, self._changes if stamp == self._changes_stamp else text_changes.latest(session)

    def _files_now(self) -> Content:
        """What the files say; as long as they are wrong, what they said last."""
        stamp = self._read_from()
        if stamp == self._stamp:
            return self._written
        self._stamp = stamp
        try:
            content = read_content(self._flows, self._organisation)
            check_placeholders(content, self._written)
            check_services(content, self._words.directory())
            self._understanding.phrases = SafetyPhrases.read(self._flows / "texts")
        except (ContentError, OSError) as wrong:
            log.error("content_refused", problem=str(wrong))
            return self._written
        return content

    def _read_from(self) -> tuple[object, frozenset[str]]:
        """The files, and the services that a text may name: another one is a reason to read everything again."""
        return stamp(self._flows), frozenset(service.key for service in self._words.directory().services)


def check_placeholders(content: Content, running: Content) -> None:
    """Raise `ContentError` for a text with a {placeholder} that nothing fills, or with a brace that stands alone."""
    for language, texts in content.texts.items():
        for key, response in texts.items():
            known = set(MADE) | set(content.slots) | _placeholders_before(running, key)
            for variant in response.variants:
                for name in _placeholders(response.where, variant.text):
                    said = name.startswith("say_") and content.knows(f"utter_{name}")
                    if not said and name not in known:
                        told = f"nothing fills '{{{name}}}' in '{key}' ({language}); take it out or correct its name."
                        raise ContentError(f"{response.where}: {told}")


def check_services(content: Content, directory: Directory) -> None:
    """Raise `ContentError` for a text that names a service which the directory does not have."""
    for key, where in not_there(content, directory):
        raise ContentError(f"{where}: there is no service '{key}' in the directory; add it there, or take it out here.")


def _placeholders_before(running: Content, key: str) -> set[str]:
    """What the code gives to this text is what its words used until now."""
    if not running.knows(key):
        return set()
    response = running.response(key)
    return {name for variant in response.variants for name in _placeholders(response.where, variant.text)}


def _placeholders(where: str, text: str) -> Iterator[str]:
    try:
        yield from (name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError as wrong:
        raise ContentError(f"{where}: write {{ and }} only round the name of a value: {wrong}.") from wrong


def stamp(flows: Path) -> frozenset[tuple[str, int, int]]:
    """Another one when a file was written anew, added or taken away."""
    files = ((str(file), file.stat()) for file in flows.rglob("*.yml"))
    return frozenset((name, found.st_mtime_ns, found.st_size) for name, found in files)
