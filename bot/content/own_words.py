"""The words that coordinators ban, in a file of their own that an update of the product leaves alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from bot.content.phrases import found_in
from bot.content.rules import FILE, OWN_FILE, Breach, Rules, read_own, read_rules
from bot.content.source import Said
from bot.content.wording import FOR_MACHINES, read_by_people, told
from store.yaml_lines import ContentError

_BEGINNING = """\
# Words that nobody should read here. On the right: what to write. `wijkwijzer words ban` adds a line.
never:
"""


def ban(folder: Path, words: str, instead: str) -> None:
    """Add `words` to `wordrules_own.yml` in `folder`, with what to write; raises `ContentError` and changes nothing.

    Refused are words that are banned already, words that a remedy of the lists uses, and a remedy with banned words.
    """
    words, instead = " ".join(words.lower().split()), " ".join(instead.split())
    rules = read_rules(folder / FILE)
    _refuse(words, instead, rules)
    _append(folder / OWN_FILE, words, instead)


def broken_by(words: str, instead: str, texts: Sequence[Said]) -> Iterator[str]:
    """A line for each text that uses the words."""
    for said in texts:
        if said.key.startswith(FOR_MACHINES):
            continue
        found = (found_in(text, {words: instead}) for text in read_by_people(said))
        excerpts = dict.fromkeys(excerpt for pairs in found for excerpt, _ in pairs)
        yield from (told(said, Breach("word to avoid", excerpt, f"write: {instead}")) for excerpt in excerpts)


def _refuse(words: str, instead: str, rules: Rules) -> None:
    for given in (words, instead):
        if not any(letter.isalpha() for letter in given):
            raise ContentError(f"'{given}' holds no word; give the word to ban and what to write instead.")
    for banned, remedy in found_in(words, rules.never):
        raise ContentError(f"'{banned}' is banned already; the list says to write: {remedy}.")
    for banned, remedy in found_in(instead, rules.never):
        raise ContentError(f"'{instead}' holds '{banned}', which is banned itself; write: {remedy}.")
    if any(found_in(instead, {words: instead})):
        raise ContentError(f"'{instead}' holds '{words}' itself; say it with other words.")
    for avoided, remedy in _remedies(rules):
        if any(found_in(remedy, {words: instead})):
            raise ContentError(f"'{words}' is needed: the list says to write '{remedy}' for '{avoided}'.")


def _remedies(rules: Rules) -> Iterator[tuple[str, str]]:
    for listed in (rules.never, rules.numerals, rules.short, rules.signs):
        yield from listed.items()


def _append(file: Path, words: str, instead: str) -> None:
    """Write the line below the others, with their indentation; the old file stays until the new one is read well."""
    before = file.read_text(encoding="utf-8") if file.exists() else _BEGINNING
    expected = {**read_own(file), words: instead}
    line = yaml.safe_dump({words: instead}, allow_unicode=True, width=10_000)
    draft = file.with_suffix(".new")
    draft.write_text(f"{before.rstrip()}\n{_indentation(before)}{line}", encoding="utf-8")
    try:
        found = read_own(draft)
    except ContentError:
        found = {}
    if found != expected:
        draft.unlink()
        raise ContentError(f"{file}:1: write each word on a line of its own below 'never:', then try again.")
    draft.replace(file)


def _indentation(text: str) -> str:
    inside = (line for line in text.splitlines() if line[:1] == " " and line.strip()[:1] not in ("", "#"))
    first = next(inside, "  x")
    return first[: len(first) - len(first.lstrip())]
