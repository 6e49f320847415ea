"""The grammar of a sentence about a time, in Dutch: the words there may be in it, and what each piece of it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum

from babel import Locale
from text_to_num import alpha2digit

from actions.time_wishes import ALL_DAYS, TimeWish
from bot.understanding.spelling import Spelling

LONGEST = 300
"""Characters; nobody needs more to name a time."""
LANGUAGE = "nl"
NUMBERS_ABOVE = 1.5
"""Numbers in words above this become digits; "een" is mostly no number."""
LONG_WORD = 6
"""Letters; a shorter word is too near to others to be looked for in a misspelt one."""
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
HOUR, HALF_DAY, EARLY = 60, 12 * 60, 8 * 60
"""In minutes; a time before `EARLY` is one of the afternoon or evening."""

Kind = Enum("Kind", "WEEK DATE WEEKDAY PART CLOCK LIMIT FROM ANY GENERAL NOT BUSY FITS WANT ALSO AND COMMA STOP WORD")


ANY_TIME = TimeWish()


@dataclass(frozen=True)
class Piece:
    """Some words that belong together; the wish is the time they name, if they name one."""

    kind: Kind
    wish: TimeWish = ANY_TIME


@dataclass(frozen=True)
class Sentence:
    """The words as the grammar spells them, and how to read them: as a wish, or exactly, as one of some moments."""

    words: str
    today: date
    exactly: bool = False

    @classmethod
    def of(cls, text: str, today: date, exactly: bool = False) -> Sentence:
        return cls(_plain(text) if len(text) <= LONGEST else "", today, exactly)

    def says(self, *words: str) -> bool:
        return bool({*words} & {*self.words.split()})


class Unclear(Exception):
    """Nothing, or more than one thing, may be meant."""


def _numbered(names: Mapping[str, Mapping[int, str]]) -> dict[str, int]:
    return {name: number for width in ("wide", "abbreviated") for number, name in names[width].items()}


_LOCALE = Locale(LANGUAGE)
_DAYS = {name: number for name, number in _numbered(_LOCALE.days["format"]).items() if name != "zo"}
"""Without "zo", which is mostly no Sunday."""
_MONTHS = _numbered(_LOCALE.months["format"])
_PARTS = {
    "ochtend": (None, time(12)),
    "middag": (time(12), time(18)),
    "avond": (time(18), None),
    "overdag": (None, time(18)),
}
"""From when and until when; an open end says nothing about it."""
_SETS = {"doordeweeks": frozenset(range(5)), "weekend": frozenset({5, 6})}
_WEEK_PARTS = {"begin": (0, 1), "eind": (3, 4), None: (0, 6)}
"""First and last day."""
_WIDE = "|".join(_LOCALE.days["format"]["wide"].values())
_DAY, _MONTH, _PART = ("|".join(names) for names in (_DAYS, _MONTHS, _PARTS))

REASON = r"\b(?:want|omdat|vanwege)\b(?:(?! maar\b| dus\b)[^.,])*"
_REWRITTEN = (
    (r"(?<=\d)[.uh:](?=\d\d\b)", ":"),
    (r"(?<=\d) ?(?:u|h|uur)\b", " uur"),
    (r"(?<=\d) ?[-–/] ?(?=\d)", "-"),
    (r"[.!?;\n]+", " . "),
    (r",", " , "),
    (r"[^\w\s:.,–-]", " "),
    (r"dach\b", "dag"),
    (r"\bgoede?n? ?(?:morgen|middag|avond|dag)\b", " "),
    (REASON, " "),
)
"""Ways to write the same. The reason for a wish is left out: it says nothing about the wish."""
_RESPELT = (
    (r"\bs ?(?=(?:ochtend|morgen|middag|avond)s\b)", ""),
    (r"\bmorgens\b|\b(?:in )?de morgen\b|(?<=morgen )morgen\b", "ochtend"),
    (rf"\b({_WIDE}) ?morgen\b", r"\1 ochtend"),
    (rf"\bvan(?={_PART})", "vandaag "),
    (rf"\b({_WIDE}|morgen)(?={_PART})", r"\1 "),
    (rf"\b({_WIDE})en\b", r"elke \1"),
    (r"\bdoor ?de ?weeks?\b", "elke doordeweeks"),
    (r"\bin (?:het|de) weekend(?:en)?\b", "elke weekend"),
    (r"\ben (?=(?:liever |liefst )?(?:niet|geen)\b)", ", "),
    (r"\bbehalve\b", ", niet"),
)
_WORDS = {
    Kind.FROM: "na|vanaf|niet eerder dan",
    Kind.ANY: r"zo (?:snel|spoedig|gauw) mogelijk|geen voorkeur|(?:elke|iedere) dag|alle dagen|alles|altijd"
    r"|maakt (?:\w+ ){0,2}(?:niet|niks|niets) uit(?: (?:wanneer|hoe laat))?",
    Kind.GENERAL: "alleen|elke|iedere|meestal",
    Kind.WORD: r"geen probleem|die van|een (?:afspraak|gesprek)|voor (?:mij|ons|u)|heeft u|heb je|hebben jullie"
    r"|heb(?= (?:\w+ ){0,3}(?:tijd|vrij)\b)|moet(?= (?:\w+ ){0,3}(?:kunnen|lukken|werken|weg)\b)|als (?:het|dat) kan"
    r"|als het maar|dank (?:u|je)(?: wel)?|hele dag|bedankt|alvast|aan|afspreken|bel|bellen|ben|beste|bij|bijvoorbeeld"
    r"|dag|dan|dat|de|die|dit|doe|doen|een|eigenlijk|er|ergens|even|eventueel|gewoon|hallo|het|hoi|hoor|iets|ik|in|is|ja"
    r"|je|jullie|kom|komen|laat|langs|langskomen|maak|mag|me|meer|mij|misschien|mogelijk|nee|neem|nog|nou|op|pas|plan"
    r"|plek|thuis|tijd|u|uit|vrij|we|wij|wil|willen|zal|zet|zijn|zou",
    Kind.NOT: r"(?:(?:liever|liefst) )?(?<!\bof )(?<!\banders )(?:niet|geen|nooit)(?: graag)?(?! alleen\b)",
    Kind.BUSY: "werk|werken|weg|druk|bezet|verhinderd",
    Kind.FITS: "kan|kunnen|kunt|lukt|lukken|past|schikt|komt|goed|prima|fijn|top|ok|oke",
    Kind.WANT: "wel|graag|liever|liefst",
    Kind.ALSO: "ook",
    Kind.COMMA: ",",
    Kind.STOP: r"\.|maar|dus",
    Kind.AND: "en|of|anders",
}
"""A word that is not here makes a sentence unclear: "dinsdag na de vakantie" is no Tuesday."""
_LONG = {
    *(f"{day}{part}" for day in _WIDE.split("|") for part in ("", "morgen", *_PARTS)),
    *(f"{part}{end}" for part in _PARTS for end in ("", "s", "en")),
    *("volgende", "komende", "overmorgen", "morgen", "morgens", "weekend", "vandaag", "doordeweeks", *_MONTHS),
}
_SHORT = {*re.findall(r"\w+", " ".join(_WORDS.values())), "mogen", "zorgen", "maanden", "midden"}
_SPELLING = Spelling((word for word in _LONG if len(word) >= LONG_WORD), _SHORT)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("één", "1"))
    written = "".join(c for c in letters if not unicodedata.combining(c))
    plain = _rewritten(alpha2digit(written, LANGUAGE, NUMBERS_ABOVE), _REWRITTEN)
    return " ".join(_rewritten(" ".join(map(_meant, plain.split())), _RESPELT).split())


def _rewritten(text: str, rules: Sequence[tuple[str, str]]) -> str:
    for written, meant in rules:
        text = re.sub(written, meant, text)
    return text


def _meant(word: str) -> str:
    """The word of the grammar that a long, misspelt word was meant to be, if it begins alike."""
    meant = _SPELLING.meant(word)
    return meant if meant[0] == word[0] else word


def _row_of_days(found: re.Match[str], said: Sentence) -> TimeWish:
    first, last = _DAYS[found["day"]], _DAYS[found["until"]]
    return TimeWish(frozenset((first + on) % 7 for on in range((last - first) % 7 + 1)))


def _soon(found: re.Match[str], said: Sentence) -> TimeWish:
    day = said.today + ("vandaag", "morgen", "overmorgen").index(found[0]) * DAY
    return TimeWish(first=day, last=day)


def _date(found: re.Match[str], said: Sentence) -> TimeWish:
    day, month = int(found["day"]), _MONTHS[found["name"]] if found["name"] else int(found["month"])
    if found["month"] and not found["year"] and EARLY // HOUR <= day < month:
        raise Unclear("10-12: hours or a date")
    try:
        named = date(int(found["year"] or said.today.year), month, day)
        if named < said.today and not found["year"]:
            named = named.replace(year=named.year + 1)
    except ValueError as wrong:
        raise Unclear("no such date") from wrong
    return TimeWish(frozenset({_DAYS[found["on"]]}) if found["on"] else ALL_DAYS, named, named)


def _week(found: re.Match[str], said: Sentence) -> TimeWish:
    """ "eind van de week" is one that still comes; "de week" alone is none."""
    which, part = found["which"], found["part"]
    if which == "de" and not part:
        raise Unclear("which week")
    begins, ends = _WEEK_PARTS[part]
    monday = said.today - said.today.weekday() * DAY
    if which not in ("de", "deze") or (which == "de" and monday + ends * DAY <= said.today):
        monday += WEEK
    return TimeWish(first=max(monday + begins * DAY, said.today), last=monday + ends * DAY)


def _weeks_on(found: re.Match[str], said: Sentence) -> TimeWish:
    """The seven days from then."""
    first = said.today + (1 if found["weeks"] == "een" else int(found["weeks"])) * WEEK
    return TimeWish(first=first, last=first + 6 * DAY)


def _weekend(found: re.Match[str], said: Sentence) -> TimeWish:
    sunday = said.today + (6 - said.today.weekday()) * DAY
    return TimeWish(first=max(sunday - DAY, said.today), last=sunday)


def _part(found: re.Match[str], said: Sentence) -> TimeWish:
    after, before = _PARTS[found["part"]]
    return TimeWish(after=after, before=before)


def _minutes(found: re.Match[str], said: Sentence, number: int = 1) -> int:
    """Since midnight; unless a part of the day is named, before 8 o'clock is in the afternoon or evening."""
    by, side, half, hour, minute = (found[f"{name}{number}"] for name in ("by", "side", "half", "hour", "minute"))
    minutes = (1 if hour == "een" else int(hour)) * HOUR + int(minute or 0) - (30 if half else 0)
    minutes += (15 if by == "kwart" else int(by or 0)) * (-1 if side == "voor" else 1)
    if int(minute or 0) >= HOUR:
        raise Unclear("no such time")
    return _in_half_of_day(minutes, found, said) if not hour.startswith("0") else minutes


