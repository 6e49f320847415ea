"""What is held of somebody, as the data map says: for who asks (AVG, article 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from actions.data_map import HELD, Held, Tie, Whose
from store.tables import Member, Person, Request

NUMBERS = frozenset({Tie.PERSON, Tie.MEMBER})
"""Ties that are only our number for somebody: they tell nobody anything."""


@dataclass(frozen=True)
class Part:
    """The rows of one table that are somebody's, by column, oldest first; without what is not theirs to see."""

    held: Held
    rows: Sequence[Mapping[str, Any]]


def of_resident(session: Session, person: Person) -> Mapping[str, Part]:
    """All that hangs on a resident, by table."""
    requests = list(session.scalars(select(Request.id).where(Request.person_id == person.id)))
    mine = {Tie.PERSON: [person.id], Tie.CHAT: [person.chat_id], Tie.REQUEST: requests}
    return _found(session, Whose.RESIDENT, mine)


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
