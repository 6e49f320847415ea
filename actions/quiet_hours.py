"""When the bot may begin to talk by itself: not at night, on Sundays or public holidays, nor against a wish."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from actions.opening_hours import Opening, is_open, local_day, opens_next, periods
from actions.outbox import Message, withdraw
from actions.veils import tell
from store.states import OutgoingState
from store.tables import Outgoing, Person

WAKING = (Opening(frozenset(range(6)), opens=9 * 60, closes=20 * 60, closed_on_holidays=True),)
"""From 9:00 to 20:00 in the Netherlands, Monday to Saturday."""
CARD = "card"
"""What begins the subject of a card for the team."""
RENEWED = "renewed"
"""What ends the subject of the change by which an old card points to the new one: it comes with that one."""
BEGUN = "begun"
"""What begins the subject of a message that the bot started by itself, so that it can be stopped."""
LEAK = "leak"
"""What follows `BEGUN` in the subject of what residents must hear of a leak of their data: that cannot be stopped."""


def waking_time(moment: datetime) -> datetime:
    """The moment itself, or the next one at which people may be disturbed; both aware."""
    opening = None if is_open(WAKING, moment) else opens_next(WAKING, moment)
    return opening or moment


def awake_by(moment: datetime) -> datetime:
    """The moment itself, or else an hour before people were last left in peace before it; both aware."""
    if is_open(WAKING, moment):
        return moment
    ends = (closes for back in count() for _, closes in periods(WAKING, local_day(moment) - timedelta(days=back)))
    return next(closes for closes in ends if closes <= moment) - timedelta(hours=1)


def begin(
    session: Session, now: datetime, person: Person, message: Message, subject: str, due_at: datetime | None = None
) -> Outgoing | None:
    """Queue what the bot says of its own accord, at `due_at` or now, whichever is later, or else on waking.

    It is filed under `subject` with `BEGUN` before it. None when the person has stopped such messages.
    """
    if person.messages_stopped:
        return None
    due = waking_time(max(now, due_at or now))
    return tell(session, now, person, message, f"{BEGUN}:{subject}", due)


def put_off(session: Session, now: datetime) -> int:
    """Leave until people are awake what should have been sent in the day and was not; gives how many messages.

    Nothing ran, or Telegram could not be reached: what the bot begins, and cards, do not come at night because of that.
    """
    awake = waking_time(now)
    if awake == now:
        return 0
    begun = or_(*(Outgoing.subject.startswith(f"{kind}:", autoescape=True) for kind in (BEGUN, CARD)))
    late = (Outgoing.state == OutgoingState.WAITING) & (Outgoing.due_at <= now) & Outgoing.claimed_until.is_(None)
    new = late & begun & (Outgoing.edits_id.is_(None) | Outgoing.subject.endswith(f":{RENEWED}"))
    result = session.execute(update(Outgoing).where(new).values(due_at=awake))
    return int(result.rowcount)  # type: ignore[attr-defined]


def take_back(session: Session, *subjects: str) -> int:
    """Withdraw what was going to be begun under these subjects; gives how many messages that were."""
    return withdraw(session, *(f"{BEGUN}:{subject}" for subject in subjects))


def stop(session: Session, person: Person) -> int:
    """Begin nothing with this person any more, and take back what was going to be; gives how many messages that were.

    What they are told in answer, about danger, of a leak, and by a person of the team goes on. It erases nothing.
    """
    person.messages_stopped = True
    return take_back_from(session, person)


def take_back_from(session: Session, person: Person) -> int:
    """Withdraw all that was going to be begun with somebody and can be stopped; gives how many messages that were."""
    begun = Outgoing.subject.startswith(f"{BEGUN}:", autoescape=True) & (Outgoing.state == OutgoingState.WAITING)
    duty = Outgoing.subject.startswith(f"{BEGUN}:{LEAK}:", autoescape=True)
    mine = begun & ~duty & (Outgoing.chat_id == person.chat_id)
    result = session.execute(update(Outgoing).where(mine).values(state=OutgoingState.WITHDRAWN))
    return int(result.rowcount)  # type: ignore[attr-defined]


def resume(person: Person) -> None:
    """The bot may begin to talk again."""
    person.messages_stopped = False
