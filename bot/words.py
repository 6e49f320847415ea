"""Turns a message (key and values) into words and buttons, at the moment it is sent (decision 0014)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from babel import Locale
from babel.dates import format_datetime

from actions import monday_picture, working_time
from actions.calendar_files import event_file
from actions.directory import Complex
from actions.opening_hours import AMSTERDAM, local_day
from actions.outbox import Button, Message
from actions.services import Directory
from actions.terms import LONGEST, Terms
from bot import service_words
from bot.dialogue.content import DUTCH, Content
from bot.dialogue.responses import Variant
from bot.speaking.reading import Spoken, read_out
from bot.telegram.rendered import Rendered, arrange
from store.clock import Clock

LISTEN_DATA = ":!listen"
FILE_ENCODING = "utf-8-sig"
"""With a mark at the beginning, by which telephones and computers know how to read it."""
DAY, DATE, MOMENT = "EEEE d MMMM", "d MMMM", "EEEE d MMMM, H:mm"
HOUR, MINUTE = "EEEE d MMMM, H 'uur'", "EEEE d MMMM, H.mm 'uur'"


@dataclass
class Words:
    """The texts of one installation, and what they name: wijken, terms, and the services as they are at the moment.

    `content` is replaced while the bot runs, when somebody writes a text anew.
    """

    content: Content
    wijk_names: Mapping[str, str]
    directory: Callable[[], Directory] = Directory
    now: Callable[[], datetime] = Clock().now
    complexes: tuple[Complex, ...] = ()
    terms: Terms = field(default_factory=lambda: LONGEST)

    def render(self, message: Message) -> Rendered:
        """The text and the rows of (label, data); raises `KeyError` for a key or placeholder that is not there."""
        variant = self.content.response(message.key, message.language).variant(message.values)
        asked = f"q{message.question}" if message.question is not None else message.opens and f"f:{message.opens}"
        found_in = self._found_in(message.key, message.language)
        text = self._worded(variant, message.values, found_in)
        options = [
            (self.fill(option.title, message.values, found_in), f"{asked}:{option.value}")
            for option in variant.offered(message.values)
        ]
        rows = arrange(options) if asked else ()
        own = tuple(tuple(self._label(button, message.language) for button in row) for row in message.buttons)
        aloud = tuple(self._spoken(said) for said in message.aloud)
        summary = partial(self.say, "calendar_summary")
        calendar = event_file(message.calendar, summary) if message.calendar else b""
        picture = monday_picture.picture(message.picture, self.say) if message.picture else None
        document = message.document.encode(FILE_ENCODING) if message.document else b""
        return Rendered(text, rows + own, aloud=aloud, calendar=calendar, picture=picture, document=document)

    def _spoken(self, said: Message) -> Spoken:
        """A message as it is read aloud, with its buttons; in Dutch where it is not there in its own language."""
        language = self._found_in(said.key, said.language)
        shown = self.render(replace(said, language=language))
        titles = [title for row in shown.rows for title, data in row if not data.endswith(LISTEN_DATA)]
        choices = (self.say("utter_listen_choices", {}, language), *titles) if titles else ()
        text = read_out((*shown.text.splitlines(), *choices))
        response = self.content.response(said.key, language)
        recorded_as = said.key if response.is_always_the_same and response.is_of_the_file else ""
        return Spoken(text, language, recorded_as)

    def fill(self, text: str, values: Mapping[str, Any], language: str) -> str:
        """Put values into a text; `{say_x}` is the wording of slot x, `{lines}` the numbered lines of a summary."""
        return text.format_map(_Filling(self, values, language))

    def lines(self, keys: tuple[str, ...], values: Mapping[str, Any], language: str) -> str:
        """The wording of summary lines, one below the other."""
        return "\n".join(self.say(key, values, language) for key in keys)

    def say(self, key: str, values: Mapping[str, Any], language: str = "nl") -> str:
        """The wording of a response; pieces of it that have no words leave no gap."""
        variant = self.content.response(key, language).variant(values)
        worded = self._worded(variant, values, self._found_in(key, language))
        return "\n".join(" ".join(line.split()) for line in worded.split("\n"))

    def _found_in(self, key: str, language: str) -> str:
        """That language, if the response is there in it; else Dutch, and so is what it is filled with."""
        return language if key in self.content.texts.get(language, {}) else DUTCH

    def _worded(self, variant: Variant, values: Mapping[str, Any], language: str) -> str:
        named = {"services": variant.services} if variant.services else {}
        return self.fill(variant.text, {**values, **named}, language)

    def _label(self, button: Button, language: str) -> tuple[str, str]:
        return self.say(button.label, button.values, language), button.data


class _Filling(dict[str, Any]):
    """Looks up what stands between braces: a value, the wording of a value, or something made from values."""

    def __init__(self, words: Words, values: Mapping[str, Any], language: str) -> None:
        super().__init__(values)
        self.words, self.language = words, language

    def __getitem__(self, name: str) -> Any:
        made = MADE.get(name)
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

    def tips(self) -> str:
        return "\n".join(f"{number}. {self.say(key)}" for number, key in enumerate(self.get("tips", ()), start=1))

    def also_topics(self) -> str:
        return ", ".join(self.say(f"utter_topic_{intent}") for intent in self.get("also", ()))

    def choices(self) -> str:
        """The one or two things that somebody may have meant, on one line."""
        variant = self.words.content.response("utter_ask_meant", self.language).variants[0]
        titles = [option.title for option in variant.offered(self) if option.value not in variant.always]
        return f", {self.say('utter_or')} ".join(title[0].lower() + title[1:] for title in titles)

    def wijk(self) -> str:
        return self.words.wijk_names.get(str(self.get("wijk"))) or self.say("utter_another_wijk")

    def complex(self) -> str:
        """How a flat is called; one that is no longer in the directory is given as it stands."""
        key = str(self.get("complex"))
        return next((one.name for one in self.words.complexes if one.key == key), key)

    def listed(self) -> str:
        """A line for each thing in a list, by the wording of `item_key`."""
        return "\n".join(self.words.say(str(self["item_key"]), item, self.language) for item in self.get("items", ()))

    def moment(self, name: str, pattern: str) -> str:
        """A moment or day that is kept as ISO text, in words; nothing when there is none."""
        kept = str(self.get(name) or "")
        if not kept:
            return ""
        at = datetime.fromisoformat(kept)
        local = at.astimezone(AMSTERDAM) if at.tzinfo else at
        return format_datetime(local, pattern, tzinfo=None, locale=self.language)

    def time(self, name: str) -> str:
        """When something begins: "dinsdag 24 november, 10 uur"; nothing when it is not known."""
        kept = str(self.get(name) or "")
        whole = not kept or datetime.fromisoformat(kept).minute == 0
        return self.moment(name, HOUR if whole else MINUTE)

    def languages(self) -> str:
        """The names of languages, or that there are none."""
        names = [Locale(DUTCH).languages[code] for code in self.get("languages", ())]
        return ", ".join(names) or self.say("utter_none")

    def waiting(self) -> str:
        """How long it takes now, as far as that is known, and until when at most."""
        first, last = self.get("waiting_from"), self.get("waiting_to")
        if not self.get("promised"):
            return self.say("utter_waiting_no_day")
        if not first or (first == "0" and not last):  # that it takes at least a part of today says nothing
            return self.say("utter_waiting_unknown")
        if int(last or first) > self.working_days_promised():
            return self.say("utter_waiting_late")
        if not last:
            return self.say("utter_waiting_at_least")
        return self.say("utter_waiting_one" if first == last else "utter_waiting_range")

    def working_days_promised(self) -> int:
        """On which working day after today it was promised; 0 is today, as in `actions.waiting_time`."""
        today, promised = (local_day(at) for at in (self.words.now(), datetime.fromisoformat(self["promised"])))
        worked = working_time.between(working_time.OFFICE, _end_of(today), _end_of(promised))
        return worked // working_time.DAY

    def topics(self) -> str:
        return ", ".join(self.say(f"utter_topic_{intent}") for intent in self.get("topics", ()))


def _end_of(day: date) -> datetime:
    """The midnight in the Netherlands at which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), AMSTERDAM)


