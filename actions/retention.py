"""Erasing what has been kept for its term (`actions.terms`): which rows that are, and what stays and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, delete, exists, func, inspect, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from actions import events, practice
from actions.terms import LONGEST, Terms
from store.agenda_tables import Appointment
from store.dashboard_tables import AuditEntry, SignInLink, WebSession
from store.figure_tables import FigureMail
from store.states import InboxState, OutgoingState, RequestState
from store.tables import (
    Attachment,
    Inbox,
    Member,
    Misunderstood,
    Outgoing,
    Person,
    Request,
    RequestChange,
    RequestNote,
    Signal,
    Table,
    Talk,
)

Value = TypeVar("Value")
_ALL = true()
Column = InstrumentedAttribute[Value] | InstrumentedAttribute[Value | None]
AT_ONCE = 500
"""Rows that are erased in one transaction, with what hangs on them: nobody waits longer than for a message or two."""


@dataclass(frozen=True)
class Rule:
    """Rows that go when it is the term of `term` (a key of `actions.terms.TERMS`) ago since the moment in `since`."""

    term: str
    table: type[Table]
    since: Column[datetime]
    among: ColumnElement[bool] = _ALL
    in_order: bool = False
    """None goes as long as one with a smaller number stays: of a chain only the beginning may be missing."""

    def past(self, until: datetime) -> ColumnElement[bool]:
        """The rows that count from `until` or from before it."""
        if not self.in_order:
            return self.among & (self.since <= until)
        number = inspect(self.table).primary_key[0]
        first_kept = select(func.min(number)).where(self.since > until).scalar_subquery()
        return (self.since <= until) & (number < func.coalesce(first_kept, number + 1))


@dataclass(frozen=True)
class Held:
    """How many rows of a rule are past their term, and from when the oldest is that stays."""

    rule: Rule
    past: int
    oldest: datetime | None


_OF_SOMEBODY: Sequence[Column[int]] = (
    Talk.person_id,
    Member.person_id,
    Request.person_id,
    Signal.person_id,
    Attachment.person_id,
    Misunderstood.person_id,
)
_OF_MEMBER: Sequence[Column[int]] = (
    Request.claimed_by_id,
    RequestChange.member_id,
    RequestNote.member_id,
    Appointment.member_id,
    AuditEntry.member_id,
)
_HANDLED = Inbox.state != InboxState.RECEIVED
_DONE = Outgoing.state.not_in((OutgoingState.WAITING, OutgoingState.SENDING))
_NOTHING_ELSE = and_(
    *(~exists().where(number == Person.id) for number in _OF_SOMEBODY),
    *(~exists().where(table.chat_id == Person.chat_id) for table in (Inbox, Outgoing)),
)
_NAMED_NOWHERE = and_(~Member.active, *(~exists().where(number == Member.id) for number in _OF_MEMBER))

RULES: tuple[Rule, ...] = (
    Rule("talk", Talk, Talk.updated_at),
    Rule("unkept", Talk, Talk.updated_at, Talk.unkept.is_(True)),
    Rule("message", Inbox, Inbox.handled_at, _HANDLED),
    Rule("message", Outgoing, Outgoing.due_at, _DONE),
    Rule("message", FigureMail, FigureMail.due_at),
    Rule("misunderstood", Misunderstood, Misunderstood.at),
    Rule("attachment", Attachment, Attachment.at),
    Rule("signal", Signal, Signal.at),
    Rule("closed_request", Request, Request.closed_at, Request.state == RequestState.CLOSED),
    Rule("practice", Person, Person.created_at, practice.is_played()),
    Rule("person", Person, Person.created_at, _NOTHING_ELSE),
    Rule("signed_in", SignInLink, SignInLink.expires_at),
    Rule("signed_in", WebSession, WebSession.expires_at),
    Rule("audit", AuditEntry, AuditEntry.at, in_order=True),
    Rule("member", Member, Member.created_at, _NAMED_NOWHERE),
)
"""In the order in which they are carried out. With a request or a person goes what the tables say that hangs on it."""

STAYS: Mapping[str, str] = {
    "data_keys": "the key of sealed numbers, itself encrypted",
    "availabilities": "hours of the team",
    "posters": "where posters hang",
    "directory_changes": "the history of the directory; no resident is in it",
    "text_changes": "the history of the texts",
    "signal_reports": "which rounded numbers the team was told",
    "events": "figures, without persons; the number of an erased request is replaced by one that leads nowhere",
    "figure_weeks": "figures, without persons and small numbers",
}
"""Tables of which no rows go by themselves, and what is in them."""


def erase_some(session: Session, now: datetime, terms: Terms = LONGEST, most: int = AT_ONCE) -> Mapping[str, int]:
    """Erase what is past its term, at most so many rows and what hangs on them; gives how many of which table.

    Call it again, in a new transaction, until it gives nothing.
    """
    erased: Counter[str] = Counter()
    for rule in RULES:
        left = most - erased.total()
        if left and (count := _erase(session, rule, rule.past(now - terms[rule.term]), left)):
            erased[rule.table.__tablename__] += count
    if erased.total() < most and (count := events.cut_loose(session, most)):
        erased["events"] = count
    return erased


def erase_old(session: Session, now: datetime, terms: Terms = LONGEST) -> Mapping[str, int]:
    """Erase all that is past its term in one transaction; gives how many rows of each table went."""
    erased = Counter(dict.fromkeys(tables(), 0))
    while some := erase_some(session, now, terms):
        erased.update(some)
    return erased


def tables() -> Sequence[str]:
    """The names of the tables of which rows go, and of `events`, of which numbers are cut loose."""
    return (*dict.fromkeys(rule.table.__tablename__ for rule in RULES), "events")


def held(session: Session, now: datetime, terms: Terms = LONGEST) -> Sequence[Held]:
    """What each rule would erase now, and the oldest that it would leave; erases nothing."""
    return [_held(session, rule, rule.past(now - terms[rule.term])) for rule in RULES]


def _held(session: Session, rule: Rule, past: ColumnElement[bool]) -> Held:
    count = session.scalar(select(func.count()).select_from(rule.table).where(past)) or 0
    return Held(rule, count, session.scalar(select(func.min(rule.since)).where(rule.among, ~past)))


def _erase(session: Session, rule: Rule, past: ColumnElement[bool], most: int) -> int:
    """By the numbers of the rows, so that of a large table only a bounded part is held."""
    (number,) = inspect(rule.table).primary_key
    chosen = select(number).where(past).order_by(number).limit(most)
    return int(session.execute(delete(rule.table).where(number.in_(chosen))).rowcount)  # type: ignore[attr-defined]
