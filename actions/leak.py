"""Telling residents that their data leaked, in the words of the organisation, each of them once (GDPR, article 34).

It is a duty, so it also goes to who stopped messages (`quiet_hours.begin` would leave them out), and it is not taken
back when somebody stops them afterwards. It keeps the same hours, and who may be watched gets the announcement only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from actions import audit, practice
from actions.outbox import Message
from actions.quiet_hours import BEGUN, LEAK, waking_time
from actions.veils import tell
from store.states import OutgoingState
from store.tables import Member, Outgoing, Person, Request

KEY = "utter_leak"
PORTION = 50
"""Residents for whom it is queued in one transaction: whoever writes meanwhile does not wait long."""
APART = timedelta(seconds=5)
"""Between two portions: 10 messages a second, a third of what Telegram takes, so that answers do not wait for them."""
_NOT_TOLD = (OutgoingState.WITHDRAWN, OutgoingState.UNREACHABLE, OutgoingState.FAILED)


@dataclass(frozen=True)
class Residents:
    """How many would be told now, have these words already, cannot be reached, and are left out."""

    to_tell: int
    told: int
    unreachable: int
    left_out: int


@dataclass(frozen=True)
class Portion:
    """For how many it was queued, and the number of the last resident of the portion; None when nobody was left."""

    told: int
    last: int | None


def as_message(text: str) -> Message:
    """These words as they are sent."""
    return Message(KEY, {"text": text})


def count(session: Session, text: str, left_out: Collection[int] = ()) -> Residents:
    """Who would be told these words; `left_out` are the numbers of people (`who_asked`)."""
    told, reached, out = _has(text), Person.reachable.is_(True), Person.id.in_(left_out)
    return Residents(
        to_tell=_number(session, reached, ~told, ~out),
        told=_number(session, told),
        unreachable=_number(session, ~reached, ~told, ~out),
        left_out=_number(session, ~told, out),
    )


def who_asked(session: Session, requests: Collection[int]) -> Mapping[int, int]:
    """The number of the person by that of their request; requests that are not there are not in it."""
    found = session.execute(select(Request.id, Request.person_id).where(Request.id.in_(requests)))
    return {one.id: one.person_id for one in found}


def moments(now: datetime) -> Iterator[datetime]:
    """When each portion is due: in waking hours, and one after the other."""
    due = waking_time(now)
    while True:
        yield due
        due = waking_time(due + APART)


def tell_some(
    session: Session, now: datetime, text: str, due_at: datetime, left_out: Collection[int] = (), after: int = 0
) -> Portion:
    """Queue it for the next residents, those with a number above `after`, who do not have these words yet.

    Call it again, in a new transaction, until `last` is None. Who has them is what was queued under their digest: a
    second run, after a crash or beside the first, gives nobody a second copy as long as the messages are kept.
    """
    people = session.scalars(_next(text, left_out, after)).all()
    told = set(session.scalars(_chats(text).where(Outgoing.chat_id.in_([one.chat_id for one in people]))))
    waiting = [person for person in people if person.chat_id not in told]  # asked again: two may run at the same moment
    for person in waiting:
        tell(session, now, person, as_message(text), _subject(text), due_at)
    return Portion(len(waiting), people[-1].id if people else None)


def note(session: Session, now: datetime, text: str, found: Residents) -> None:
    """Write in the log that residents are told: how many, and by the digest which words."""
    about = f"text:{_digest(text)} residents:{found.to_tell} left_out:{found.left_out}"
    audit.note(session, now, None, "told_residents", about)


def _next(text: str, left_out: Collection[int], after: int) -> Select[Person]:
    """Held, so that nobody erases themselves in between, and so that of two runs the second sees what the first did."""
    wanted = (Person.reachable, ~_has(text), Person.id.not_in(left_out), Person.id > after)
    query = select(Person).where(_is_resident(), *wanted).order_by(Person.id).limit(PORTION)
    return query.with_for_update(of=Person, key_share=True)


def _is_resident() -> ColumnElement[bool]:
    """Nobody of the team, and nobody to practise with; who left the team is a resident like any other."""
    team = select(Member.person_id).where(Member.person_id.is_not(None))
    return Person.id.not_in(team) & ~practice.is_played()


def _has(text: str) -> ColumnElement[bool]:
    return Person.chat_id.in_(_chats(text))


def _chats(text: str) -> Select[int]:
    """The chats that got these words, or will."""
    return select(Outgoing.chat_id).where(Outgoing.subject == _subject(text), Outgoing.state.not_in(_NOT_TOLD))


def _number(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Person).where(_is_resident(), *which)) or 0


def _subject(text: str) -> str:
    return f"{BEGUN}:{LEAK}:{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
