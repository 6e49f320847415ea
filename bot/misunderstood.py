"""Misunderstood sentences for who reviews them: on the screen, and as files in the form of `nlu/data`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from actions.misunderstood import IGNORED, MARKS, NEW
from bot.understanding.masking import MASK
from bot.understanding.safety import normalised
from bot.understanding.traces import without_traces
from store.settings import ROOT
from store.tables import Misunderstood

DATA = ROOT / "nlu" / "data"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NUMBER, ADDRESS = "nummer", "adres"
# A postcode, or four digits and more, however they are spaced: amounts and years too, which teach nothing.
_NUMBER = re.compile(rf"\d{{4}}\s?[A-Z]{{2}}\b|\d{{4}}[a-z]{{2}}\b|\+?\(?\d(?:[ .,/()\-]*\d){{3,}}|{MASK}")
_ADDRESS = re.compile(r"\S*@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKUP = str.maketrans("[]{}", "()()")  # Rasa reads square and curly brackets as entities
HEAD = 'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n'


class ReviewError(ValueError):
    """The command cannot be carried out; the message says what to do instead."""


@dataclass(frozen=True)
class Written:
    """How many sentences were written, and how many left out because they are known already or nothing is left."""

    sentences: int
    left_out: int


def lines_of(row: Misunderstood) -> tuple[str, str]:
    """What happened, and what was said, for the screen."""
    shown, guess = ", ".join(row.shown), ", ".join(intent for intent, _ in row.intents[:2])
    facts = {"guess": guess, "shown": shown, "chosen": row.chosen, "asked": row.open_slot, "language": row.language}
    told = "  ".join(f"{name}: {value or '-'}" for name, value in {**facts, "label": row.label}.items())
    day = f"{row.at.astimezone(AMSTERDAM):%d-%m-%Y}"
    return f"{row.id:5} {day} {row.why.value:9}  {told}", f"      {_one_line(row.text)}"


def intents(data: Path) -> list[str]:
    """What a sentence can mean: one for each file of `nlu/data`."""
    return sorted(file.stem for file in data.glob("*.yml"))


def known_label(name: str, data: Path) -> str:
    """The name, when it is an intent or a mark; raises `ReviewError` with those that there are."""
    names = intents(data)
    if name not in names and name not in MARKS:
        others = f"none (which takes the label away), {NEW} (there is no topic for it), {IGNORED} (of no use)"
        raise ReviewError(f"INTENT must be {others} or one of: {', '.join(names)}")
    return name


def write_for_review(folder: Path, rows: Sequence[Misunderstood], data: Path) -> Written:
    """Write a file for each label, readable by their owner alone; never over another file and never into `data`."""
    if folder.resolve().is_relative_to(data.resolve()):
        raise ReviewError(f"{folder} is what the bot learns from. Choose another folder, and copy after reading.")
    new = new_sentences(rows, data)
    texts = {folder / name: text for name, text in as_files(new).items()}
    for file in texts:
        if file.exists():
            raise ReviewError(f"{file} exists already; choose another folder.")
    try:
        _write(folder, texts)
    except OSError as wrong:
        raise ReviewError(f"{folder} cannot be written: {wrong.strerror}.") from wrong
    count = sum(map(len, new.values()))
    return Written(count, len(rows) - count)


def new_sentences(rows: Iterable[Misunderstood], data: Path) -> dict[str, list[str]]:
    """By intent, without numbers, those that do not stand in `data` under any intent. Marks are left out."""
    seen = set(_known(_stamp(data)))
    found: dict[str, list[str]] = {}
    for row in rows:
        sentence = without_numbers(row.text)
        if row.label and row.label not in MARKS and sentence and _bare(sentence) not in seen:
            seen.add(_bare(sentence))
            found.setdefault(row.label, []).append(sentence)
    return found


def as_files(sentences: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The files of `nlu/data` that hold these, by their name."""
    return {f"{intent}.yml": _as_nlu(intent, lines) for intent, lines in sentences.items()}


def without_numbers(text: str) -> str:
    """One line without what points to a person, other numbers, and marks that Rasa would read as more than text."""
    plain = without_traces(_ADDRESS.sub(ADDRESS, _one_line(text)))
    return _NUMBER.sub(NUMBER, plain).translate(_MARKUP).lstrip("- ").strip()


def _write(folder: Path, texts: Mapping[Path, str]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file, text in texts.items():
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")


def _stamp(data: Path) -> tuple[tuple[Path, int], ...]:
    """Another one when a file of `data` was written anew."""
    return tuple((file, file.stat().st_mtime_ns) for file in sorted(data.glob("*.yml")))


@lru_cache(maxsize=1)
def _known(stamp: tuple[tuple[Path, int], ...]) -> frozenset[str]:
    """What stands in these files; kept, as ten thousand sentences take a while to read."""
    return frozenset(_bare(sentence) for file, _ in stamp for sentence in _sentences(file))


def _sentences(file: Path) -> list[str]:
    entries = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
    lines = [line for entry in entries for line in entry["examples"].splitlines()]
    return [line.removeprefix("- ").strip() for line in lines]


def _as_nlu(intent: str, sentences: Iterable[str]) -> str:
    return HEAD.format(intent=intent) + "".join(f"    - {sentence}\n" for sentence in sentences)


def _one_line(text: str) -> str:
    """Without line ends and control characters, which could steer a terminal or break a file."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _bare(sentence: str) -> str:
    """What a reader would call the same sentence."""
    return normalised(sentence) or sentence
