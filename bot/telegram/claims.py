"""Which rows this process sends next, and what became of them: the database side of delivery.

`claimed_until` is, for a row that is SENDING, the end of its owner's lease; for
one that is WAITING, the moment before which it is not tried again. Either way
it holds the whole chat, so that a later message never overtakes an earlier one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from actions import screen
from actions.outbox import Message
from actions.veils import veiled
from bot.telegram.outcomes import MAX_ATTEMPTS, Claimed, Outcome
from store.states import OutgoingState
from store.tables import Moment, Outgoing, Person

LEASE = timedelta(seconds=60)
ROWS_PER_CHAT = 20
LIVE = (OutgoingState.WAITING, OutgoingState.SENDING)
CLAIM_LOCK = 0x77696A6B
"""The PostgreSQL advisory lock of claiming ("wijk"). Without it a process whose snapshot is a moment old could take a
chat's newest message while another one has just taken the earlier ones."""

OUTGOING = cast("Table", Outgoing.__table__)
PEOPLE = cast("Table", Person.__table__)
NOW: BindParameter[datetime] = bindparam("now", type_=Moment())

Unreachable = Callable[[Session, datetime, int], None]
"""Told the chat that can no longer be reached, in the transaction that records it."""
Uncertain = Callable[[Session, datetime, int], None]
"""Told the row of which nobody will know whether it arrived, in the transaction that records it."""


@dataclass(frozen=True)
class Claim:
    """`rows` to send, by id; `given_up` were found dead and have been recorded; `next_due` when something is next due.

    `next_due` is only looked up when there is nothing to send.
    """

    rows: tuple[Claimed, ...] = ()
    given_up: tuple[tuple[int, OutgoingState], ...] = ()
    next_due: datetime | None = None


def _claimable(row: FromClause) -> ColumnElement[bool]:
    free = or_(row.c.claimed_until.is_(None), row.c.claimed_until <= NOW)
    return and_(row.c.state.in_(LIVE), row.c.due_at <= NOW, free)


def _candidates() -> Select[Any]:
    """Due rows of free chats, the first few of each, with their place in the chat, in order.

    Rows that another transaction is changing are passed over rather than waited
    for, so that claiming takes no part in a deadlock.
    """
    other, row, edited = OUTGOING.alias(), OUTGOING.alias(), OUTGOING.alias()
    held = select(other.c.chat_id).where(other.c.state.in_(LIVE), other.c.due_at <= NOW, other.c.claimed_until > NOW)
    place = func.row_number().over(partition_by=OUTGOING.c.chat_id, order_by=OUTGOING.c.id).label("place")
    free = (OUTGOING.c.chat_id.not_in(held), OUTGOING.c.chat_id.not_in(bindparam("busy", expanding=True)))
    person = (PEOPLE.c.reachable, PEOPLE.c.discreet)
    queue = select(OUTGOING.c.id, place).where(_claimable(OUTGOING), *free).subquery()
    columns = [row.c[name] for name in ("id", "chat_id", "content", "state", "repeatable", "attempts", "edits_id")]
    return (
        select(*columns, queue.c.place, edited.c.telegram_message_id.label("target"), *person)
        .join(queue, queue.c.id == row.c.id)
        .outerjoin(edited, edited.c.id == row.c.edits_id)
        .outerjoin(PEOPLE, PEOPLE.c.chat_id == row.c.chat_id)
        .where(_claimable(row), queue.c.place <= ROWS_PER_CHAT)
        .order_by(row.c.id)
        .limit(bindparam("room", type_=Integer))
        .with_for_update(skip_locked=True, of=row)
    )


def _next_due() -> Select[Any]:
    waiting = (OUTGOING.c.state == OutgoingState.WAITING) & (OUTGOING.c.due_at > NOW)
    held = OUTGOING.c.state.in_(LIVE) & (OUTGOING.c.claimed_until > NOW)
    due_at, held_until = func.min(OUTGOING.c.due_at), func.min(OUTGOING.c.claimed_until)
    return select(select(due_at).where(waiting).scalar_subquery(), select(held_until).where(held).scalar_subquery())


def _taking() -> Update:
    died = case((OUTGOING.c.state == OutgoingState.SENDING, 1), else_=0)
    these = OUTGOING.c.id.in_(bindparam("ids", expanding=True))
    values = {"state": OutgoingState.SENDING, "attempts": OUTGOING.c.attempts + died}
    return update(OUTGOING).where(these).values(claimed_until=bindparam("lease"), **values)


# Building a statement takes SQLAlchemy far longer than running it, so these are built once.
LOCK = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=CLAIM_LOCK)
CANDIDATES = _candidates()
NEXT_DUE = _next_due()
TAKE = _taking()
OURS = (OUTGOING.c.id == bindparam("row_id"), OUTGOING.c.claimed_until == bindparam("lease"))
RECORD = update(OUTGOING).where(*OURS)
POSTPONE = update(OUTGOING).where(*OURS).values(due_at=bindparam("later"))
REPLACE = update(OUTGOING).where(*OURS).values(content=bindparam("instead"), edits_id=None, repeatable=False)
EMPTY = update(OUTGOING).where(*OURS).values(content=bindparam("left"))
ERASE = delete(OUTGOING).where(*OURS)


