"""One update of a resident, and what it comes into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from actions.outbox import Message, queue
from bot.dialogue.conversation import Conversation, Heard
from bot.incoming import Incoming
from store.tables import Person, Talk


@dataclass(frozen=True)
class Visit:
    """One update of a resident within its transaction: who, when, and the talk that it comes into."""

    session: Session
    now: datetime
    person: Person
    talk: Talk | None
    conversation: Conversation
    incoming: Incoming
    heard: Heard

    def say(self, message: Message, subject: str | None = None) -> None:
        queue(self.session, self.now, self.person.chat_id, message, subject=subject)

    def keep(self, conversation: Conversation) -> None:
        """Store the talk as it is now."""
        talk = self.talk
        if talk is None:
            talk = Talk(person_id=self.person.id, version=0)
            self.session.add(talk)
        self.person.language = conversation.language
        talk.state, talk.updated_at, talk.version = conversation.as_json(), self.now, talk.version + 1
        talk.unkept = conversation.unkept

    @property
    def person_keeps_nothing(self) -> bool:
        """Whether the person said no to keeping answers, or has not been asked yet."""
        return self.conversation.slots.get("consent") != "yes"
