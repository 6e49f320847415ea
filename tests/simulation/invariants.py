"""What must hold after everything that happens in the simulated month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)

from actions.clocks import NO_ANSWER
from actions.opening_hours import local_day
from actions.outbox import Message
from actions.quiet_hours import BEGUN, waking_time
from actions.request_states import HELD, WAITING, Change
from actions.routing import URGENT
from actions.working_time import OFFICE, between
from store.states import OfferAnswer, PromiseState, RequestState, Role, Rule
from store.tables import Member, Moment, Offer, Outgoing, Person, Promise, Request, RequestChange

CARD = "card_request"
CHOSEN = frozenset({Change.ASSIGNED, Change.TOO_HEAVY, Change.REOPENED})
"""Then somebody chose who is shown the card, or a professional is asked in the place of a neighbour."""
LETS_GO = frozenset({Change.RELEASED, Change.EXPIRED, Change.CLOSED, Change.REOPENED})


class Broken(AssertionError):
    """An invariant does not hold; the message names it with the numbers of the requests."""


def _found(what: str, *wrong: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(literal(what).label("what"), Request.id).where(~Request.practice, *wrong)


def _wrong() -> Iterable[Select[*tuple[Any, ...]]]:
    is_open, is_held = Request.state != RequestState.CLOSED, Request.state.in_(HELD)
    is_waiting, can_read = Request.state.in_(WAITING), Member.active & Person.reachable
    holder = exists().where(Member.id == Request.claimed_by_id, Member.person_id == Person.id, can_read)
    shown = (Offer.request_id == Request.id) & (Offer.answer == OfferAnswer.SHOWN)
    reader = exists().where(shown, Member.id == Offer.member_id, Member.person_id == Person.id, can_read)
    promised = (Promise.request_id == Request.id) & (Promise.state == PromiseState.OPEN)
    promises = select(func.count()).where(promised).scalar_subquery()
    yield _found("no clock runs", is_open, Request.look_at.is_(None))
    yield _found("nobody answers for it", is_held, ~holder)
    yield _found("nobody answers for it", is_waiting, Request.rule != Rule.COORDINATOR, ~reader)
    yield _found("held and waiting at once", is_waiting, Request.claimed_by_id.is_not(None))
    yield _found("two promises are open", promises > 1)
    yield _found("closed with an open promise", ~is_open, promises > 0)


def _new_cards() -> Select[*tuple[Any, ...]]:
    """Cards since the last look, with what is known of who is shown them."""
    under_way = (Request.claimed_by_id == Member.id) & Request.state.in_(HELD) & ~Request.practice
    load = select(func.count()).where(under_way).correlate(Member).scalar_subquery().label("load")
    shown = Request.__table__.alias()
    about = Outgoing.subject == literal("card:") + cast(shown.c.id, String)
    return (
        select(Outgoing.content, shown.c.id, shown.c.urgency, load)
        .add_columns(Member.name, Member.role, Member.capacity, Member.available, Member.away_until)
        .join(Person, Person.chat_id == Outgoing.chat_id)
        .join(Member, Member.person_id == Person.id)
        .join(shown, about)
        .where(Outgoing.id > bindparam("after"), Outgoing.edits_id.is_(None))
    )


def _oldest_open() -> Select[*tuple[Any, ...]]:
    due = Promise.due_at <= bindparam("now", type_=Moment())
    open_still = (Promise.state == PromiseState.OPEN) & due & ~Request.practice
    return select(Promise.request_id, Promise.due_at, Promise.asked_at).join(Request).where(open_still)


# Built once: building a statement takes longer than running it.
WRONG = union_all(*_wrong())
LATE = select(Request.id, Request.look_at).where(Request.look_at <= bindparam("now", type_=Moment()))
DUE_PROMISES = _oldest_open()
CHANGES = (
    select(RequestChange.request_id, RequestChange.change, RequestChange.member_id)
    .where(RequestChange.id > bindparam("after"))
    .order_by(RequestChange.id)
)
NEW_CARDS = _new_cards()
LAST = select(select(func.max(RequestChange.id)).scalar_subquery(), select(func.max(Outgoing.id)).scalar_subquery())


@dataclass
class Invariants:
    """What was seen so far: who has which request, and who is not to be written to any more."""

    gone: set[int] = field(default_factory=set)
    """Chats of those who left the team or had everything erased."""
    holders: dict[int, int | None] = field(default_factory=dict)
    last_change: int = 0
    last_message: int = 0

    def after_step(self, connection: Connection, now: datetime) -> None:
        """Whatever happened: somebody answers for each request, a clock runs, and one person at most has it."""
        _raise(now, [f"{what}: request {number}" for what, number in connection.execute(WRONG)])
        changes = connection.execute(CHANGES, {"after": self.last_change}).all()
        _raise(now, list(self._follow(changes)))
        chosen = {change.request_id for change in changes if change.change in CHOSEN}
        cards = connection.execute(NEW_CARDS, {"after": self.last_message}).all()
        _raise(now, [wrong for card in cards if card.id not in chosen and (wrong := _badly_shown(card, now))])
        last_change, last_message = connection.execute(LAST).one()
        self.last_change, self.last_message = last_change or 0, last_message or 0

    def after_watch(self, connection: Connection, now: datetime) -> None:
        """All that was due has been done."""
        late = connection.execute(LATE, {"now": now}).all()
        _raise(now, [f"looked at too late: request {number}, {look_at}" for number, look_at in late])
        _raise(now, list(forgotten_promises(connection, now)))

    def arrived(self, now: datetime, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
        """Nothing that the bot begins comes in quiet hours or unwished, and nothing to somebody who has gone."""
        _raise(now, [wrong for row in rows if (wrong := self._unwished(row))])

    def _unwished(self, row: Row[*tuple[Any, ...]]) -> str:
        subject, key, is_edit = row.subject or "", row.content.get("key"), row.edits_id is not None
        begun = subject.startswith(f"{BEGUN}:")
        if (begun or (subject.startswith("card:") and not is_edit)) and waking_time(row.due_at) != row.due_at:
            return f"comes in quiet hours: {key}, {row.due_at}"
        if begun and row.messages_stopped:
            return f"comes to somebody who stopped messages: {key}"
        if row.chat_id in self.gone and not is_edit and not row.content.get("last"):
            return f"comes to somebody who has gone: {key}"
        return ""

    def _follow(self, changes: Sequence[Row[*tuple[Any, ...]]]) -> Iterable[str]:
        for change in changes:
            if change.change == Change.CLAIMED and self.holders.get(change.request_id) is not None:
                yield f"two people have it: request {change.request_id}"
            if change.change == Change.CLAIMED:
                self.holders[change.request_id] = change.member_id
            elif change.change in LETS_GO:
                self.holders[change.request_id] = None


def forgotten_promises(connection: Connection, now: datetime) -> Iterable[str]:
    """Open promises of which the moment passed without a question, or that were asked about and then left."""
    for number, due_at, asked_at in connection.execute(DUE_PROMISES, {"now": now}):
        if asked_at is None or between(OFFICE, asked_at, now) > NO_ANSWER:
            yield f"a promise is neither kept nor escalated: request {number}, due {due_at}"


def _badly_shown(card: Row[*tuple[Any, ...]], now: datetime) -> str:
    """A new card to somebody who is full or away, while it is no crisis and nobody chose so."""
    if Message.from_json(card.content).key != CARD or card.role is Role.COORDINATOR:
        return ""
    if not card.available or (card.away_until is not None and local_day(now) < card.away_until):
        return f"shown to somebody who is away: request {card.id}, {card.name}"
    if card.urgency not in URGENT and card.load >= card.capacity:
        return f"shown to somebody who is full: request {card.id}, {card.name}"
    return ""


def _raise(now: datetime, wrong: list[str]) -> None:
    if wrong:
        raise Broken(f"{now:%Y-%m-%d %H:%M} UTC: " + "; ".join(sorted(wrong)[:5]))
