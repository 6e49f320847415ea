"""Keuzetabel: how soon, by which way, with an energy coach or not, and why a request got what it got."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.dialogue.content import Content
from bot.dialogue.triage import TABLES, Row, Triage
from bot.drawing.decision_table import condition, table_picture
from bot.drawing.phrases import Phrases
from bot.drawing.render import rendered
from bot.drawing.shapes import Picture
from dashboard.pages import given
from dashboard.visit import File, GivenWrong, Page, Shown, Visit
from dashboard.works import DRAWING
from store.tables import Request

SVG = "image/svg+xml"


@dataclass(frozen=True)
class Line:
    """A row in words: what must hold, what is decided, and the reason."""

    key: str
    when: str
    outcome: str
    because: str


@dataclass(frozen=True)
class Asked:
    """A request, what it got, and the rows that decided, each with its table; `gone` were taken out since."""

    number: int
    got: Mapping[str, str]
    """Of each table what it said, in words; nothing where the request did not come by the tables."""
    decided: Sequence[tuple[str, Line]]
    gone: int


def show(visit: Visit, wrong: str = "", asked: Asked | None = None) -> Shown:
    """The tables as the bot has them; `asked` is the request that somebody asked about."""
    content = visit.site.reading.content(visit.session)
    phrases = Phrases(content)
    values = {
        "tables": {table: _lines(content.triage, table, phrases) for table in TABLES},
        "topics": _topics(content.triage, phrases),
        "size": _picture(content),
        "given": visit.given,
        "wrong": wrong,
        "asked": asked,
    }
    return Shown("triage.html", values, 422 if wrong else 200)


def why(visit: Visit) -> Shown:
    """The rows that decided about a request."""
    try:
        number = given.number(visit.given, "vraag", "no_such_request")
        found = visit.session.get(Request, number) if number else None
        if found is None:
            raise GivenWrong("no_such_request")
    except GivenWrong as error:
        return show(visit, str(error))
    visit.note("asked_why", f"request:{found.id}")
    return show(visit, asked=_asked(visit.site.reading.content(visit.session), found))


def picture(visit: Visit) -> File:
    """The tables as one picture."""
    return File(drawn(visit.site.reading.content(visit.session)), SVG, "keuzetabel.svg")


def drawn(content: Content) -> bytes:
    """The picture, as SVG; the first one of a process takes seconds."""
    found = _picture(content)
    with DRAWING:
        return _svg(found)


def _picture(content: Content) -> Picture:
    return table_picture(content.triage, Phrases(content))


@lru_cache(maxsize=2)
def _svg(drawn: Picture) -> bytes:
    """Drawn once for the same tables and words."""
    return rendered(drawn, "svg")


def _lines(triage: Triage, table: str, phrases: Phrases) -> list[Line]:
    return [_line(row, TABLES[table], phrases) for row in triage.tables[table]]


def _line(row: Row, slot: str, phrases: Phrases) -> Line:
    outcome = phrases.said(row.outcome) if slot == TABLES["tips"] else phrases.value(slot, row.outcome)
    return Line(row.id, condition(row, phrases), outcome, row.because)


def _topics(triage: Triage, phrases: Phrases) -> Mapping[str, list[str]]:
    """How soon a topic is before anything was asked: its topics, for each urgency."""
    found: dict[str, list[str]] = {}
    for intent, tier in triage.tiers.items():
        found.setdefault(tier, []).append(phrases.topic(intent))
    return found


def _asked(content: Content, request: Request) -> Asked:
    phrases, ids = Phrases(content), request.why.split()
    advised = {"urgency": request.urgency.value, "exits": request.exit, "coach": request.coach}
    got = {table: phrases.value(TABLES[table], value) for table, value in advised.items() if value}
    decided = list(_decided(content.triage, ids, phrases))
    return Asked(request.id, got, decided, len(ids) - len(decided))


def _decided(triage: Triage, ids: Sequence[str], phrases: Phrases) -> Iterator[tuple[str, Line]]:
    rows = {row.id: (table, row) for table, rows in triage.tables.items() for row in rows}
    for table, row in (rows[key] for key in ids if key in rows):
        yield table, _line(row, TABLES[table], phrases)


PAGE = Page(
    "keuzetabel",
    show,
    acts={"/keuzetabel/waarom": why},
    files={"/keuzetabel/plaat.svg": picture},
    shows_people=False,
)
