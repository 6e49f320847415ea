"""The card of a request, in the chat of everybody who was shown it. It says nothing about the person.

Each has one card that counts: when they are shown the request again, the old card loses its buttons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import routing
from actions.outbox import Button, Message, queue, withdraw_one
from actions.quiet_hours import CARD, RENEWED, waking_time
from store.states import OfferAnswer, OutgoingState, Role, Urgency
from store.tables import Member, Offer, Outgoing, Request

CLAIM = Button("button_claim", "claim:{number}")
DECLINE = Button("button_decline", "decline:{number}")
TOO_HEAVY = Button("button_too_heavy", "heavy:{number}")
PASS_ON = Button("button_pass_on", "pass:{number}")
ROWS = {
    Role.WIJKVERBINDER: ((CLAIM,), (DECLINE, TOO_HEAVY)),
    Role.PROFESSIONAL: ((CLAIM,), (DECLINE,)),
    Role.COORDINATOR: ((CLAIM,), (PASS_ON,)),
}


def show(session: Session, now: datetime, wanted: Request, members: Iterable[Member], key: str = "card_request") -> int:
    """Show the card to these people, when they are awake; gives how many."""
    known = {offer.member_id: offer for offer in routing.offers(session, wanted)}
    shown, due_at = 0, _shown_at(now, wanted)
    for member in members:
        offer = known.get(member.id)
        if offer is not None:
            _renew(session, now, wanted, offer, due_at)
        card = _card(wanted, member, key)
        row = queue(session, now, chat(member), card, subject=subject(wanted), due_at=due_at)
        if offer is None:
            session.add(Offer(request_id=wanted.id, member_id=member.id, at=now, card_id=row.id))
        else:
            offer.at, offer.card_id, offer.answer = now, row.id, OfferAnswer.SHOWN
        shown += 1
    session.flush()
    return shown


def _shown_at(now: datetime, wanted: Request) -> datetime:
    """When people are awake; danger, and who wants to practise now, do not wait for that."""
    return now if wanted.practice or wanted.urgency is Urgency.DANGER else waking_time(now)


def remind(session: Session, now: datetime, wanted: Request, members: Iterable[Member]) -> int:
    """Show the card once more, as a reminder."""
    return show(session, now, wanted, members, "card_reminder")


def edit_all(
    session: Session,
    now: datetime,
    wanted: Request,
    key: str,
    *,
    but: Collection[int] = (),
    keep: bool = False,
    **values: object,
) -> None:
    """Replace everybody's card by other words, except of the members with these numbers; `keep` keeps the buttons."""
    for offer in routing.offers(session, wanted):
        if offer.member_id not in but and offer.answer is OfferAnswer.SHOWN:
            edit(session, now, wanted, offer, key, keep=keep, **values)


def edit(
    session: Session, now: datetime, wanted: Request, offer: Offer, key: str, *, keep: bool = False, **values: object
) -> None:
    """Replace one card by other words; one that has not been sent yet is withdrawn, and the one before it replaced."""
    row = session.get(Outgoing, offer.card_id, populate_existing=True)
    if row is not None and not keep:
        row = _there(session, row)
    if row is None or row.state in _NOT_THERE:
        return
    rows = buttons(wanted, *ROWS[offer.member.role]) if keep else ()
    message = Message(key, {**facts(wanted), **values}, buttons=rows)
    due_at = max(now, row.due_at)
    queue(session, now, row.chat_id, message, subject=f"{subject(wanted)}:edit", due_at=due_at, edits=row)


def _renew(session: Session, now: datetime, wanted: Request, offer: Offer, due_at: datetime) -> None:
    """Let a card point to the new one, from when that comes: until then the request can be taken by the old one."""
    row = session.get(Outgoing, offer.card_id, populate_existing=True)
    row = _there(session, row) if row is not None else None
    if row is not None and row.state not in _NOT_THERE:
        renewed = Message("card_renewed", facts(wanted))
        queue(session, now, row.chat_id, renewed, subject=f"{subject(wanted)}:{RENEWED}", due_at=due_at, edits=row)


def _there(session: Session, row: Outgoing) -> Outgoing | None:
    """The card that is in the chat: this one, or, when it could still be withdrawn, the one that would point to it."""
    if not withdraw_one(session, row):
        return row
    same = (Outgoing.chat_id == row.chat_id) & (Outgoing.subject == f"{row.subject}:{RENEWED}")
    points = session.scalar(select(Outgoing).where(same, Outgoing.state == OutgoingState.WAITING))
    if points is None or not withdraw_one(session, points):
        return None
    return session.get(Outgoing, points.edits_id)


def facts(wanted: Request) -> dict[str, object]:
    """What a card may say."""
    return {
        "number": wanted.id,
        "wijk": wanted.wijk,
        "topics": wanted.topics.split(),
        "urgency": wanted.urgency.value,
        "reach": wanted.reach,
        "rule": wanted.rule.value,
    }


def subject(wanted: Request) -> str:
    """What cards are filed under."""
    return f"{CARD}:{wanted.id}"


def chat(member: Member) -> int:
    """The chat of somebody who has joined."""
    assert member.person is not None, "only members who have joined are written to"
    return member.person.chat_id


def buttons(wanted: Request, *rows: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    """Rows of buttons with the number of the request filled in."""
    return tuple(tuple(Button(b.label, b.data.format(number=wanted.id)) for b in row) for row in rows)


def _card(wanted: Request, member: Member, key: str) -> Message:
    return Message(key, facts(wanted), buttons=buttons(wanted, *ROWS[member.role]))


_NOT_THERE = frozenset({OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE, OutgoingState.FAILED})
