"""Sentences that the bot did not understand, or wrongly: kept masked, for a person to say what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.tables import Misunderstood as Row
from store.tables import Person, Why

LONGEST = 300
"""Characters that are kept of a sentence."""
MOST_INTENTS = 5
SAME_TALK = timedelta(hours=1)
"""How long a choice may still belong to a sentence, and how long a repeated sentence is the same one."""


@dataclass(frozen=True)
class Misunderstood:
    """What was said and what the bot made of it.

    `text` is masked already. `intents` are the classifier's, best first, with its confidence in each. `shown` is what
    the resident could choose from: intents, or `menu`. `chosen` is one of these or `neither`, None until it is known.
    """

    text: str
    why: Why
    intents: Sequence[tuple[str, float]] = ()
    shown: Sequence[str] = ()
    chosen: str | None = None
    open_slot: str | None = None
    language: str | None = None


def note(session: Session, now: datetime, person: Person, sentence: Misunderstood) -> int:
    """Keep a sentence; gives the number of its row. The same sentence within the hour is kept once.

    Words about danger, and those of somebody who does not want answers kept, are not for here (domain.md, section 8):
    the caller leaves them out.
    """
    text = sentence.text.strip()[:LONGEST]
    row = _said_before(session, now, person, text)
    if row is None:
        row = _row(now, person, text, sentence)
        session.add(row)
    elif sentence.why is Why.CORRECTED:  # of the same sentence, what the resident says last counts
        row.why, row.shown, row.chosen = sentence.why, list(sentence.shown), sentence.chosen
    session.flush()
    return row.id


def choose(session: Session, now: datetime, person: Person, chosen: str) -> int | None:
    """Write down what a person chose after their last sentence that has no choice yet; gives its number, if any."""
    recent = _recent(session, now, person)
    row = next((row for row in recent if row.chosen is None), None)
    if row is None:
        return None
    row.chosen = chosen
    return row.id


def erase(session: Session, person: Person) -> None:
    """Leave nothing of a person's sentences, for who says no to keeping answers."""
    session.execute(delete(Row).where(Row.person_id == person.id))


def listed(session: Session) -> Sequence[Row]:
    """All that is kept, oldest first."""
    return session.scalars(select(Row).order_by(Row.id)).all()


def unlabelled(session: Session) -> Sequence[Row]:
    """What nobody has labelled yet, oldest first."""
    return session.scalars(select(Row).where(Row.label.is_(None)).order_by(Row.id)).all()


def labelled(session: Session) -> Sequence[Row]:
    """What somebody has labelled, oldest first."""
    return session.scalars(select(Row).where(Row.label.is_not(None)).order_by(Row.id)).all()


def label(session: Session, number: int, intent: str | None) -> bool:
    """Write down what a sentence means, or take that back with None; False when there is no such number."""
    row = session.get(Row, number)
    if row is None:
        return False
    row.label = intent
    return True


def _row(now: datetime, person: Person, text: str, sentence: Misunderstood) -> Row:
    return Row(
        at=now,
        person_id=person.id,
        text=text,
        intents=[[intent, round(confidence, 3)] for intent, confidence in sentence.intents[:MOST_INTENTS]],
        shown=list(sentence.shown),
        chosen=sentence.chosen,
        open_slot=sentence.open_slot,
        language=sentence.language,
        why=sentence.why,
    )


def _said_before(session: Session, now: datetime, person: Person, text: str) -> Row | None:
    """Compared here: the database holds the texts encrypted, each time differently."""
    return next((row for row in _recent(session, now, person) if row.text == text), None)


def _recent(session: Session, now: datetime, person: Person) -> Sequence[Row]:
    """Of the last hour, newest first."""
    of_person = select(Row).where(Row.person_id == person.id, Row.at >= now - SAME_TALK)
    return session.scalars(of_person.order_by(Row.at.desc(), Row.id.desc())).all()