MADE: Mapping[str, Callable[[_Filling], str]] = {
    "choices": _Filling.choices,
    "lines": _Filling.lines,
    "line": lambda filling: filling.say(str(filling.get("changing"))),
    "tips": _Filling.tips,
    "also_topics": _Filling.also_topics,
    "topics": _Filling.topics,
    "services": lambda filling: service_words.services(filling.words, filling, filling.language),
    "service_facts": lambda filling: service_words.facts(filling.words, filling, filling.language),
    "topic": lambda filling: filling.say(f"utter_topic_{filling.get('kept_topic')}"),
    "asked": lambda filling: filling.say(str(filling.get("asked_key"))),
    "wijk_name": _Filling.wijk,
    "complex_name": _Filling.complex,
    "items": _Filling.listed,
    "promised_day": lambda filling: filling.moment("promised", DAY),
    "away_day": lambda filling: filling.moment("day", DAY),
    "week_day": lambda filling: filling.moment("week", DATE),
    "shown_moment": lambda filling: filling.moment("shown_at", MOMENT),
    "start_moment": lambda filling: filling.time("starts"),
    "first_moment": lambda filling: filling.time("time_first"),
    "second_moment": lambda filling: filling.time("time_second"),
    "third_moment": lambda filling: filling.time("time_third"),
    "day_1_words": lambda filling: filling.moment("day_1", DAY),
    "day_2_words": lambda filling: filling.moment("day_2", DAY),
    "day_3_words": lambda filling: filling.moment("day_3", DAY),
    "day_4_words": lambda filling: filling.moment("day_4", DAY),
    "day_5_words": lambda filling: filling.moment("day_5", DAY),
    "language_names": _Filling.languages,
    "language_name": lambda filling: Locale(DUTCH).languages[str(filling.get("speaks"))],
    "waiting": _Filling.waiting,
    "sentence_words": lambda filling: filling.say(f"utter_sentence_{filling.get('sentence')}"),
    "reasons": lambda filling: "\n".join(filling.words.content.triage.reason(row) for row in filling.get("why", ())),
    "urgency_words": lambda filling: filling.say("utter_say_urgency"),
    "reach_words": lambda filling: filling.say("utter_say_reach"),
}