def _in_half_of_day(minutes: int, found: re.Match[str], said: Sentence) -> int:
    """A part of the day counts that stands beside the hour; one elsewhere may belong to another hour or day."""
    alone = minutes + HALF_DAY if minutes < EARLY else minutes
    for part, told in (("ochtend", minutes), ("avond", minutes % HALF_DAY + HALF_DAY)):
        before, after = said.words[: found.start()], said.words[found.end() :]
        if part in said.words and told != alone:
            if re.search(rf"{part}(?:s|en)? $", before) or re.match(rf" (?:(?:in )?de )?{part}", after):
                return told
            raise Unclear("which half of the day")
    return alone


def _time(minutes: int) -> time:
    if not 0 < minutes < 2 * HALF_DAY:
        raise Unclear("no time of the day")
    return time(*divmod(minutes, HOUR))


def _at(found: re.Match[str], said: Sentence) -> TimeWish:
    """That moment; as a wish, the hour from then."""
    starts = _minutes(found, said)
    return TimeWish(after=_time(starts), before=_time(starts + (1 if said.exactly else HOUR)))


def _around(found: re.Match[str], said: Sentence) -> TimeWish:
    middle = _minutes(found, said)
    return TimeWish(after=_time(middle - HOUR), before=_time(middle + HOUR))


