"""A wijk with people in it, for tests of what the organisation does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import handoffs, people, team
from actions.handoffs import Wish
from actions.outbox import Message
from store.tables import Member, Outgoing, OutgoingState, Person, Request, RequestChange, Role, Urgency
from tests.talks import START

WISH = Wish("smitsveen", ("draught",), Urgency.NORMAL, "here", "own_wijk", "Huurt van Portaal.")


@dataclass
class Wijk:
    """What tests do with a database, in one transaction."""

    session: Session
    now: datetime = START
    chats: int = 0

    def person(self, name: str = "Voorbeeld") -> Person:
        self.chats += 1
        return people.find_or_create(self.session, self.now, 1000 + self.chats, name)

    def member(self, name: str, wijk: str | None = "smitsveen", role: Role = Role.WIJKVERBINDER) -> Member:
        payload = team.invite(self.session, self.now, name, role, wijk).payload
        joined = team.join(self.session, self.now, self.person(name), payload)
        assert isinstance(joined, Member)
        return joined

    def request(self, wish: Wish = WISH, person: Person | None = None) -> Request:
        return handoffs.request(self.session, self.now, person or self.person(), wish).request

    def told(self, person: Person | Member | None) -> list[str]:
        """The keys that wait for somebody, in order."""
        chat = person.chat_id if isinstance(person, Person) else person.person.chat_id  # type: ignore[union-attr]
        waits = select(Outgoing).where(Outgoing.chat_id == chat, Outgoing.state != OutgoingState.WITHDRAWN)
        return [Message.from_json(row.content).key for row in self.session.scalars(waits.order_by(Outgoing.id))]

    def deliver(self) -> None:
        for row in self.session.scalars(select(Outgoing).where(Outgoing.state == OutgoingState.WAITING)):
            row.state, row.telegram_message_id, row.sent_at = OutgoingState.SENT, row.id, self.now

    def changes(self, request: Request) -> Sequence[str]:
        noted = select(RequestChange.change).where(RequestChange.request_id == request.id).order_by(RequestChange.id)
        return list(self.session.scalars(noted))
