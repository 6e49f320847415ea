"""What somebody of the team sets about their own work: languages, hours, holidays, how much at once; and their load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.opening_hours import MIDNIGHT
from actions.request_states import HELD
from actions.roles import TAKES
from actions.working_time import hours_of
from store.tables import Member, Request

LANGUAGES = ("ar", "de", "en", "es", "fa", "fr", "pl", "ro", "ru", "so", "ti", "tr", "uk")
"""Those that the slot `speaks` tells apart."""
MOST = 30
"""Requests at once."""
DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
EXAMPLE = "ma-vr 9:00-17:00, za 10-12"
LOADS = (
    select(Request.claimed_by_id, func.count())
    .where(Request.state.in_(HELD) & ~Request.practice)
    .group_by(Request.claimed_by_id)
)
"""Built once: it is asked whenever somebody is looked for."""


class SettingRefused(ValueError):
    """This cannot be set; the message says what can. Nothing was changed."""


class LanguageUnknown(SettingRefused):
    """A code that is not one of `LANGUAGES`."""


class CapacityOutOfRange(SettingRefused):
    """Not from 1 to `MOST`."""


class HoursUnclear(SettingRefused):
    """Not in the notation of `EXAMPLE`, or a time that ends before it begins, or comes twice."""


class Hours(TypedDict):
    """As in `Member.hours`: the same times on some days (0 is Monday), in minutes since local midnight."""

    days: list[int]
    opens: int
    closes: int


def set_languages(member: Member, codes: Iterable[str]) -> None:
    """The languages that they speak beside Dutch, or none; raises `LanguageUnknown`."""
    wanted = {code.lower() for code in codes}
    unknown = sorted(wanted.difference(LANGUAGES))
    if unknown:
        raise LanguageUnknown(f"Languages are codes of: {' '.join(LANGUAGES)}; not {' '.join(unknown)}.")
    member.languages = " ".join(sorted(wanted))


def set_capacity(member: Member, requests: int) -> None:
    """How many requests they can have under way at once; raises `CapacityOutOfRange`."""
    if not 1 <= requests <= MOST:
        raise CapacityOutOfRange(f"Somebody can have 1 to {MOST} requests at once, not {requests}.")
    member.capacity = requests


def set_hours(member: Member, notation: str) -> None:
    """Their working hours, written as in `EXAMPLE`; raises `HoursUnclear`."""
    member.hours = read_hours(notation)


def hours_in_words(member: Member) -> str:
    """Their working hours (office hours when they gave none), in the notation that `set_hours` reads."""
    rules = hours_of(member)
    return in_notation(Hours(days=sorted(rule.days), opens=rule.opens, closes=rule.closes) for rule in rules)


def go_away(member: Member, until: date | None = None) -> None:
    """No cards until that day, the first on which they are back; without a day, until they come back."""
    member.available, member.away_until = until is not None, until


def come_back(member: Member) -> None:
    """Cards again."""
    member.available, member.away_until = True, None


def is_away(member: Member, day: date) -> bool:
    """Whether they have a holiday on that day in the Netherlands, or want no cards for now."""
    return not member.available or (member.away_until is not None and day < member.away_until)


def open_count(session: Session, member: Member) -> int:
    """How many requests they have under way; those to practise with do not count."""
    return loads(session).get(member.id, 0)


def loads(session: Session) -> Mapping[int, int]:
    """How many requests each member has under way, by the number of the member; who has none is not in it."""
    return {number: count for number, count in session.execute(LOADS) if number is not None}


def takes_requests(member: Member) -> bool:
    """Whether requests are theirs to take; who only comes for an appointment is shown none."""
    return member.role in TAKES


def has_room(member: Member, count: int) -> bool:
    """Whether somebody with so many requests under way can have another."""
    return count < member.capacity


# --- the notation of hours ------------------------------------------------------------------------------------

_DAY = "(?:ma|di|wo|do|vr|za|zo)"
_TIME = r"\d{1,2}(?:[:.]\d{2})?"
_PART = re.compile(rf"(?P<days>{_DAY}(?:-{_DAY})?)?(?P<times>{_TIME}-{_TIME})?")
_SAME: Mapping[str, str] = {
    "maandag": "ma",
    "dinsdag": "di",
    "woensdag": "wo",
    "donderdag": "do",
    "vrijdag": "vr",
    "zaterdag": "za",
    "zondag": "zo",
    "tot en met": "-",
    "t/m": "-",
    "tot": "-",
    "–": "-",
    " en ": ",",
    "&": ",",
    ";": ",",
    "\n": ",",
    "uur": "",
    "van": "",
}


def read_hours(notation: str) -> list[Hours]:
    """Hours such as "ma, wo 9-12:30, 13-17": days before a time go with it, a time alone is of the days before it.

    Raises `HoursUnclear`.
    """
    found: list[Hours] = []
    days: list[int] = []
    timed = True
    for part in _parts(notation):
        named, times = part["days"], part["times"]
        if named:
            days = [*([] if timed else days), *_read_days(named)]
        if times:
            found.append(_one(days, times))
        timed = bool(times)
    if not timed or not found:
        raise HoursUnclear(f"Hours are days with times, such as {EXAMPLE}.")
    _refuse_twice(found)
    return found


def in_notation(hours: Iterable[Hours], clock: Callable[[int], str] | None = None) -> str:
    """Hours in the notation that `read_hours` reads; `clock` says minutes since midnight, "9:00" without it."""
    said = clock or _clock
    return ", ".join(f"{_days_in_words(one['days'])} {said(one['opens'])}-{said(one['closes'])}" for one in hours)


def _parts(notation: str) -> Iterable[re.Match[str]]:
    plain = notation.lower()
    for written, same in _SAME.items():
        plain = plain.replace(written, same)
    for written in plain.split(","):
        part = _PART.fullmatch("".join(written.split()))
        if part is None or not part[0]:
            raise HoursUnclear(f"Hours are written such as {EXAMPLE}; {written.strip()!r} is not.")
        yield part


def _read_days(named: str) -> list[int]:
    first, _, last = named.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    if end < begin:
        raise HoursUnclear(f"{named} goes from the end of the week to its beginning: name the days, such as vr, ma.")
    return list(range(begin, end + 1))


def _one(days: Sequence[int], times: str) -> Hours:
    begins, _, ends = times.partition("-")
    opens, closes = _minutes(begins), _minutes(ends)
    if not days:
        raise HoursUnclear(f"On which days is {times}? Write {EXAMPLE}.")
    if opens >= closes:
        raise HoursUnclear(f"{times} ends before it begins; over midnight are two times, such as ma 22-24, di 0-6.")
    return Hours(days=sorted(set(days)), opens=opens, closes=closes)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.replace(".", ":").partition(":")
    minutes = int(hour) * 60 + int(minute or 0)
    if minutes > MIDNIGHT or int(minute or 0) >= 60:
        raise HoursUnclear(f"{clock} is no time of a day: 0:00 to 24:00.")
    return minutes


def _refuse_twice(found: Sequence[Hours]) -> None:
    """The same moment twice is a slip of whoever wrote it."""
    times = sorted((day, one["opens"], one["closes"]) for one in found for day in one["days"])
    for (day, opens, closes), (next_day, next_opens, _) in pairwise(times):
        if day == next_day and next_opens < closes:
            raise HoursUnclear(f"{DAYS[day]} has times that overlap: {_clock(opens)}-{_clock(closes)} and another.")


def _days_in_words(days: Sequence[int]) -> str:
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
    return ", ".join(DAYS[day] for day in days)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
