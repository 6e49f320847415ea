"""Turns a message (key and values) into words and buttons, at the moment it is sent (decision 0014)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.outbox import Button, Message
from bot.dialogue.content import Content
from bot.telegram.rendered import Rendered, arrange


@dataclass(frozen=True)
class Words:
    """The texts of one installation."""

    content: Content
    wijk_names: Mapping[str, str]

    def render(self, message: Message) -> Rendered:
        """The text and the rows of (label, data); raises `KeyError` for a key or placeholder that is not there."""
        variant = self.content.response(message.key, message.language).variant(message.values)
        text = self.fill(variant.text, message.values, message.language)
        options = [(option.title, f"q{message.question}:{option.value}") for option in variant.offered(message.values)]
        rows = arrange(options) if message.question is not None else ()
        own = tuple(tuple(self._label(button, message.language) for button in row) for row in message.buttons)
        return Rendered(text=text, rows=rows + own)

    def fill(self, text: str, values: Mapping[str, Any], language: str) -> str:
        """Put values into a text; `{say_x}` is the wording of slot x, `{lines}` the numbered lines of a summary."""
        return text.format_map(_Filling(self, values, language))

    def lines(self, keys: tuple[str, ...], values: Mapping[str, Any], language: str) -> str:
        """The wording of summary lines, one below the other."""
        return "\n".join(self.say(key, values, language) for key in keys)

    def say(self, key: str, values: Mapping[str, Any], language: str = "nl") -> str:
        variant = self.content.response(key, language).variant(values)
        return self.fill(variant.text, values, language)

    def _label(self, button: Button, language: str) -> tuple[str, str]:
        return self.say(button.label, button.values, language), button.data


class _Filling(dict[str, Any]):
    """Looks up what stands between braces: a value, the wording of a value, or something made from values."""

    def __init__(self, words: Words, values: Mapping[str, Any], language: str) -> None:
        super().__init__(values)
        self.words, self.language = words, language

    def __getitem__(self, name: str) -> Any:
        made = _MADE.get(name)
        return made(self) if made else super().__getitem__(name)

    def __missing__(self, name: str) -> str:
        if name.startswith("say_"):
            return self.say(f"utter_{name}")
        raise KeyError(name)

    def say(self, key: str) -> str:
        return self.words.say(key, dict(self), self.language)

    def lines(self) -> str:
        said = [self.say(key) for key in self.get("line_keys", ())]
        return "\n".join(f"{number}. {line}" for number, line in enumerate(said, start=1))

    def choices(self) -> str:
        """The one or two things that somebody may have meant, on one line."""
        variant = self.words.content.response("utter_ask_meant", self.language).variants[0]
        titles = [option.title for option in variant.offered(self) if option.value not in variant.always]
        return f", {self.say('utter_or')} ".join(title[0].lower() + title[1:] for title in titles)

    def wijk(self) -> str:
        return self.words.wijk_names.get(str(self.get("wijk"))) or self.say("utter_another_wijk")

    def topics(self) -> str:
        return ", ".join(self.say(f"utter_topic_{intent}") for intent in self.get("topics", ()))


_MADE: Mapping[str, Callable[[_Filling], str]] = {
    "choices": _Filling.choices,
    "lines": _Filling.lines,
    "topics": _Filling.topics,
    "topic": lambda filling: filling.say(f"utter_topic_{filling.get('kept_topic')}"),
    "asked": lambda filling: filling.say(str(filling.get("asked_key"))),
    "wijk_name": _Filling.wijk,
    "urgency_words": lambda filling: filling.say("utter_say_urgency"),
    "reach_words": lambda filling: filling.say("utter_say_reach"),
}