def claim(
    session: Session, now: datetime, room: int, busy: Collection[int], on_uncertain: Uncertain | None = None
) -> Claim:
    """Take up to `room` due rows, per chat in order, leaving `busy` chats alone."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    found = connection.execute(CANDIDATES, {"now": now, "room": room, "busy": list(busy)}).all()
    dead = {row.id: state for row in found if (state := _dead(row))}
    taken = _chosen(found, dead)
    for row_id, state in dead.items():
        session.execute(_ended(OUTGOING.c.id == row_id, state))
        if state is OutgoingState.UNCERTAIN and on_uncertain:
            on_uncertain(session, now, row_id)
    if not taken:
        moments = connection.execute(NEXT_DUE, {"now": now}).one()
        return Claim((), tuple(dead.items()), min((one for one in moments if one is not None), default=None))
    lease = now + LEASE
    connection.execute(TAKE, {"ids": [row.id for row in taken], "lease": lease})
    return Claim(tuple(_claimed(row, lease) for row in taken), tuple(dead.items()))


def end_leases(session: Session) -> None:
    """Take over what a process left that died while sending; only where no other process can be at work."""
    session.execute(update(OUTGOING).where(OUTGOING.c.state == OutgoingState.SENDING).values(claimed_until=None))


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


def _ended(which: ColumnElement[bool], state: OutgoingState) -> Update:
    return update(OUTGOING).where(which).values(state=state, claimed_until=None)


def _claimed(row: Row[Any], lease: datetime) -> Claimed:
    attempts = row.attempts + (row.state is OutgoingState.SENDING)
    silent = bool(row.discreet) or _is_last(row.content)
    sent_as = {"edits_id": row.edits_id, "target": row.target, "silent": silent}
    return Claimed(row.id, row.chat_id, row.content, row.repeatable, attempts, lease, **sent_as)


def record(
    session: Session,
    now: datetime,
    outcomes: Sequence[Outcome],
    on_unreachable: Unreachable | None,
    on_uncertain: Uncertain | None = None,
) -> None:
    """Write outcomes down. A row whose lease ran out and that another process took is left to that process."""
    if not outcomes:
        return
    connection = session.connection()
    postponed = [_postponed(now, outcome) for outcome in outcomes if outcome.verdict.later]
    if postponed:
        connection.execute(POSTPONE, postponed)
    anew = [_anew(outcome.row) for outcome in outcomes if outcome.verdict.anew]
    if anew:
        connection.execute(REPLACE, anew)
    for outcome in outcomes:
        if outcome.verdict.state not in LIVE and isinstance(outcome.row.content, dict):
            _let_go(connection, outcome.row)
    written = connection.execute(RECORD, [_written(now, outcome) for outcome in outcomes])
    if written.rowcount < len(outcomes):
        _take_back(session, now, outcomes)
    for chat_id in {one.row.chat_id for one in outcomes if one.verdict.state is OutgoingState.UNREACHABLE}:
        _lose(session, now, chat_id, on_unreachable)
    if on_uncertain:
        for one in outcomes:
            if one.verdict.state is OutgoingState.UNCERTAIN:
                on_uncertain(session, now, one.row.id)


def _is_last(content: Any) -> bool:
    """Whether it is for somebody who was erased, of whom nobody knows any more whether they may be watched."""
    return isinstance(content, dict) and content.get("last", False)


def _let_go(connection: Connection, row: Claimed) -> None:
    """A file has gone where it had to go and is kept no longer; of a last message nothing is."""
    ours = {"row_id": row.id, "lease": row.lease}
    if _is_last(row.content):
        connection.execute(ERASE, ours)
    elif "document" in row.content:
        left = {name: value for name, value in row.content.items() if name != "document"}
        connection.execute(EMPTY, {**ours, "left": left})


def _take_back(session: Session, now: datetime, outcomes: Sequence[Outcome]) -> None:
    """What was erased or taken back while it was being sent goes off the screen again.

    Nothing is done about rows that another process took, nor about those of which nothing was to be kept.
    """
    ours = (one for one in outcomes if one.telegram_message_id and not _is_last(one.row.content))
    numbers = {one.row.id: (one.row.chat_id, one.telegram_message_id or 0) for one in ours}
    rows = select(OUTGOING.c.id).where(OUTGOING.c.id.in_(numbers), OUTGOING.c.state != OutgoingState.WITHDRAWN)
    unwanted = [numbers[row_id] for row_id in numbers.keys() - set(session.scalars(rows))]
    for chat_id in {chat for chat, _ in unwanted}:
        screen.take_away(session, now, chat_id, [number for chat, number in unwanted if chat == chat_id], last=True)


def _postponed(now: datetime, outcome: Outcome) -> dict[str, Any]:
    later = now + timedelta(seconds=outcome.verdict.later)
    return {"row_id": outcome.row.id, "lease": outcome.row.lease, "later": later}


def _anew(row: Claimed) -> dict[str, Any]:
    """A message of its own, which is only announced to who may be watched: they wiped what it would change."""
    message = replace(Message.from_json(row.content), anew=False)
    instead = veiled(message) if row.silent else message
    return {"row_id": row.id, "lease": row.lease, "instead": instead.as_json()}


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
    """The person blocked the bot or is gone: nothing more is sent until they write again.

    Of who was erased, what waits is not kept either.
    """
    waiting = (OUTGOING.c.chat_id == chat_id) & (OUTGOING.c.state == OutgoingState.WAITING)
    known = session.execute(update(PEOPLE).where(PEOPLE.c.chat_id == chat_id).values(reachable=False))
    if known.rowcount:  # type: ignore[attr-defined]
        session.execute(_ended(waiting, OutgoingState.UNREACHABLE))
    else:
        session.execute(delete(OUTGOING).where(waiting))
    if on_unreachable:
        on_unreachable(session, now, chat_id)
