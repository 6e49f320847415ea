"""A wijk with people in it, for tests of what the organisation does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import closing, handoffs, people, relay, routing, silence, team
from actions.handoffs import Claim, Wish
from actions.opening_hours import AMSTERDAM
from actions.outbox import Message
from actions.request_states import HELD
from store.states import OfferAnswer, Outcome, OutgoingState, PromiseState, RequestState, Role, Rule, Urgency
from store.tables import Member, Offer, Outgoing, Person, Promise, Request, RequestChange
from tests.talks import START

WISH = Wish("smitsveen", ("draught",), Urgency.NORMAL, "here", "own_wijk", "Huurt van Portaal.")


def moment(text: str) -> datetime:
    """A moment by the Dutch clock, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def wish(urgency: str = "normal", by_whom: str = "own_wijk", **other: Any) -> Wish:
    """What a resident of Smitsveen wants."""
    return replace(WISH, urgency=Urgency(urgency), by_whom=by_whom, **other)


def invariant(session: Session) -> None:
    """Of each request somebody answers for it and a clock runs; of what is closed nothing hangs."""
    session.flush()
    for found in session.scalars(select(Request).where(~Request.practice).execution_options(populate_existing=True)):
        if found.state is RequestState.CLOSED:
            assert found.look_at is None, f"request {found.id} is closed and a clock runs"
            assert _open_promises(session, found) == 0, f"request {found.id} is closed with an open promise"
        else:
            assert found.look_at is not None, f"request {found.id} ({found.state.value}) has no clock"
            assert _somebody_answers(session, found), f"nobody answers for request {found.id} ({found.state.value})"
            assert _open_promises(session, found) <= 1
        assert (found.claimed_by_id is not None) == (found.state in HELD | {RequestState.CLOSED})


def _somebody_answers(session: Session, found: Request) -> bool:
    if found.claimed_by is not None:
        return found.claimed_by.active
    shown = (one.member for one in routing.offers(session, found) if one.answer is OfferAnswer.SHOWN)
    return found.rule is Rule.COORDINATOR or any(routing.can_read(member) for member in shown)


def _open_promises(session: Session, found: Request) -> int:
    mine = (Promise.request_id == found.id) & (Promise.state == PromiseState.OPEN)
    return session.scalar(select(func.count()).select_from(Promise).where(mine)) or 0


@dataclass
class Wijk:
    """What tests do with a database, in one transaction."""

    session: Session
    now: datetime = START
    chats: int = 0

    def person(self, name: str = "Voorbeeld") -> Person:
        self.chats += 1
        return people.find_or_create(self.session, self.now, 1000 + self.chats, name)

    def member(
        self, name: str, wijk: str | None = "smitsveen", role: Role = Role.WIJKVERBINDER, **settings: Any
    ) -> Member:
        payload = team.invite(self.session, self.now, name, role, wijk).payload
        joined = team.join(self.session, self.now, self.person(name), payload)
        assert isinstance(joined, Member)
        for setting, value in settings.items():
            setattr(joined, setting, value)
        return joined

    def professional(self, name: str = "Petra", **settings: Any) -> Member:
        return self.member(name, None, Role.PROFESSIONAL, **settings)

    def coordinator(self, name: str = "Coby", **settings: Any) -> Member:
        return self.member(name, None, Role.COORDINATOR, **settings)

    def request(self, wish: Wish = WISH, person: Person | None = None) -> Request:
        return handoffs.request(self.session, self.now, person or self.person(), wish).request

    def claim(self, member: Member, request: Request) -> Request:
        assert handoffs.claim(self.session, self.now, member, request.id) == (Claim.WON, request)
        return request

    def claimed(self, member: Member, wish: Wish = WISH, person: Person | None = None) -> Request:
        """A request that somebody has taken."""
        return self.claim(member, self.request(wish, person))

    def request_in(self, state: RequestState, person: Person, wish: Wish = WISH) -> Request:
        """A request of somebody in any state, with a neighbour Fatma as the only one who had it."""
        if state is RequestState.REQUESTED:
            return self.request(wish, person)
        fatma, request = self.member("Fatma"), self.request(wish, person)
        if state is not RequestState.OFFERED:
            self.claim(fatma, request)
        match state:
            case RequestState.CONTACTED:
                relay.replied(self.session, self.now, request)
            case RequestState.RELEASED:
                handoffs.release(self.session, self.now, fatma, request.id)
            case RequestState.EXPIRED:
                handoffs.expire(self.session, self.now, request)
            case RequestState.CLOSED | RequestState.REOPENED:
                closing.close(self.session, self.now, fatma, request.id, Outcome.OTHER)
        if state is RequestState.REOPENED:
            fatma.capacity = 0
            closing.reopen(self.session, self.now, request)
        assert request.state is state
        return request

    def lose(self, person: Person | Member) -> None:
        """They block the bot."""
        people.lose(self.session, chat_of(person))
        self.session.flush()

    def until(self, end: datetime) -> None:
        """Let time pass, and do on the way what is due by itself."""
        while (due := self.next_look()) is not None and due <= end:
            self.now = max(self.now, due)
            while silence.watch(self.session, self.now):
                pass
            invariant(self.session)
        self.now = end

    def next_look(self) -> datetime | None:
        self.session.flush()
        return self.session.scalar(select(func.min(Request.look_at)))

    def told(self, person: Person | Member | None) -> list[str]:
        """The keys that wait for somebody, in order."""
        return [message.key for message in self.messages(person)]

    def messages(self, person: Person | Member | None) -> list[Message]:
        """What was or is to be said to somebody, but for what was withdrawn."""
        assert person is not None
        waits = select(Outgoing).where(Outgoing.chat_id == chat_of(person), Outgoing.state != OutgoingState.WITHDRAWN)
        return [Message.from_json(row.content) for row in self.session.scalars(waits.order_by(Outgoing.id))]

    def news(self, person: Person | Member) -> list[str]:
        """The keys of what waits for somebody, in order; all of it is then delivered."""
        waits = select(Outgoing).where(Outgoing.chat_id == chat_of(person), Outgoing.state == OutgoingState.WAITING)
        rows = list(self.session.scalars(waits.order_by(Outgoing.id)))
        for row in rows:
            self._sent(row)
        return [Message.from_json(row.content).key for row in rows]

    def deliver(self) -> None:
        for row in self.session.scalars(select(Outgoing).where(Outgoing.state == OutgoingState.WAITING)):
            self._sent(row)

    def _sent(self, row: Outgoing) -> None:
        row.state, row.telegram_message_id, row.sent_at = OutgoingState.SENT, row.id, self.now

    def changes(self, request: Request) -> Sequence[str]:
        return [row.change for row in self.history(request)]

    def history(self, request: Request) -> Sequence[RequestChange]:
        noted = select(RequestChange).where(RequestChange.request_id == request.id).order_by(RequestChange.id)
        return self.session.scalars(noted).all()

    def promises(self, request: Request) -> list[PromiseState]:
        """What became of each promise about a request, the first first."""
        mine = select(Promise.state).where(Promise.request_id == request.id).order_by(Promise.id)
        return list(self.session.scalars(mine))

    def shown(self, request: Request) -> set[str]:
        """The names of those who have the card and did not say no to it."""
        answers = select(Offer).where(Offer.request_id == request.id, Offer.answer == OfferAnswer.SHOWN)
        return {one.member.name for one in self.session.scalars(answers)}


def chat_of(person: Person | Member) -> int:
    if isinstance(person, Person):
        return person.chat_id
    assert person.person is not None
    return person.person.chat_id
