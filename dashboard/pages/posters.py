"""Posters: which hang where and how many people came by them, and new ones, for one place or for many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from secrets import SystemRandom
from zipfile import ZipFile

from sqlalchemy.orm import Session

from actions import small_numbers, sources, team
from actions.figures import Cell
from actions.opening_hours import local_day
from actions.sources import Found
from bot import poster
from bot.poster import KINDS, Sheet
from bot.words import Words
from dashboard.pages import given
from dashboard.pages.work import PAGE as WORK
from dashboard.site import Site
from dashboard.visit import Done, File, GivenWrong, Nowhere, Page, Shown, Visit
from dashboard.works import DRAWING, AtWork, Step, Work
from store.states import Role
from store.tables import Member, Poster

MOST = 30
"""Posters on one page, and made at once."""
KEY = "posters"
TYPES = {"pdf": "application/pdf", "png": "image/png"}
LONGEST_NAME = 40
"""Letters of the place in the name of a file."""


@dataclass(frozen=True)
class Row:
    """A poster as it is listed: since when, whose, and at least how many people came by it."""

    poster: Poster
    since: date
    whose: str
    people: Cell


class PlaceWrong(GivenWrong):
    """A place that is too long; `line` is the number of its line, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__("place_too_long")
        self.line = line


def show(visit: Visit, wrong: str = "", line: int | None = None) -> Shown:
    """The newest first, of a wijk or of all; `wrong` says why nothing was made, `line` at which place."""
    try:
        found, chosen, number = _listed(visit)
    except GivenWrong as error:
        wrong, (found, chosen, number) = wrong or str(error), (sources.listed(visit.session, most=MOST + 1), None, 1)
    names = {one.id: one.name for one in team.everybody(visit.session)}
    values = {
        "rows": [_row(one, names) for one in found[:MOST]],
        "chosen": chosen,
        "number": number,
        "more": len(found) > MOST,
        "bot_name": visit.site.settings.telegram_bot_name,
        "helpers": _wijkverbinders(visit),
        "given": visit.given,
        "most": MOST,
        "longest": sources.PLACE_CHARACTERS,
        "wrong": wrong,
        "line": line,
    }
    return Shown("posters.html", values, 422 if wrong else 200)


def _listed(visit: Visit) -> tuple[list[Found], str | None, int]:
    """The page of the list that was chosen and one more, its wijk, and its number from 1."""
    wijk = given.chosen(visit.given, "in", visit.site.organisation.wijk_names(), "no_such_wijk")
    number = given.number(visit.given, "blad", "no_such_page") or 1
    return sources.listed(visit.session, wijk, MOST + 1, (number - 1) * MOST), wijk, number


def _row(found: Found, names: Mapping[int, str]) -> Row:
    """How many people is told in steps of 5: who counts them each day must not see a single one come."""
    whose = names.get(found.poster.member_id, "") if found.poster.member_id else ""
    return Row(found.poster, local_day(found.poster.created_at), whose, small_numbers.floored(found.people))


def make(visit: Visit) -> Shown | Done:
    """A poster for each place that was filled in. The rows are written together; afterwards they are drawn."""
    try:
        _bot_name(visit)
        wijk, whose, places = _wijk(visit), _whose(visit), _places(visit.given.get("plekken", ""))
        work = _reserved(visit, len(places))
    except GivenWrong as error:
        return show(visit, str(error), error.line if isinstance(error, PlaceWrong) else None)
    chance = SystemRandom()
    made = [sources.make(visit.session, visit.now, wijk, place, chance, whose) for place in places]
    visit.note("made_posters", f"wijk:{wijk} posters:{len(made)}")
    visit.site.works.begin(visit.session, work, partial(_bundle, visit.site, made))
    return Done(WORK.address)


