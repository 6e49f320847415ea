"""Wordings that somebody wrote on the web page: a row for each version, the latest of which counts (decision 0033).

The files are not written. Undoing is another row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.dashboard_tables import TextChange
from store.tables import Member

FILE = 0
"""The version that is the words of the file."""
NOTHING_WRITTEN = (0, 0)
"""The stamp of an installation in which nobody ever wrote a text."""


@dataclass(frozen=True)
class Wording:
    """Which wording: its language, its key, and its place among those of the key, from 0."""

    language: str
    key: str
    variant: int


@dataclass(frozen=True)
class Written:
    """The words of a wording: its text, and those on its own buttons in the order of the file."""

    text: str
    titles: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Another one for other words; 64 characters."""
        return hashlib.sha256(json.dumps([self.text, *self.titles]).encode()).hexdigest()


class Taken(Exception):
    """Somebody wrote this wording in the meantime; `by` is their row. Nothing was changed."""

    def __init__(self, by: TextChange) -> None:
        self.by = by


def publish(
    session: Session, now: datetime, member: Member, wording: Wording, words: Written | None, seen: int, file: Written
) -> TextChange:
    """From now on these words are said; None stands for `file`, those of the file that they come in the place of.

    `seen` is the version that the writer had before them. Raises `Taken` when that is not the latest any more.
    """
    latest = _latest(session, wording)
    if latest is not None and latest.version != seen:
        raise Taken(latest)
    row = TextChange(
        at=now,
        member_id=member.id,
        language=wording.language,
        key=wording.key,
        variant=wording.variant,
        version=(latest.version if latest else FILE) + 1,
        replaces=file.digest,
        text=words.text if words else None,
        titles=list(words.titles) if words else [],
    )
    return _added(session, wording, row)


def words_of(change: TextChange | None) -> Written | None:
    """What somebody wrote; None for the words of the file."""
    return None if change is None or change.text is None else Written(change.text, tuple(change.titles))


def history(session: Session, wording: Wording) -> Sequence[TextChange]:
    """All versions of a wording, the latest first."""
    return session.scalars(select(TextChange).where(_of(wording)).order_by(TextChange.version.desc())).all()


def latest(session: Session) -> Sequence[TextChange]:
    """The latest version of each wording that was ever changed, in the order of language and key."""
    last = select(TextChange.language, TextChange.key, TextChange.variant, func.max(TextChange.version))
    columns = (TextChange.language, TextChange.key, TextChange.variant)
    found = select(TextChange).where(tuple_(*columns, TextChange.version).in_(last.group_by(*columns)))
    return session.scalars(found.order_by(*columns)).all()


def stamp(session: Session) -> tuple[int, int]:
    """Another one when something was written; the count, for rows may become visible in another order."""
    count, last = session.execute(select(func.count(), func.max(TextChange.id))).one()
    return count, last or 0


def writers(session: Session, changes: Iterable[TextChange]) -> dict[int, str]:
    """The names of who wrote, by their number, as far as they are still known."""
    wanted = {change.member_id for change in changes if change.member_id is not None}
    found = session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted)))
    return {row.id: row.name for row in found}


def _latest(session: Session, wording: Wording) -> TextChange | None:
    return session.scalars(select(TextChange).where(_of(wording)).order_by(TextChange.version.desc()).limit(1)).first()


def _added(session: Session, wording: Wording, row: TextChange) -> TextChange:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as same_moment:
        other = _latest(session, wording)
        if other is None:
            raise
        raise Taken(other) from same_moment
    return row


def _of(wording: Wording) -> ColumnElement[bool]:
    here = (TextChange.language == wording.language) & (TextChange.key == wording.key)
    return here & (TextChange.variant == wording.variant)
