"""Which rows this process sends next, and what became of them: the database side of delivery.

`claimed_until` is, for a row that is SENDING, the end of its owner's lease; for
one that is WAITING, the moment before which it is not tried again. Either way
it holds the whole chat, so that a later message never overtakes an earlier one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, case, func, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from bot.telegram.outcomes import MAX_ATTEMPTS, Claimed, Outcome
from store.tables import Outgoing, OutgoingState, Person

LEASE = timedelta(seconds=60)
ROWS_PER_CHAT = 5
LIVE = (OutgoingState.WAITING, OutgoingState.SENDING)
CLAIM_LOCK = 0x77696A6B
"""The PostgreSQL advisory lock of claiming ("wijk"). Without it a process whose snapshot is a moment old could take a
chat's newest message while another one has just taken the earlier ones."""

UNSYNCHRONISED = {"synchronize_session": False}
"""Nothing of these sessions is read from memory afterwards."""

Unreachable = Callable[[Session, datetime, int], None]


@dataclass(frozen=True)
class Claim:
    """`rows` to send, by id; `given_up` were found dead and have been recorded; `next_due` when something is next due.

    `next_due` is only looked up when there is nothing to send.
    """

    rows: tuple[Claimed, ...] = ()
    given_up: tuple[tuple[int, OutgoingState], ...] = ()
    next_due: datetime | None = None