def fetch(visit: Visit) -> Shown | Done:
    """The posters of one page of the list again, in one file."""
    try:
        _bot_name(visit)
        found = [one.poster for one in _listed(visit)[0][:MOST]]
        if not found:
            raise GivenWrong("no_such_page")
        work = _reserved(visit, len(found))
    except GivenWrong as error:
        return show(visit, str(error))
    visit.note("drew_posters", f"posters:{len(found)}")
    visit.site.works.begin(visit.session, work, partial(_bundle, visit.site, found))
    return Done(WORK.address)


def one_file(visit: Visit, kind: str) -> File:
    """One poster as a file of a kind; raises `Nowhere` when there is none with that code."""
    found = sources.find(visit.session, visit.path["key"])
    if found is None or not visit.site.settings.telegram_bot_name:
        raise Nowhere
    sheet = _sheet(visit.site, _words(visit.site, visit.session), found)
    with DRAWING:
        (content,) = poster.drawn(sheet, (kind,))
    return File(content, TYPES[kind], f"{_file_name(found)}.{kind}")


def _bundle(site: Site, posters: Sequence[Poster], step: Step) -> bytes:
    """All of them as PDF and as PNG, in one zip file."""
    with site.database.reading() as session:
        words = _words(site, session)
    file = BytesIO()
    with ZipFile(file, "w") as bundle:
        for one in posters:
            with DRAWING:
                contents = poster.drawn(_sheet(site, words, one), KINDS)
            for kind, content in zip(KINDS, contents, strict=True):
                bundle.writestr(f"{_file_name(one)}.{kind}", content)
            step()
    return file.getvalue()


def _words(site: Site, session: Session) -> Words:
    return Words(site.reading.content(session), site.organisation.wijk_names())


def _sheet(site: Site, words: Words, found: Poster) -> Sheet:
    name = site.settings.telegram_bot_name
    return poster.sheet(words, found.wijk, found.code, name, sources.link(name, found))


def _file_name(found: Poster) -> str:
    """The wijk, the place as far as files can be called so, and the code, by which it can be found in the list."""
    plain = unicodedata.normalize("NFKD", found.place).encode("ascii", "ignore").decode().lower()
    place = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-")
    return "-".join(part for part in (found.wijk, place, found.code) if part)


def _reserved(visit: Visit, parts: int) -> Work:
    work = Work(visit.member.id, KEY, visit.now, parts)
    try:
        visit.site.works.reserve(visit.session, work)
    except AtWork as busy:
        raise GivenWrong("at_work") from busy
    return work


def _bot_name(visit: Visit) -> None:
    """Raises `GivenWrong` as long as nobody said what the bot is called: the code would lead nowhere."""
    if not visit.site.settings.telegram_bot_name:
        raise GivenWrong("no_bot_name")


def _wijk(visit: Visit) -> str:
    found = given.chosen(visit.given, "wijk", visit.site.organisation.wijk_names(), "no_such_wijk")
    if found is None:
        raise GivenWrong("no_wijk_chosen")
    return found


def _whose(visit: Visit) -> int | None:
    number = given.number(visit.given, "lid", "nobody_there")
    if number is not None and number not in {one.id for one in _wijkverbinders(visit)}:
        raise GivenWrong("nobody_there")
    return number


def _wijkverbinders(visit: Visit) -> list[Member]:
    return [one for one in team.everybody(visit.session) if one.active and one.role is Role.WIJKVERBINDER]


def _places(written: str) -> list[str]:
    """One of each line that says something; raises `GivenWrong` with the first that is wrong."""
    lines = ["".join(sign if sign.isprintable() else " " for sign in line) for line in written.splitlines()]
    places = [(number, " ".join(line.split())) for number, line in enumerate(lines, start=1)]
    for number, place in places:
        if len(place) > sources.PLACE_CHARACTERS:
            raise PlaceWrong(number)
    found = [place for _, place in places if place]
    if not found or len(found) > MOST:
        raise GivenWrong("too_many_places" if found else "no_places")
    return found


PAGE = Page(
    KEY,
    show,
    acts={"/posters/maken": make, "/posters/bundel": fetch},
    files={f"/posters/{{key}}.{kind}": partial(one_file, kind=kind) for kind in KINDS},
)
