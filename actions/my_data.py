"""What is held of somebody, as the data map says: for who asks (AVG, article 15)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from actions import appointment_messages, notes
from actions.data_map import HELD, Held, Tie, Whose
from actions.handoffs import subject_of
from actions.quiet_hours import BEGUN, CARD
from store.tables import Member, Outgoing, Person, Request

NUMBERS = frozenset({Tie.PERSON, Tie.MEMBER})
"""Ties that are only our number for somebody: they tell nobody anything."""
_CASES = {"request", CARD, "coordinator", "note", notes.CONFIRMED}
_MEETINGS = {"appointment", appointment_messages.LATER, appointment_messages.AGENDA, "where"}
OF_SOMEBODY = frozenset(_CASES | _MEETINGS)
"""What begins the subject of a message that may tell of a resident, also to who helps that one."""


@dataclass(frozen=True)
class Part:
    """The rows of one table that are somebody's, by column, oldest first; without what is not theirs to see."""

    held: Held
    rows: Sequence[Mapping[str, Any]]


def of_resident(session: Session, person: Person) -> Mapping[str, Part]:
    """All that hangs on a resident, by table; not what was said of others to who was of the team."""
    requests = session.scalars(select(Request).where(Request.person_id == person.id)).all()
    numbers = [one.id for one in requests]
    mine = {Tie.PERSON: [person.id], Tie.CHAT: [person.chat_id], Tie.REQUEST: numbers}
    found = _found(session, Whose.RESIDENT, mine)
    said = found.get(Outgoing.__tablename__)
    if said is None:
        return found
    about = {one for each in requests for one in (subject_of(each), *appointment_messages.begun_about(session, each))}
    return {**found, said.held.name: _without_others(said, {_about(one) for one in about})}


def _without_others(said: Part, about: Collection[str]) -> Part:
    rows = [row for row in said.rows if _kind(row["subject"]) not in OF_SOMEBODY or _about(row["subject"]) in about]
    return replace(said, rows=rows)


def _about(subject: str) -> str:
    return subject.removeprefix(f"{BEGUN}:")


def _kind(subject: str | None) -> str:
    return _about(subject or "").partition(":")[0]


def of_member(session: Session, member: Member) -> Mapping[str, Part]:
    """All that is held of a member of the team as such; what residents and the bot wrote them is not about them."""
    found = _found(session, Whose.MEMBER, {Tie.MEMBER: [member.id]})
    chat = {Tie.PERSON: [member.person_id]}
    people = [held for held in HELD if held.table is Person]
    return {**_found(session, Whose.RESIDENT, chat, people), **found}


def _found(
    session: Session, whose: Whose, mine: Mapping[Tie, Sequence[Any]], among: Sequence[Held] = HELD
) -> Mapping[str, Part]:
    parts = (_part(session, held, whose, mine) for held in among if held.columns(whose))
    return {part.held.name: part for part in parts if part.rows}


def _part(session: Session, held: Held, whose: Whose, mine: Mapping[Tie, Sequence[Any]]) -> Part:
    table = held.table.__table__
    ties = {column: mine[tie] for column, tie in held.ties.items() if tie in mine}
    theirs: list[ColumnElement[bool]] = [table.c[column].in_(values) for column, values in ties.items()]
    if not theirs:
        return Part(held, ())
    columns = [table.c[name] for name in held.columns(whose)]
    rows = session.execute(select(*columns).where(or_(*theirs)).order_by(*table.primary_key)).mappings()
    return Part(held, [_shown(held, ties, row) for row in rows])


def _shown(held: Held, ties: Mapping[str, Sequence[Any]], row: Mapping[Any, Any]) -> Mapping[str, Any]:
    """Without whom else a row hangs on, and without what is withheld."""
    return {
        column: value
        for column, value in row.items()
        if column not in held.withheld.split()
        and held.ties.get(column) not in NUMBERS
        and (column not in held.ties or value in ties.get(column, ()))
    }
