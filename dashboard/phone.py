"""How a text looks in Telegram, filled in with examples that are plainly invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from actions.directory import Organisation
from actions.services import Directory
from actions.text_changes import Written
from bot.dialogue.content import DUTCH
from bot.telegram.rendered import arrange
from bot.text_check import SERVICES
from bot.words import Words
from dashboard.texts import Now, Text

EXAMPLES: Mapping[str, str] = {
    "a_day": "2",
    "address": "Voorbeeldstraat 1",
    "also_topics": "schimmel",
    "answers": "12",
    "asked": "Past de pen in de kier?",
    "attachments": "2",
    "away_day": "woensdag 1 december",
    "capacity": "8",
    "choices": "het tocht, of het is koud in huis",
    "chosen": "Ja",
    "closes_time": "17:00",
    "code": "voorbeeld",
    "complex_name": "Voorbeeldflat",
    "contact": "nummer 06 van Sanne",
    "count": "3",
    "day": "24 november 2026",
    "day_1_words": "maandag 23 november",
    "day_2_words": "dinsdag 24 november",
    "day_3_words": "woensdag 25 november",
    "day_4_words": "donderdag 26 november",
    "day_5_words": "vrijdag 27 november",
    "days": "30",
    "ended": "4",
    "first_moment": "dinsdag 24 november, 10 uur",
    "first_name": "Sanne",
    "flows": "tocht",
    "hour": "10",
    "hours": "maandag en dinsdag, 9:00 tot 12:00",
    "hours_days": "maandag en dinsdag",
    "items": "1. Voorbeeld, Smitsveen\n2. Voorbeeld, De Eng",
    "kept": "9",
    "language_name": "Turks",
    "language_names": "Turks, Pools",
    "line": "Het tocht bij het raam.",
    "lines": "1. Huurt een huis.\n2. Het tocht bij het raam.",
    "longest": "5",
    "minutes": "30",
    "more_than": "10",
    "name": "Sanne",
    "notes": "Sanne is er op dinsdag.",
    "number": "12",
    "opens_day": "dinsdag 24 november",
    "opens_time": "9:00",
    "page": "1",
    "pages": "2",
    "pause": "15",
    "professionals": "2",
    "promised_day": "donderdag 26 november",
    "reach_words": "via Telegram",
    "readers": "3",
    "reasons": "Het tocht in huis.",
    "second_moment": "woensdag 25 november, 14 uur",
    "sentence_words": "Ik kom zo.",
    "service_description": "Hulp bij een vraag.",
    "service_facts": "Voorbeeldhulp",
    "service_hours": "maandag, 9:00 tot 12:00",
    "service_name": "Voorbeeldhulp",
    "service_numbers": "een nummer uit de gids",
    "service_url": "voorbeeld.example",
    "shown_moment": "dinsdag 24 november, 10:00",
    "start_moment": "dinsdag 24 november, 10 uur",
    "state": "iemand pakte hem op",
    "summary": "Het tocht bij het raam.",
    "talks": "40",
    "text": "Dag, ik ben Sanne.",
    "third_moment": "vrijdag 27 november, 9 uur",
    "tips": "1. Sluit de gordijnen als het donker is.",
    "title": "Tocht",
    "topic": "tocht",
    "topic_told": "tocht",
    "topics": "tocht",
    "until": "24 december 2026",
    "urgency_told": "gewoon",
    "urgency_words": "gewoon",
    "useful": "8",
    "value": "voorbeeld",
    "waiting": "Dat duurt nu ongeveer 2 dagen.",
    "waiting_from": "2",
    "waiting_to": "4",
    "week_day": "16 november",
    "weeks": "4",
    "whereabouts": "Voorbeeldstraat 1",
    "who": "Sanne",
    "wijk_name": "Smitsveen",
    "wijken": "Smitsveen en De Eng",
    "words": "het tocht",
}
_PLACE = re.compile(r"\{(\w+)\}")
_SAID, LABEL = "say_", "button_"
_DEEP = 3
"""Words that are filled in may hold such words themselves, and those again."""


@dataclass(frozen=True)
class Phone:
    """A bubble, and the rows of buttons below it."""

    text: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Examples:
    """What is filled in for the places of one wording; what is not known stays as it was typed."""

    now: Now
    text: Text
    directory: Directory
    organisation: Organisation
    moment: datetime

    def phone(self, new: Written) -> Phone:
        """The wording with new words, as a resident or somebody of the team would see it."""
        listed = self.text.variant.options[: self.text.variant.listed]
        titles = [*(option.title for option in listed), *new.titles]
        if self.text.wording.key.startswith(LABEL):
            return Phone("", ((self.fill(new.text),),))
        rows = arrange([(self.fill(title), "") for title in titles])
        return Phone(self.fill(new.text), tuple(tuple(title for title, _ in row) for row in rows))

    def fill(self, text: str) -> str:
        for _ in range(_DEEP):
            text = _PLACE.sub(self._example, text)
        return text

    def _example(self, place: re.Match[str]) -> str:
        name = place[1]
        if name == SERVICES:
            return self._services
        key = f"utter_{name}"
        if name.startswith(_SAID) and self.now.content.knows(key):
            given = dict(self.text.variant.conditions)
            return self.now.content.response(key, self.text.wording.language).variant(given).text
        return EXAMPLES.get(name, place[0])

    @cached_property
    def _services(self) -> str:
        """Those of the directory, as they are told today."""
        names = self.organisation.wijk_names()
        words = Words(self.now.content, names, directory=lambda: self.directory, now=lambda: self.moment)
        return words.fill(f"{{{SERVICES}}}", {SERVICES: self.text.variant.services}, DUTCH)
