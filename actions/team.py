"""The team: wijkverbinders, professionals and coordinators, and the links with which they join."""

from __future__ import annotations

import enum
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from store.states import Role
from store.tables import Member, Person

LINK_DAYS = 7
LINK_PREFIX = "team_"
_TOKEN_BYTES = 24
_REACHABLE = (
    select(Member)
    .join(Member.person)
    .where(Member.active, Member.role == bindparam("role"), Person.reachable)
    .options(contains_eager(Member.person))
    .order_by(Member.id)
)
"""Built once: it is asked whenever somebody is looked for."""


class JoinRefused(enum.StrEnum):
    """Why a start link was not accepted."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Invitation:
    """A new member and the payload of their personal start link; only its digest is kept."""

    member: Member
    payload: str


def invite(session: Session, now: datetime, name: str, role: Role, wijk: str | None) -> Invitation:
    """Add somebody to the team; the link works once, within `LINK_DAYS` days."""
    member = Member(name=name, role=role, wijk=wijk, active=True, created_at=now)
    session.add(member)
    return renew_link(session, now, member)


def renew_link(session: Session, now: datetime, member: Member) -> Invitation:
    """A new start link, for a member with a new telephone or an expired link."""
    payload = LINK_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    member.link_digest = _digest(payload)
    member.link_expires_at = now + timedelta(days=LINK_DAYS)
    session.flush()
    return Invitation(member, payload)


def new_link(session: Session, now: datetime, number: int) -> str | None:
    """The payload of a new start link for that member, or None when there is no such member."""
    member = session.get(Member, number)
    return renew_link(session, now, member).payload if member is not None and member.active else None


def join(session: Session, now: datetime, person: Person, payload: str) -> Member | JoinRefused:
    """Tie a member to the person who opened their link; a link works once."""
    mine = select(Member).where(Member.link_digest == _digest(payload), Member.active)
    member = session.scalar(mine.with_for_update(of=Member))  # of two telephones one is first, the other finds it used
    if member is None or member.link_expires_at is None:
        return JoinRefused.UNKNOWN
    if member.link_expires_at <= now:
        return JoinRefused.EXPIRED
    before = member_of(session, person)
    if before is not None and before is not member:
        before.person_id = None
        session.flush()
    member.person_id, member.link_digest, member.link_expires_at = person.id, None, None
    # What they wished as a resident must not keep them from being reminded, nor from reading a card.
    person.messages_stopped, person.discreet = False, False
    session.flush()
    return member


def member_of(session: Session, person: Person) -> Member | None:
    return session.scalar(select(Member).where(Member.person_id == person.id, Member.active))


def reachable(session: Session, role: Role, wijken: Sequence[str] | None = None) -> list[Member]:
    """Active members of a role who have joined and can be reached, of these wijken or of all."""
    query = _REACHABLE if wijken is None else _REACHABLE.where(Member.wijk.in_(wijken))
    return list(session.scalars(query, {"role": role}))


def hold(session: Session) -> Sequence[Member]:
    """All active members, locked: of two changes at the same moment the second sees what the first has done."""
    query = select(Member).where(Member.active).order_by(Member.id).with_for_update(of=Member, key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def everybody(session: Session) -> list[Member]:
    query = select(Member).options(joinedload(Member.person)).order_by(Member.wijk, Member.id)
    return list(session.scalars(query))


def _digest(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()
