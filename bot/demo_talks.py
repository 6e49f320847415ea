"""Residents of the demo data: each update goes through the real understanding and the real flows, without Telegram."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from actions import people
from actions.outbox import Message
from actions.sources import LINK_PREFIX
from bot import demo_world as world
from bot.dialogue.content import Content
from bot.dialogue.conversation import Conversation, Heard, Question
from bot.incoming import Incoming, Kind
from bot.resident import Resident
from bot.understanding.masking import mask
from bot.understanding.rasa import Meaning, Parsed
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.visit import Visit
from bot.words import Words
from store.tables import Outgoing, Person, Talk

SURE, UNSURE = 0.93, 0.12
MUMBLES, TYPES_ANSWER = 0.045, 0.08
"""How often somebody types what nobody understands, or types the words of a button in place of pressing it."""
MOST_STEPS = 40
SECOND_TOPIC = 0.15
WIJK_UNKNOWN = 0.05
MENU_CHOICE = "menu_choice"
MEANINGS = {text: intent for intent, texts in world.SENTENCES.items() for text in texts}


class KnownMeanings:
    """Stands in for Rasa: knows what the invented sentences mean, and of others that it is not sure."""

    async def parse(self, text: str) -> Parsed:
        intent = MEANINGS.get(text)
        return Parsed((Meaning(intent, SURE),) if intent else (Meaning("thank", UNSURE),))


@dataclass(frozen=True)
class Household:
    """Who talks: a chat that is nobody's, where they live, and the poster by which they came, if any."""

    chat_id: int
    name: str
    wijk: str
    poster: str = ""


@dataclass
class Talks:
    """Plays talks; `run` drives what is asynchronous, because the real thing waits for Rasa."""

    words: Words
    phrases: SafetyPhrases
    random: Random
    runner: asyncio.Runner
    updates: Any = field(default_factory=lambda: itertools.count(world.NOBODY))

    def __post_init__(self) -> None:
        self.resident = Resident(self.words)
        self.understanding = Understanding(self.content, self.phrases, KnownMeanings())  # type: ignore[arg-type]

    @property
    def content(self) -> Content:
        return self.words.content

    def begin(self, session: Session, at: datetime, who: Household, topic: str) -> None:
        """Somebody comes with a topic, by a poster, by the name of the bot, or with a sentence."""
        by_button = topic in world.MENU and self.random.random() < 0.7
        talk = _Talk(self, session, at, who, topic)
        talk.says(f"/start {LINK_PREFIX}{who.poster}" if who.poster else "/start" if by_button else self._words(topic))
        if who.poster and not by_button:
            talk.answers_until("consent")
            talk.says(self._words(topic))
        talk.goes_on()

    def follow_up(self, session: Session, at: datetime, who: Household, asked: Outgoing) -> None:
        """Somebody answers a question that was sent on its own, and goes on with what comes of it."""
        message = Message.from_json(asked.content)
        offered = self.content.response(message.key).variant(message.values).offered(message.values)
        slot = message.key.removeprefix("utter_ask_")
        value = self.chosen(slot, [one.value for one in offered])
        talk = _Talk(self, session, at, who, "")
        talk.sends(kind=Kind.PRESS, data=f"f:{message.opens}:{value}", message_id=asked.id)
        talk.goes_on()

    def chosen(self, slot: str, offered: Sequence[str]) -> str:
        """One of the answers that are offered, as often as people give it."""
        weights = world.ANSWERS.get(slot, {})
        return self.random.choices(offered, [weights.get(value, 1.0) for value in offered])[0]

    def _words(self, topic: str) -> str:
        return self.random.choice(world.SENTENCES[topic])

    def handle(self, session: Session, at: datetime, person: Person, incoming: Incoming) -> None:
        """One update, as `bot.conversations` handles it."""
        talk = session.get(Talk, person.id)
        before = Conversation.from_json(talk.state) if talk else Conversation()
        heard: Heard = self.runner.run(self.understanding.understand(incoming, before, at))
        self.resident.handle(Visit(session, at, person, talk, before, incoming, heard))


@dataclass
class _Talk:
    """One sitting of somebody at their telephone."""

    talks: Talks
    session: Session
    at: datetime
    who: Household
    topic: str
    more: bool = True

    def __post_init__(self) -> None:
        self.person = people.find_or_create(self.session, self.at, self.who.chat_id, self.who.name)

    def says(self, text: str) -> None:
        cut, masked = mask(text)
        self.sends(kind=Kind.TEXT, text=cut, masked=masked)

    def sends(self, **what: Any) -> None:
        self.at += timedelta(seconds=self.talks.random.randint(8, 50))
        number = next(self.talks.updates)
        given = {"message_id": number, **what}
        update = Incoming(update_id=number, chat_id=self.who.chat_id, first_name=self.who.name, **given)
        self.talks.handle(self.session, self.at, self.person, update)

    def answers_until(self, slot: str) -> None:
        """Answer that question, when it is the open one."""
        question = self._state().open
        if question is not None and question.slot == slot:
            self._answer(question)

    def goes_on(self) -> None:
        """Answer question after question, until there is none, or the telephone is put away."""
        for _ in range(MOST_STEPS):
            question = self._state().open
            if question is None or self._leaves(question.slot):
                return
            self._answer(question)

    def _leaves(self, slot: str) -> bool:
        if slot == MENU_CHOICE and not self.topic:
            self.more = self.more and self.talks.random.random() < SECOND_TOPIC
            return not self.more
        return self.talks.random.random() < world.LEAVES.get(slot, world.LEAVES_ELSEWHERE)

    def _answer(self, question: Question) -> None:
        if self.talks.random.random() < MUMBLES:
            self.says(self.talks.random.choice(world.UNCLEAR))
            again = self._state().open
            if again is None or again.slot != question.slot:
                return
            question = again
        if question.slot in world.TYPED:
            return self.says(world.TYPED[question.slot])
        return self._press_or_type(question)

    def _press_or_type(self, question: Question) -> None:
        slots = self._state().slots
        variant = self.talks.content.response(f"utter_ask_{question.slot}").variant(slots)
        labels = {option.value: option.title for option in variant.offered(slots)}
        value = self._value(question.slot, labels)
        if self.talks.random.random() < TYPES_ANSWER and "{" not in labels[value]:
            return self.says(labels[value])
        return self.sends(kind=Kind.PRESS, data=f"q{question.number}:{value}")

    def _value(self, slot: str, offered: Mapping[str, str]) -> str:
        if slot == MENU_CHOICE and self.topic:
            wanted, self.topic = world.MENU.get(self.topic, "human"), ""
            return wanted
        if slot == "wijk" and self.talks.random.random() > WIJK_UNKNOWN:
            return self.who.wijk
        return self.talks.chosen(slot, list(offered))

    def _state(self) -> Conversation:
        talk = self.session.get(Talk, self.person.id)
        return Conversation.from_json(talk.state) if talk else Conversation()
