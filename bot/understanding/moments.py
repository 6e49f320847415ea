"""Reads what somebody types about a time, in Dutch: a wish ("dinsdag na 3 uur"), or one of the offered moments.

Every word must be in the grammar, and the whole must mean one thing; else nothing is read. What is read may be narrower
than what was meant ("dinsdag of donderdagochtend": both in the morning), but holds no time that was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from actions.time_wishes import ALL_DAYS, TimeWish
from bot.understanding.moment_grammar import DAY, READERS, REASON, WEEK, Kind, Piece, Sentence, Unclear

DATED = (Kind.WEEK, Kind.DATE, Kind.WEEKDAY)
FINENESS = {Kind.WEEK: 0, Kind.DATE: 1, Kind.WEEKDAY: 1, Kind.PART: 2, Kind.CLOCK: 2, Kind.LIMIT: 2}
"""The kinds that name a time. A denial between two of them is about the finer one ("dinsdag niet 's ochtends")."""

DENIALS = {Kind.NOT, Kind.BUSY}
_UNREADABLE = re.compile(r"\b(?:liever|beter) .*\bdan\b|\b(?:niet|geen) (?!eerder|later)[^.,]*\b(?:dan|anders)\b")
"""Of two times one is preferred, or stands in for the other; a wish cannot say that."""


def read(text: str, today: date) -> TimeWish | None:
    """The wish that a sentence names; None when it names no time, or does so in a way that is not understood.

    A weekday is the coming one, and never today; a date that is past is one of next year.
    """
    asked = Sentence.of(text, today)
    try:
        pieces = _pieces(asked)
        if "?" in text and any(piece.kind is Kind.NOT for piece in pieces):
            return None  # "kan het niet op dinsdag?" asks for Tuesday
        return _wish(pieces, asked)
    except Unclear:
        return None


def says_nothing_else(text: str, today: date) -> bool:
    """Whether a sentence names a time without a reason: then no other meaning has to be looked for in it."""
    return read(text, today) is not None and not re.search(REASON, text.casefold())


def choice(offered: Sequence[datetime], text: str, today: date) -> int | None:
    """The place of the one offered moment (aware) that the text names by its day or hour; None for several or none."""
    asked = Sentence.of(text, today, exactly=True)
    try:
        pieces = _pieces(asked)
        wish = _wish(pieces, asked)
    except Unclear:
        return None
    kinds = {piece.kind for piece in pieces}
    if kinds & {*DENIALS, Kind.AND} or not kinds & {Kind.DATE, Kind.WEEKDAY, Kind.CLOCK}:
        return None
    fitting = [place for place, moment in enumerate(offered) if wish.fits(moment)]
    return fitting[0] if len(fitting) == 1 else None


def _pieces(asked: Sentence) -> list[Piece]:
    """What the sentence is made of; raises `Unclear` for a word that the grammar does not have."""
    if _UNREADABLE.search(asked.words):
        raise Unclear("liever dinsdag dan donderdag")
    pieces: list[Piece] = []
    at = 0
    while at < len(asked.words):
        piece, end = _piece(asked, at)
        if pieces and pieces[-1].kind is Kind.FROM:
            pieces[-1] = _open(piece, past=asked.words[: at - 1].endswith("na"), today=asked.today)
        else:
            pieces.append(piece)
        at = end + 1
    if pieces and pieces[-1].kind is Kind.FROM:
        raise Unclear("dinsdag na")
    return pieces


def _piece(asked: Sentence, at: int) -> tuple[Piece, int]:
    for kind, pattern, reader in READERS:
        if found := pattern.match(asked.words, at):
            return Piece(kind, reader(found, asked)), found.end()
    raise Unclear("an unknown word")


def _open(piece: Piece, past: bool, today: date) -> Piece:
    """ "vanaf dinsdag", "na dinsdag": without an end."""
    if piece.kind not in DATED or (piece.kind is Kind.WEEKDAY and len(piece.wish.days) > 1):
        raise Unclear("from an unknown time")
    first, last = piece.wish.first, piece.wish.last
    if first is None or last is None:
        first = last = _coming(min(piece.wish.days), today)
    return Piece(Kind.WEEK, TimeWish(first=last + DAY if past else first))


def _coming(weekday: int, today: date) -> date:
    """The next such day; never today."""
    return today + ((weekday - today.weekday() - 1) % 7 + 1) * DAY


def _wish(pieces: Sequence[Piece], asked: Sentence) -> TimeWish:
    """The wish of all clauses together, those that say when somebody cannot included."""
    said: list[Piece] = []
    denied: list[TimeWish] = []
    before: _Clause | None = None
    for clause in _clauses(pieces):
        clause.check_after(before, bool(said))
        said += clause.said
        denied += [_without(clause, asked)] if clause.denied else []
        before = clause
    general = asked.exactly or any(piece.kind in (Kind.GENERAL, Kind.ANY) for piece in pieces)
    if not said and not denied and Kind.ANY not in (piece.kind for piece in pieces):
        raise Unclear("no time")
    wish = _together(said, asked, general)
    for one in denied:
        wish = _both(wish, one)
    return wish


@dataclass(frozen=True)
class _Clause:
    """A part of a sentence: the times it names as possible (`said`) and as not possible (`denied`)."""

    said: tuple[Piece, ...]
    denied: tuple[Piece, ...]
    kinds: tuple[Kind, ...]
    after_comma: bool

    @classmethod
    def of(cls, pieces: Sequence[Piece], after_comma: bool) -> _Clause:
        """Raises `Unclear` when it is not plain which of the times are denied."""
        kinds = tuple(piece.kind for piece in pieces)
        denials = [at for at, kind in enumerate(kinds) if kind in DENIALS]
        if not denials:
            return cls(_named(pieces), (), kinds, after_comma)
        begins, ends = denials[0], denials[-1]
        stretches = [_named(part) for part in (pieces[:begins], pieces[begins:ends], pieces[ends:])]
        _check_denials(kinds, denials, stretches)
        first, later = stretches[0], stretches[1] + stretches[2]
        if {Kind.NOT, Kind.BUSY} <= {*kinds}:  # "dinsdag werk ik niet" is a Tuesday that suits
            return cls(first + later, (), kinds, after_comma)
        return cls(first, later, kinds, after_comma) if later else cls((), first, kinds, after_comma)

    def check_after(self, before: _Clause | None, anything_said: bool) -> None:
        """Raises `Unclear` when a denial may be about another clause as well."""
        if anything_said and not self.said and not self.denied and DENIALS & {*self.kinds}:
            raise Unclear("dinsdag, dat kan niet")
        if before is None:
            return
        goes_on = Kind.ALSO in self.kinds or (self.after_comma and Kind.WANT not in self.kinds)
        if before.denied and self.said and not self.denied and goes_on:
            raise Unclear("niet maandag, dinsdag")
        alike = {one.kind for one in before.said} & {one.kind for one in self.denied}
        if alike and self.after_comma and self._denies_backwards() and Kind.WANT not in before.kinds:
            raise Unclear("maandag, dinsdag kan niet")

    def _denies_backwards(self) -> bool:
        return next(kind for kind in self.kinds if kind in DENIALS or kind in FINENESS) in FINENESS


def _check_denials(kinds: Sequence[Kind], denials: Sequence[int], stretches: Sequence[Sequence[Piece]]) -> None:
    """Raises `Unclear` for a denial that may be about the times before it, after it, or both."""
    first, *others = stretches
    later = [piece for part in others for piece in part]
    if Kind.WANT in kinds or (Kind.FITS in kinds and Kind.BUSY in kinds):
        raise Unclear("niet maandag dinsdag wel")
    if later and Kind.FITS in kinds[denials[0] :]:
        raise Unclear("niet maandag dinsdag kan")
    if len(denials) > 1 and sum(map(bool, stretches)) > 1:
        raise Unclear("maandag werk ik dinsdag niet")
    if {Kind.NOT, Kind.BUSY} <= {*kinds} and [kinds[at] for at in denials] != [Kind.BUSY, Kind.NOT]:
        raise Unclear("maandag niet ik werk")
    if first and later and max(map(_fineness, first)) >= min(map(_fineness, later)):
        raise Unclear("maandag niet dinsdag")


def _fineness(piece: Piece) -> int:
    return FINENESS[piece.kind]


def _named(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.kind in FINENESS)


def _clauses(pieces: Sequence[Piece]) -> Iterator[_Clause]:
    start, after_comma = 0, False
    for at, piece in enumerate([*pieces, Piece(Kind.STOP)]):
        if piece.kind in (Kind.COMMA, Kind.STOP):
            if at > start:
                yield _Clause.of(pieces[start:at], after_comma)
                after_comma = True
            after_comma = after_comma and piece.kind is Kind.COMMA
            start = at + 1


def _without(clause: _Clause, asked: Sentence) -> TimeWish:
    """What is left beside the denied times; rather less than more ("niet woensdagmiddag": not on Wednesdays)."""
    wishes = {piece.wish for piece in clause.denied}
    kinds = {piece.kind for piece in clause.denied}
    days = kinds & set(DATED)
    if kinds == {Kind.WEEKDAY} or (kinds == {Kind.WEEKDAY, Kind.PART} and Kind.AND not in clause.kinds):
        named = [piece.wish.days for piece in clause.denied if piece.kind is Kind.WEEKDAY]
        return TimeWish(ALL_DAYS.difference(*named))
    (only, *more) = wishes
    if not more and days and only.first and only.last and only.first <= asked.today + WEEK:
        return TimeWish(first=only.last + DAY)
    if not more and not days and (only.after is None) != (only.before is None):
        return TimeWish(after=only.before, before=only.after)
    raise Unclear("what is left has a gap")


def _together(said: Sequence[Piece], asked: Sentence, general: bool) -> TimeWish:
    """The wish of the times that are named as possible."""
    named = {kind: list(dict.fromkeys(one.wish for one in said if one.kind is kind)) for kind in FINENESS}
    wish = _days(said, named, asked, general)
    days = max(len(named[Kind.WEEK]), len(named[Kind.DATE]) + len(named[Kind.WEEKDAY]))
    for kind in (Kind.PART, Kind.CLOCK):
        if len(named[kind]) > 1 and days > 1:
            raise Unclear("which hour on which day")
        wish = _both(wish, _joined(named[kind]))
    for limit in named[Kind.LIMIT]:
        wish = _both(wish, limit)
    return wish


def _days(said: Sequence[Piece], named: Mapping[Kind, list[TimeWish]], asked: Sentence, general: bool) -> TimeWish:
    weeks, dates, weekdays = (named[kind] for kind in DATED)
    days = frozenset[int]().union(*(one.days for one in weekdays))
    if dates:
        return _on_dates(dates, weeks, days, asked)
    if len(weeks) > 1:
        raise Unclear("several weeks")
    order = [piece.kind for piece in said if piece.kind in DATED]
    if weeks and order[0] is order[-1] is Kind.WEEKDAY and len(order) > 2:
        raise Unclear("dinsdag volgende week of donderdag")
    wish = _both(TimeWish(days or ALL_DAYS), *weeks)
    if general or not days or wish.last:
        return wish
    first = wish.first or asked.today + DAY
    return replace(wish, first=first, last=first + WEEK - DAY)


def _on_dates(dates: list[TimeWish], weeks: list[TimeWish], days: frozenset[int], asked: Sentence) -> TimeWish:
    """These dates and no other, with the coming ones of the weekdays."""
    chosen = {one.first for one in dates if one.first and one.first.weekday() in one.days}
    more = {_coming(day, asked.today) for day in days - {one.weekday() for one in chosen}}
    if weeks or len(chosen) < len(dates) or (more and not asked.says("of", "en")):
        raise Unclear("dates that do not agree")
    chosen |= more
    wish = TimeWish(frozenset(one.weekday() for one in chosen), min(chosen), max(chosen))
    if len(_dates(wish)) > len(chosen):
        raise Unclear("dates with others between them")
    return wish


def _dates(wish: TimeWish) -> list[date]:
    """The dates of a wish that has an end; of a longer one, those of its first year."""
    if wish.first is None or wish.last is None:
        return [date.min]
    days = (wish.first + at * DAY for at in range(min((wish.last - wish.first).days + 1, 366)))
    return [day for day in days if day.weekday() in wish.days]


def _joined(times: list[TimeWish]) -> TimeWish:
    """One or the other of these parts of a day, as one; raises `Unclear` when there is time between them."""
    if not times:
        return TimeWish()
    first, *others = sorted(times, key=lambda one: one.after or time.min)
    for other in others:
        if first.before is None or (other.after or time.min) > first.before:
            raise Unclear("times with others between them")
        first = TimeWish(after=first.after, before=other.before and max(other.before, first.before))
    return first


def _both(*wishes: TimeWish) -> TimeWish:
    """What fits all of these; raises `Unclear` when nothing does."""
    both = TimeWish(
        ALL_DAYS.intersection(*(one.days for one in wishes)),
        max((one.first for one in wishes if one.first), default=None),
        min((one.last for one in wishes if one.last), default=None),
        max((one.after for one in wishes if one.after), default=None),
        min((one.before for one in wishes if one.before), default=None),
    )
    if not both.days or not _dates(both) or (both.after and both.before and both.after >= both.before):
        raise Unclear("no time is left")
    return both
