"""Sentences that the bot did not understand, or wrongly: kept masked, for a person to say what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session, defer

from store.states import Why
from store.tables import Misunderstood as Row
from store.tables import Person

LONGEST = 300
"""Characters that are kept of a sentence."""
MOST_INTENTS = 5
SAME_TALK = timedelta(hours=1)
"""How long a choice may still belong to a sentence, and how long a repeated sentence is the same one."""
NEW, IGNORED = "new", "ignored"
MARKS = frozenset({NEW, IGNORED})
"""Labels that are no intents: the bot has no topic for this, and nothing can be learned from this."""


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


def unlabelled(session: Session, most: int | None = None, after: int = 0) -> Sequence[Row]:
    """What nobody has labelled yet, oldest first; at most so many, with a number above `after`."""
    waiting = select(Row).where(Row.label.is_(None), Row.id > after).order_by(Row.id)
    return session.scalars(waiting.limit(most)).all()


def count_unlabelled(session: Session) -> int:
    """How many sentences nobody has labelled yet."""
    return session.scalar(select(func.count()).where(Row.label.is_(None)).select_from(Row)) or 0


def labelled(session: Session) -> Sequence[Row]:
    """What somebody has labelled with an intent, oldest first: what the bot can learn from."""
    only_said = (defer(Row.intents), defer(Row.shown))  # each is deciphered by itself
    return session.scalars(select(Row).where(_HAS_INTENT).options(*only_said).order_by(Row.id)).all()


def last_labelled(session: Session, most: int) -> Sequence[Row]:
    """What somebody has labelled with an intent or a mark, at most so many, the last one first."""
    last = (Row.labelled_at.desc().nulls_last(), Row.id.desc())
    return session.scalars(select(Row).where(Row.label.is_not(None)).order_by(*last).limit(most)).all()


def label(session: Session, now: datetime, number: int, wanted: str | None) -> bool:
    """Write down what a sentence means, or take that back with None; False when there is no such number."""
    row = session.get(Row, number)
    if row is None:
        return False
    _set_label(row, now, wanted)
    return True


def label_first(session: Session, now: datetime, number: int, wanted: str) -> Row | None:
    """Label a sentence unless somebody was first: the row says as what. None when it was erased."""
    row = session.get(Row, number, with_for_update=True)
    if row is not None and row.label is None:
        _set_label(row, now, wanted)
    return row


def take_back(session: Session, now: datetime, number: int, given: str) -> Row | None:
    """Take a label back if the sentence has it still: then the row has none. None when it was erased."""
    row = session.get(Row, number, with_for_update=True)
    if row is not None and row.label == given:
        _set_label(row, now, None)
    return row


@dataclass(frozen=True)
class Effect:
    """Of the sentences with a label: how many, how many the bot read again since, and how many it understood then."""

    labelled: int
    read: int
    understood: int


def effect(session: Session) -> Mapping[str, Effect]:
    """By intent, the one with the most sentences first."""
    understood = func.sum(case((Row.means_now == Row.label, 1), else_=0))
    counts = select(Row.label, func.count(), func.count(Row.read_by_model), understood).where(_HAS_INTENT)
    found = session.execute(counts.group_by(Row.label).order_by(func.count().desc(), Row.label))
    return {str(intent): Effect(*numbers) for intent, *numbers in found}


def unread(session: Session, model: str, most: int) -> Sequence[Row]:
    """Sentences with an intent that this model has not read; in any order, so that none holds up the others."""
    by_another = Row.read_by_model.is_distinct_from(model)
    return session.scalars(select(Row).where(_HAS_INTENT, by_another).order_by(func.random()).limit(most)).all()


def read_again(session: Session, number: int, given: str, means: str, model: str) -> None:
    """Write down as what a model takes a sentence, empty when it is not sure; only while it has this label still."""
    same = update(Row).where(Row.id == number, Row.label == given)
    session.execute(same.values(means_now=means, read_by_model=model))


_HAS_INTENT = Row.label.is_not(None) & Row.label.not_in(sorted(MARKS))


def _set_label(row: Row, now: datetime, wanted: str | None) -> None:
    """What a model made of it under the label before is not known of this one."""
    row.label, row.labelled_at = wanted, now if wanted else None
    row.means_now = row.read_by_model = None


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