def _between(found: re.Match[str], said: Sentence) -> TimeWish:
    starts, ends = _minutes(found, said), _minutes(found, said, 2)
    return TimeWish(after=_time(starts), before=_time(ends + HALF_DAY if ends < starts else ends))


_CLOCK = (
    r"(?:(?P<by{0}>5|10|15|20|25|kwart) (?P<side{0}>voor|over) )?(?P<half{0}>half )?"
    r"(?P<hour{0}>\d{{1,2}}|een(?= uur)|(?<=half )een|(?<=voor )een|(?<=over )een)(?::(?P<minute{0}>\d\d))?(?: uur)?"
)
_RANGE = rf"{_CLOCK.format(1)}(?: tot |-){_CLOCK.format(2)}"
_ONE = rf"{_CLOCK.format(1)}(?! (?:{_MONTH})\b)"
_DATE = r"(?P<day>\d{1,2})(?: (?P<name>" + _MONTH + r")|-(?P<month>\d{1,2}))(?:[ -](?P<year>20\d\d))?"
_AFTER = r"niet (?:voor|eerder dan)|pas (?:om|na|vanaf)|na|vanaf"
_BEFORE = r"niet (?:na|later dan)|voor|tot|uiterlijk(?: om)?"
_RULES: tuple[tuple[Kind, str, Callable[[re.Match[str], Sentence], TimeWish]], ...] = (
    (Kind.LIMIT, rf"tussen {_CLOCK.format(1)}(?: en |-){_CLOCK.format(2)}", _between),
    (Kind.LIMIT, rf"(?:van|vanaf) {_RANGE}", _between),
    (Kind.LIMIT, rf"(?=[^.,]* uur\b|\d+:|half|kwart){_RANGE}", _between),
    (Kind.DATE, rf"(?:(?P<on>{_DAY}) )?{_DATE}", _date),
    (Kind.LIMIT, rf"(?:{_AFTER}) {_ONE}", lambda found, said: TimeWish(after=_time(_minutes(found, said)))),
    (Kind.LIMIT, rf"(?:{_BEFORE}) {_ONE}", lambda found, said: TimeWish(before=_time(_minutes(found, said)))),
    (Kind.LIMIT, rf"(?:rond|omstreeks|tegen) {_ONE}", _around),
    (Kind.CLOCK, rf"(?:om|die van) {_ONE}", _at),
    (Kind.CLOCK, rf"(?=\d+ (?:of \d+ )?uur|\d+:|half|kwart|\d+ (?:voor|over) ){_ONE}", _at),
    (Kind.DATE, "vandaag|morgen|overmorgen", _soon),
    (Kind.WEEKDAY, rf"(?:van )?(?P<day>{_DAY}) (?:t m|tot en met) (?P<until>{_DAY})", _row_of_days),
    (
        Kind.WEEKDAY,
        rf"(?:(?:komende|aankomende|aanstaande|deze) )?(?P<day>{_DAY})",
        lambda found, said: TimeWish(frozenset({_DAYS[found["day"]]})),
    ),
    (Kind.WEEKDAY, "|".join(_SETS), lambda found, said: TimeWish(_SETS[found[0]])),
    (Kind.WEEK, "(?:(?P<part>begin|eind)e?(?: van)? )?(?P<which>de|deze|volgende|komende|aankomende) week", _week),
    (Kind.WEEK, r"over (?P<weeks>\d|een) (?:week|weken)", _weeks_on),
    (Kind.WEEK, "(?:het|dit) weekend", _weekend),
    (Kind.PART, rf"(?:(?:in )?de )?(?P<part>{_PART})(?:s|en)?", _part),
    *((kind, pattern, lambda found, said: ANY_TIME) for kind, pattern in _WORDS.items()),
)
READERS = tuple((kind, re.compile(rf"(?:{pattern})(?= |$)"), reader) for kind, pattern, reader in _RULES)
"""The kinds of pieces in the order in which they are tried, what they look like, and what time they are."""
