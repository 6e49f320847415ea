"""What coordinators are told: which request needs them, never what was said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from actions import cards, quiet_hours, team
from actions.outbox import Message
from store.states import Role
from store.tables import Member, Request


def tell(session: Session, now: datetime, found: Request, key: str) -> int:
    """Tell all coordinators who can be reached about a request, when they are awake; gives how many that are.

    Without any, `wijkwijzer requests` and `doctor` still show what waits.
    """
    name = found.claimed_by.name if found.claimed_by is not None else ""
    return _tell(session, now, Message(key, {**cards.facts(found), "name": name}), about(found))


def about(found: Request) -> str:
    """What coordinators are told about a request is filed under."""
    return f"coordinator:{found.id}"


def tell_of(session: Session, now: datetime, key: str, name: str, but: Member | None = None) -> int:
    """Tell them about somebody of the team; not that person, if it is one of them."""
    return _tell(session, now, Message(key, {"name": name}), "coordinator", but)


def _tell(session: Session, now: datetime, message: Message, subject: str, but: Member | None = None) -> int:
    coordinators = [one for one in team.reachable(session, Role.COORDINATOR) if one is not but]
    told = [quiet_hours.begin(session, now, one.person, message, subject) for one in coordinators if one.person]
    return sum(row is not None for row in told)
