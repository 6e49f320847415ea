"""How residents find us: posters with a QR code, and how many people came by each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import events
from store.tables import Event, Member, Person, Poster

LINK_PREFIX = "w_"
LETTERS = "CFGHJMPQRVWX"
"""The letters of Open Location Code: none looks like another, and without vowels they spell no word (of danger, say).

No digits either: eight of them can pass for a BSN, and would be masked.
"""
CODE_LETTERS = 8
PLACE_CHARACTERS = 80
CAME = "source"
"""The name of the event; its detail is the code."""
_CODE = re.compile(f"[{LETTERS}]{{{CODE_LETTERS}}}")


class PosterError(ValueError):
    """A poster cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Found:
    """A poster and how many people came by it."""

    poster: Poster
    people: int


def make(
    session: Session, now: datetime, wijk: str, place: str, random: Random, member_id: int | None = None
) -> Poster:
    """A new poster with a code that no other has, of a member of the team or of nobody.

    Raises `PosterError` when the place is empty or too long, or when there is no such member.
    """
    place = " ".join(place.split())
    if not place or len(place) > PLACE_CHARACTERS:
        raise PosterError(f"--place must say where it will hang, in at most {PLACE_CHARACTERS} characters.")
    member = session.get(Member, member_id) if member_id is not None else None
    if member_id is not None and (member is None or not member.active):
        raise PosterError(f"--member is a number from `team list`; there is no member {member_id}.")
    code = _new_code(random)
    while session.get(Poster, code) is not None:
        code = _new_code(random)
    poster = Poster(code=code, wijk=wijk, place=place, created_at=now, member_id=member_id)
    session.add(poster)
    session.flush()
    return poster


def link(bot_name: str, poster: Poster) -> str:
    """The address in the QR code; Telegram then sends us `/start` with what stands behind `start=`."""
    return f"https://t.me/{bot_name}?start={LINK_PREFIX}{poster.code}"


def find(session: Session, code: str) -> Poster | None:
    """The poster with that code, in capitals or not; anything may be given."""
    return session.get(Poster, code.upper()) if _CODE.fullmatch(code.upper()) else None


def note_arrival(session: Session, now: datetime, person: Person, poster: Poster) -> None:
    """Count somebody new, once, by the first poster that they scanned; the figure holds no person."""
    if person.source is None:
        person.source = poster.code
        events.count(session, now, CAME, poster.code, wijk=poster.wijk)


def listed(session: Session, wijk: str | None = None, most: int | None = None, skip: int = 0) -> list[Found]:
    """Posters of a wijk or of all, the newest first, with how many came by each; at most so many, after the first."""
    query = select(Poster).order_by(Poster.created_at.desc(), Poster.code).limit(most).offset(skip)
    posters = session.scalars(query if wijk is None else query.where(Poster.wijk == wijk)).all()
    came = _people(session, [poster.code for poster in posters])
    return [Found(poster, came.get(poster.code, 0)) for poster in posters]


def _people(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """How many came by each of these posters; those by which nobody came are left out."""
    query = select(Event.detail, func.count().label("people")).where(Event.name == CAME, Event.detail.in_(codes))
    return {row.detail: row.people for row in session.execute(query.group_by(Event.detail))}


def _new_code(random: Random) -> str:
    return "".join(random.choices(LETTERS, k=CODE_LETTERS))
