"""All checks of what the bot asks and says; each problem is a line with file, line and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.content import numbers
from bot.content.directories import described, not_there, read_directories
from bot.content.rules import FILE, read_rules
from bot.content.source import DUTCH, Said, Source, read_source
from bot.content.usage import Usage, read_usage
from bot.content.wording import check_wordings

CALLBACK_BYTES = 64
LONGEST_QUESTION = "q99999:"


def check_content(flows_dir: Path) -> list[str]:
    """The problems in `flows/` and `directory/`, empty when all is well.

    Beside `flows_dir` it reads the Python code that names keys, the names in
    `nlu/data`, and the records of `directory/`. Raises `ContentError` for a
    file that is not YAML, `DirectoryError` for a record that is wrong.
    """
    source = read_source(flows_dir)
    usage = read_usage(flows_dir.parent, source)
    rules = read_rules(flows_dir / "texts" / DUTCH / FILE)
    directories = read_directories(flows_dir.parent / "directory", source.intents)
    return [
        *check_wordings((*source.said, *described(directories)), rules),
        *_keys(source, usage),
        *_buttons(source),
        *_slots(source, usage),
        *numbers.not_certain(source.said, numbers.certain(directories.values())),
        *not_there(source.said, directories),
    ]


def _keys(source: Source, usage: Usage) -> Iterator[str]:
    for key, where in sorted(usage.needed.items()):
        if key not in source.keys:
            yield f"{where}: '{key}' is not there; write it in flows/texts/nl."
    for key in sorted(source.keys):
        if not usage.uses(key):
            yield f"{source.first(key).where()}: '{key}' is not used by a flow or the code; take it out."


def _buttons(source: Source) -> Iterator[str]:
    for said in source.said:
        slot = source.slots.get(said.key.removeprefix("utter_ask_"))
        if slot is None or not said.key.startswith("utter_ask_"):
            continue
        for value in [*(payload for _, payload in said.buttons), *said.synonyms]:
            if slot.values and value not in slot.values:
                yield f"{said.where(value)}: '{value}' is no value of slot '{slot.name}'; add it to flows/slots.yml."
            if len(f"{LONGEST_QUESTION}{value}".encode()) > CALLBACK_BYTES:
                yield f"{said.where(value)}: '{value}' does not fit in a button; use a shorter value."
        yield from _synonyms(said)


def _synonyms(said: Said) -> Iterator[str]:
    """The same words for two answers: the bot would have to guess."""
    owner: dict[str, str] = {}
    for value, words in said.synonyms.items():
        for word in words:
            if owner.setdefault(word, value) != value:
                yield f"{said.where(word)}: '{word}' stands for both '{owner[word]}' and '{value}'; choose one."


def _slots(source: Source, usage: Usage) -> Iterator[str]:
    for slot in source.slots.values():
        if slot.name not in source.filled and slot.name not in usage.literals:
            yield f"{slot.where}: slot '{slot.name}' is never asked or set; take it out."
