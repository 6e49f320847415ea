"""What the bot says: responses in Rasa's domain format, read and chosen by condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.yaml_lines import ContentError, LocatedDict, LocatedList, line_of


@dataclass(frozen=True)
class Option:
    """An answer that can be pressed: what stands on the button, and the slot's value."""

    title: str
    value: str


@dataclass(frozen=True)
class Line:
    """A line of a summary: the response that words it and the slots that it rests on."""

    key: str
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """Typed numbers from `low` to `high`, both included, and the slot's value that they stand for."""

    value: str
    low: float
    high: float


@dataclass(frozen=True)
class Variant:
    """One wording, used when its conditions hold.

    `bands` read typed numbers. `several` says what an answer with more than one value means: `first` the first
    one that is named, otherwise a value of its own. `only` names a slot with a list of values: their options
    alone are offered, in that order, and after them those that `always` names. `means` holds, for a value, the
    intents that stand for it while this is asked. `services` are records of the directory, for `{services}`.
    `hear` are the values that a sentence which begins the flow may give already. `listed` is how many of the
    options, the first ones, come from data. `changed`: somebody wrote it on the web page, over the words of the file.
    """

    text: str
    conditions: tuple[tuple[str, Any], ...] = ()
    options: tuple[Option, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    options_from: str = ""
    bands: tuple[Band, ...] = ()
    several: str = ""
    only: str = ""
    always: tuple[str, ...] = ()
    means: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    hear: tuple[str, ...] = ()
    listed: int = 0
    changed: bool = False

    @property
    def own_titles(self) -> tuple[str, ...]:
        """The words on the buttons that stand in the texts, in their order."""
        return tuple(option.title for option in self.options[self.listed :])

    def meant_by(self, intent: str) -> str | None:
        """The value that an intent stands for, if any."""
        return next((value for value, intents in self.means.items() if intent in intents), None)

    def offered(self, slots: Mapping[str, Any]) -> tuple[Option, ...]:
        """The options that are offered for these slots."""
        if not self.only:
            return self.options
        known = {option.value: option for option in self.options}
        wanted = (*(slots.get(self.only) or ()), *self.always)
        return tuple(known[value] for value in wanted if value in known)

    def holds(self, slots: Mapping[str, Any]) -> bool:
        return all(slots.get(name) == value for name, value in self.conditions)


@dataclass(frozen=True)
class Response:
    """All wordings under one key, and where they stand."""

    key: str
    variants: tuple[Variant, ...]
    where: str

    def variant(self, slots: Mapping[str, Any]) -> Variant:
        """The first variant whose conditions hold, else the last one."""
        return next((variant for variant in self.variants if variant.holds(slots)), self.variants[-1])

    @property
    def is_always_the_same(self) -> bool:
        """Whether the words and the options depend on nothing."""
        only = self.variants[0]
        return len(self.variants) == 1 and "{" not in only.text and not (only.only or only.options_from)

    @property
    def is_of_the_file(self) -> bool:
        """Whether nobody changed a word of it on the web page: what was spoken in says the same."""
        return not any(variant.changed for variant in self.variants)


def read_response(file: Path, key: str, source: Any, lists: Mapping[str, tuple[Option, ...]]) -> Response:
    """A response; `lists` has the options that come from data. Raises `ContentError`."""
    if not isinstance(source, LocatedList) or not source:
        raise ContentError(f"{file}:{line_of(source)}: '{key}' must be a list with at least one '- text:'.")
    variants = tuple(_variant(file, key, entry, lists) for entry in source)
    return Response(key, variants, f"{file}:{source.line}")


def _variant(file: Path, key: str, source: Any, lists: Mapping[str, tuple[Option, ...]]) -> Variant:
    if not isinstance(source, LocatedDict) or not isinstance(source.get("text"), str):
        raise ContentError(f"{file}:{line_of(source)}: '{key}' needs 'text:' with words.")
    metadata = source.get("metadata", {})
    listed = metadata.get("options", "")
    if listed and listed not in lists:
        raise ContentError(f"{file}:{line_of(source)}: there is no list '{listed}'; known are {', '.join(lists)}.")
    if metadata.get("services") and "{services}" not in source["text"]:
        raise ContentError(f"{file}:{line_of(source)}: '{key}' names services; write {{services}} in its text.")
    own = tuple(Option(button["title"], str(button["payload"])) for button in source.get("buttons", ()))
    return Variant(
        text=source["text"].strip(),
        conditions=tuple((when["name"], when["value"]) for when in source.get("condition", ())),
        options=lists.get(listed, ()) + own,
        synonyms={value: tuple(words) for value, words in metadata.get("synonyms", {}).items()},
        lines=tuple(Line(line["text"], tuple(line["slots"])) for line in metadata.get("lines", ())),
        options_from=listed,
        bands=tuple(Band(value, *limits) for value, limits in metadata.get("numbers", {}).items()),
        several=metadata.get("several", ""),
        only=metadata.get("only", ""),
        always=tuple(metadata.get("always", ())),
        means={value: tuple(intents) for value, intents in metadata.get("means", {}).items()},
        services=tuple(metadata.get("services", ())),
        hear=tuple(metadata.get("hear", ())),
        listed=len(lists.get(listed, ())),
    )