def claim(session: Session, now: datetime, room: int, busy: Collection[int]) -> Claim:
    """Take up to `room` due rows, per chat in order, leaving `busy` chats alone."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CLAIM_LOCK})
    found = session.execute(_candidates(now, busy).limit(max(1, room))).all()
    dead = {row.id: state for row in found if (state := _dead(row))}
    taken = _chosen(found, dead)
    _give_up(session, dead)
    if not taken:
        return Claim((), tuple(dead.items()), _next_due(session, now))
    lease = now + LEASE
    _take(session, [row.id for row in taken], lease)
    return Claim(tuple(_claimed(row, lease) for row in taken), tuple(dead.items()))


def _claimable(now: datetime, row: type[Outgoing]) -> ColumnElement[bool]:
    return and_(row.state.in_(LIVE), row.due_at <= now, or_(row.claimed_until.is_(None), row.claimed_until <= now))


def _candidates(now: datetime, busy: Collection[int]) -> Select[Any]:
    """Due rows of free chats, the first few of each, with their place in the chat, in order.

    Rows that another transaction is changing are passed over rather than waited
    for, so that claiming takes no part in a deadlock.
    """
    other = aliased(Outgoing)
    held = select(other.chat_id).where(other.state.in_(LIVE), other.due_at <= now, other.claimed_until > now)
    place = func.row_number().over(partition_by=Outgoing.chat_id, order_by=Outgoing.id).label("place")
    free = (Outgoing.chat_id.not_in(held), Outgoing.chat_id.not_in(busy))
    queue = select(Outgoing.id, place).where(_claimable(now, Outgoing), *free).subquery()
    row, edited = aliased(Outgoing), aliased(Outgoing)
    columns = (row.id, row.chat_id, row.content, row.state, row.repeatable, row.attempts, row.edits_id, queue.c.place)
    return (
        select(*columns, edited.telegram_message_id.label("target"), Person.reachable)
        .join(queue, queue.c.id == row.id)
        .outerjoin(edited, edited.id == row.edits_id)
        .outerjoin(Person, Person.chat_id == row.chat_id)
        .where(_claimable(now, row), queue.c.place <= ROWS_PER_CHAT)
        .order_by(row.id)
        .with_for_update(skip_locked=True, of=row)
    )


def _dead(row: Row[Any]) -> OutgoingState | None:
    """The end of a row that is not to be sent: nobody to send to, or its owner died while sending."""
    if row.reachable is False:
        return OutgoingState.UNREACHABLE
    if row.state is OutgoingState.SENDING and not row.repeatable:
        return OutgoingState.UNCERTAIN
    if row.state is OutgoingState.SENDING and row.attempts + 1 >= MAX_ATTEMPTS:
        return OutgoingState.FAILED
    return None


def _chosen(found: Sequence[Row[Any]], dead: Collection[int]) -> list[Row[Any]]:
    """Per chat the first rows up to a gap, which is a row that another transaction is changing.

    One that must not be repeated goes alone, so that a kill leaves only that one in doubt.
    """
    chosen: list[Row[Any]] = []
    places: Counter[int] = Counter()
    begun: set[int] = set()
    closed: set[int] = set()
    for row in found:
        places[row.chat_id] += 1
        if row.place != places[row.chat_id]:
            closed.add(row.chat_id)
        if row.chat_id in closed or row.id in dead:
            continue
        if row.repeatable or row.chat_id not in begun:
            chosen.append(row)
        begun.add(row.chat_id)
        if not row.repeatable:
            closed.add(row.chat_id)
    return chosen


def _take(session: Session, ids: Sequence[int], lease: datetime) -> None:
    died = case((Outgoing.state == OutgoingState.SENDING, 1), else_=0)
    values = {"state": OutgoingState.SENDING, "claimed_until": lease, "attempts": Outgoing.attempts + died}
    session.execute(update(Outgoing).where(Outgoing.id.in_(ids)).values(values), execution_options=UNSYNCHRONISED)


def _give_up(session: Session, dead: dict[int, OutgoingState]) -> None:
    for state in set(dead.values()):
        ids = [row_id for row_id, one in dead.items() if one is state]
        ended = update(Outgoing).where(Outgoing.id.in_(ids)).values(state=state, claimed_until=None)
        session.execute(ended, execution_options=UNSYNCHRONISED)


def _claimed(row: Row[Any], lease: datetime) -> Claimed:
    attempts = row.attempts + (row.state is OutgoingState.SENDING)
    return Claimed(row.id, row.chat_id, row.content, row.repeatable, attempts, lease, row.edits_id, row.target)


def _next_due(session: Session, now: datetime) -> datetime | None:
    due = select(func.min(Outgoing.due_at)).where(Outgoing.state == OutgoingState.WAITING, Outgoing.due_at > now)
    held = select(func.min(Outgoing.claimed_until)).where(Outgoing.state.in_(LIVE), Outgoing.claimed_until > now)
    moments = session.execute(select(due.scalar_subquery(), held.scalar_subquery())).one()
    return min((moment for moment in moments if moment is not None), default=None)


def record(session: Session, now: datetime, outcomes: Sequence[Outcome], on_unreachable: Unreachable | None) -> None:
    """Write outcomes down. A row whose lease ran out and that another process took is left to that process."""
    if not outcomes:
        return
    rows = cast("Table", Outgoing.__table__)
    mine = (rows.c.id == bindparam("row_id")) & (rows.c.claimed_until == bindparam("lease"))
    session.connection().execute(update(rows).where(mine), [_written(now, outcome) for outcome in outcomes])
    for chat_id in {one.row.chat_id for one in outcomes if one.verdict.state is OutgoingState.UNREACHABLE}:
        _lose(session, now, chat_id, on_unreachable)


def _written(now: datetime, outcome: Outcome) -> dict[str, Any]:
    verdict, row = outcome.verdict, outcome.row
    return {
        "row_id": row.id,
        "lease": row.lease,
        "state": verdict.state,
        "attempts": row.attempts + verdict.attempted,
        "telegram_message_id": outcome.telegram_message_id,
        "sent_at": now if verdict.state is OutgoingState.SENT else None,
        "claimed_until": now + timedelta(seconds=verdict.hold) if verdict.hold else None,
    }


def _lose(session: Session, now: datetime, chat_id: int, on_unreachable: Unreachable | None) -> None:
    """The person blocked the bot or is gone: nothing more is sent until they write again."""
    waiting = (Outgoing.chat_id == chat_id) & (Outgoing.state == OutgoingState.WAITING)
    ended = update(Outgoing).where(waiting).values(state=OutgoingState.UNREACHABLE, claimed_until=None)
    session.execute(ended, execution_options=UNSYNCHRONISED)
    gone = update(Person).where(Person.chat_id == chat_id).values(reachable=False)
    session.execute(gone, execution_options=UNSYNCHRONISED)
    if on_unreachable:
        on_unreachable(session, now, chat_id)
