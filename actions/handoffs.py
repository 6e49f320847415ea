"""Hand-offs: a resident's request goes to the people who can help, one of them claims it, and they talk.

Every change of a request passes through here and is written down with who and
when. Cards name the wijk, the topics and the urgency, nothing more (domain.md,
section 8); only who claimed a request is sent the text that the resident approved.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import attachments, team
from actions.outbox import Button, Message, queue, withdraw
from actions.request_states import Change, note
from store.tables import Member, Outgoing, OutgoingState, Person, Request, RequestState, Role, Urgency


@dataclass(frozen=True)
class Wish:
    """What a resident approved to be sent on; `exit`, `coach` and `why` are what the triage table advised."""

    wijk: str | None
    topics: tuple[str, ...]
    urgency: Urgency
    reach: str
    by_whom: str
    summary: str
    contact: str | None = None
    exit: str | None = None
    coach: str | None = None
    why: tuple[str, ...] = ()


class Claim(enum.StrEnum):
    """How a claim ended."""

    WON = "won"
    TAKEN = "taken"
    GONE = "gone"


@dataclass(frozen=True)
class Requested:
    """A request, and how many people were shown its card; the `professionals` among them do this as their work."""

    request: Request
    readers: int
    professionals: int


def request(session: Session, now: datetime, person: Person, wish: Wish) -> Requested:
    """Store what a resident asks and show its card to everybody who may take it."""
    wanted = Request(
        person_id=person.id,
        wijk=wish.wijk,
        topics=" ".join(wish.topics),
        urgency=wish.urgency,
        reach=wish.reach,
        by_whom=wish.by_whom,
        summary=wish.summary,
        contact=wish.contact,
        exit=wish.exit,
        coach=wish.coach,
        why=" ".join(wish.why),
        state=RequestState.REQUESTED,
        requested_at=now,
        waiting_since=now,
    )
    session.add(wanted)
    session.flush()
    note(session, now, wanted, Change.REQUESTED)
    members = _who_may_take(session, wanted)
    professionals = sum(member.role is Role.PROFESSIONAL for member in members)
    return Requested(wanted, _offer(session, now, wanted, members), professionals)


def offer_waiting(session: Session, now: datetime, member: Member) -> int:
    """Show somebody who joins what has been waiting for a person like them; gives how many."""
    open_states = (RequestState.REQUESTED, RequestState.OFFERED)
    waiting = session.scalars(select(Request).where(Request.state.in_(open_states)).order_by(Request.id))
    return sum(_offer(session, now, found, [member]) for found in waiting if _may_take(member, found))


def claim(session: Session, now: datetime, member: Member, request_id: int) -> tuple[Claim, Request | None]:
    """Take a request. Of many who try at the same moment, one wins; the others hear who did."""
    found = session.get(Request, request_id)
    if found is None or not _may_take(member, found):
        return Claim.GONE, None
    taken = session.execute(
        update(Request)
        .where(Request.id == request_id, Request.state.in_((RequestState.OFFERED, RequestState.REQUESTED)))
        .values(state=RequestState.CLAIMED, claimed_by_id=member.id, claimed_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(found)
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        return Claim.TAKEN, found
    note(session, now, found, Change.CLAIMED, member)
    _tell_of_claim(session, now, found, member)
    return Claim.WON, found


def close(session: Session, now: datetime, member: Member, request_id: int) -> Request | None:
    """End the talk with a resident; only who claimed the request can."""
    found = session.get(Request, request_id)
    if found is None or found.claimed_by_id != member.id or found.state is not RequestState.CLAIMED:
        return None
    found.state, found.closed_at = RequestState.CLOSED, now
    note(session, now, found, Change.CLOSED, member)
    subject = subject_of(found)
    queue(
        session,
        now,
        found.person.chat_id,
        Message("utter_case_closed_resident", {"name": member.name}),
        subject=subject,
    )
    queue(session, now, _chat(member), Message("utter_case_closed_member", {"number": found.id}), subject=subject)
    return found


def leave(session: Session, now: datetime, number: int) -> bool:
    """Take a member off the team; what they had open is offered to the others. False when there is no such member."""
    member = session.get(Member, number)
    if member is None or not member.active:
        return False
    member.active = False
    for found in claimed_by(session, member):
        _release(session, now, found, member)
    member.person_id, member.link_digest = None, None
    return True


def _release(session: Session, now: datetime, found: Request, member: Member) -> None:
    found.state, found.claimed_by_id, found.claimed_at = RequestState.REQUESTED, None, None
    note(session, now, found, Change.RELEASED, member)
    released = Message("utter_released", {"name": member.name})
    queue(session, now, found.person.chat_id, released, subject=subject_of(found))
    _offer(session, now, found, (other for other in _who_may_take(session, found) if other is not member))


def claimed_for(session: Session, person: Person) -> Request | None:
    """The request about which somebody is talking with this resident now, the latest first."""
    mine = (Request.person_id == person.id) & (Request.state == RequestState.CLAIMED)
    return session.scalar(select(Request).where(mine).order_by(Request.claimed_at.desc(), Request.id.desc()).limit(1))


def claimed_by(session: Session, member: Member) -> list[Request]:
    """The requests that somebody has under way, oldest first."""
    mine = (Request.claimed_by_id == member.id) & (Request.state == RequestState.CLAIMED)
    return list(session.scalars(select(Request).where(mine).order_by(Request.id)))


def subject_of(found: Request) -> str:
    """What messages in the talk about a request are filed under."""
    return f"request:{found.id}"


def card_subject(found: Request) -> str:
    return f"card:{found.id}"


def request_of(subject: str | None) -> int | None:
    """The number of the request that a message was about."""
    kind, _, number = (subject or "").partition(":")
    return int(number) if kind == "request" and number.isdecimal() else None


def _who_may_take(session: Session, wanted: Request) -> list[Member]:
    members = [member for role in (Role.WIJKVERBINDER, Role.PROFESSIONAL) for member in team.reachable(session, role)]
    return [member for member in members if _may_take(member, wanted)]


def _may_take(member: Member, wanted: Request) -> bool:
    """Who a request is for: the wish of the resident; a crisis goes to a professional too (domain.md, section 3)."""
    if member.role is Role.PROFESSIONAL:
        return wanted.by_whom == "professional" or wanted.urgency is Urgency.CRISIS
    if member.role is not Role.WIJKVERBINDER or wanted.by_whom == "professional":
        return False
    if wanted.wijk is None:
        return True
    return (member.wijk == wanted.wijk) != (wanted.by_whom == "other_wijk")


def _offer(session: Session, now: datetime, wanted: Request, members: Iterable[Member]) -> int:
    shown = 0
    for member in members:
        queue(session, now, _chat(member), card(wanted), subject=card_subject(wanted))
        shown += 1
    if shown and wanted.state is RequestState.REQUESTED:
        wanted.state = RequestState.OFFERED
        note(session, now, wanted, Change.OFFERED)
    return shown


def card(wanted: Request) -> Message:
    """The card of a request, without anything about the person."""
    buttons = ((Button("button_claim", f"claim:{wanted.id}"),),)
    return Message("card_request", _card_values(wanted), buttons=buttons)


def _card_values(wanted: Request) -> dict[str, object]:
    return {
        "number": wanted.id,
        "wijk": wanted.wijk,
        "topics": wanted.topics.split(),
        "urgency": wanted.urgency.value,
        "reach": wanted.reach,
    }


def _tell_of_claim(session: Session, now: datetime, found: Request, member: Member) -> None:
    """The other cards say who has it, the taker gets the text, the resident a name."""
    for row in _cards(session, found):
        mine = row.chat_id == _chat(member)
        key = "card_claimed_by_you" if mine else "card_claimed_by_other"
        values = {**_card_values(found), "name": member.name}
        queue(session, now, row.chat_id, Message(key, values), subject=f"{card_subject(found)}:edit", edits=row)
    subject = subject_of(found)
    close_button = ((Button("button_close", f"close:{found.id}"),),)
    text = {
        **_card_values(found),
        "summary": _as_list(found.summary),
        "contact": found.contact or "",
        "why": found.why.split(),
    }
    queue(session, now, _chat(member), Message("case_text", text, buttons=close_button), subject=subject)
    attachments.send_on(session, now, found.person, _chat(member), found.id, subject)
    note(session, now, found, Change.OPENED, member)
    queue(session, now, found.person.chat_id, Message("utter_claimed", {"name": member.name}), subject=subject)


def _as_list(summary: str) -> str:
    """A dash before each line, so that the lines read apart on a small screen."""
    return "\n".join(f"- {line}" for line in summary.splitlines())


def _cards(session: Session, found: Request) -> list[Outgoing]:
    """The cards of a request that have been shown; those not sent yet are withdrawn."""
    withdraw(session, card_subject(found))
    gone = (OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE, OutgoingState.FAILED)
    shown = select(Outgoing).where(Outgoing.subject == card_subject(found), Outgoing.state.not_in(gone))
    return list(session.scalars(shown.execution_options(populate_existing=True)))


def _chat(member: Member) -> int:
    assert member.person is not None, "only members who have joined are offered requests"
    return member.person.chat_id
