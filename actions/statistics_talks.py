"""Figures of talks with the bot. A talk counts in the week in which it began to be about what is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from actions.figures import Cell, Column, Table
from actions.small_numbers import share, shown
from actions.statistics_names import Names
from actions.statistics_words import place, word
from actions.weeks import TALK, Told

COUNT = Column("Aantal")
SHARE = Column("Deel", "%")

TALKS = Table(
    "talks",
    "Gesprekken",
    "Hoeveel gesprekken bewoners in deze periode begonnen, per wijk. Onbekend: de wijk was bij het begin niet bekend.",
    (Column("Wijk"), COUNT),
    (),
)
TOPICS = Table(
    "topics",
    "Onderwerpen",
    "In hoeveel gesprekken elk onderwerp in deze periode voor het eerst aan bod kwam. Een gesprek kan over meer gaan.",
    (Column("Onderwerp"), COUNT),
    (),
)
SOURCES = Table(
    "sources",
    "Hoe bewoners ons vonden",
    "Hoeveel gesprekken in deze periode begonnen, per poster of partner waarmee de bewoner ooit binnenkwam."
    " Onbekend: zonder poster.",
    (Column("Code van de poster"), COUNT),
    (),
)
FUNNEL = Table(
    "funnel",
    "Waar bewoners afhaken",
    "Van de gesprekken waarin een vraag in deze periode voor het eerst werd gesteld: in hoeveel er binnen 3 dagen geen"
    " antwoord kwam.",
    (Column("Schema"), Column("Vraag"), Column("Gezien"), Column("Afgehaakt"), SHARE),
    (),
)
WITHOUT_PERSON = Table(
    "without_person",
    "Geholpen zonder mens",
    "Van de gesprekken die in deze periode een onderwerp kregen: in hoeveel de bewoner binnen 3 dagen geen vraag aan"
    " een mens stuurde.",
    (Column("Wijk"), Column("Met onderwerp"), Column("Zonder mens"), SHARE),
    (),
)
ASKED_TWICE = Table(
    "asked_twice",
    "Vaker gevraagd",
    "Van de vragen die in deze periode werden gesteld en binnen 3 dagen antwoord kregen: hoeveel de bot er vaker moest"
    " stellen voor het antwoord kwam.",
    (Column("Schema"), Column("Vraag"), Column("Beantwoord"), Column("Vaker gevraagd"), SHARE),
    (),
)
NOT_UNDERSTOOD = Table(
    "not_understood",
    "Niet begrepen",
    "Van de gesprekken waarin de bewoner in deze periode voor het eerst iets typte: in hoeveel de bot binnen 3 dagen"
    " een keer zei dat hij het niet begreep.",
    (Column("Wijk"), Column("Getypt"), Column("Niet begrepen"), SHARE),
    (),
)


def talks(told: Told) -> Table:
    """Talks started per wijk."""
    return replace(TALKS, rows=listed(told.by(TALK, "wijk"), place))


def topics(told: Told) -> Table:
    """Talks per topic."""
    return replace(TOPICS, rows=listed(told.by("topic", "detail"), word))


def sources(told: Told) -> Table:
    """Talks started per poster."""
    return replace(SOURCES, rows=listed(told.by(TALK, "detail"), lambda code: code or word("")))


def funnel(told: Told, names: Names) -> Table:
    """Per question who saw it and who left."""
    return replace(FUNNEL, rows=_steps(told, ("answered", "answered_again"), "left", names))


def without_person(told: Told) -> Table:
    """Talks with a topic without a request, per wijk."""
    return replace(WITHOUT_PERSON, rows=parts_per_wijk(told, ("passed_on",), "by_itself"))


def asked_twice(told: Told, names: Names) -> Table:
    """Per question how often it had to be asked again before the answer came."""
    return replace(ASKED_TWICE, rows=_steps(told, ("answered",), "answered_again", names))


def not_understood(told: Told) -> Table:
    """Talks in which something was not understood, per wijk."""
    return replace(NOT_UNDERSTOOD, rows=parts_per_wijk(told, ("understood",), "unclear"))


def listed(counts: Mapping[str, int], name: Callable[[str], str]) -> tuple[tuple[Cell, ...], ...]:
    """A row for each that may be told, with its number."""
    return tuple((name(key), shown(count)) for key, count in counts.items())


def parts_per_wijk(told: Told, others: tuple[str, ...], part: str) -> tuple[tuple[Cell, ...], ...]:
    """Per wijk the whole, one part of it, and its share."""
    counts = [told.by(name, "wijk") for name in (part, *others)]
    wijken = sorted({wijk for one in counts for wijk in one})
    rows = [(wijk, [one.get(wijk, 0) for one in counts]) for wijk in wijken]
    return tuple((place(wijk), *parted(found[0], sum(found))) for wijk, found in rows)


def parted(part: int, whole: int) -> tuple[Cell, Cell, Cell]:
    """The whole, the part and its share, as far as each may be told."""
    return shown(whole), shown(part), share(part, whole)


def _steps(told: Told, others: tuple[str, ...], part: str, names: Names) -> tuple[tuple[Cell, ...], ...]:
    """Per question of a flow the same, the question that most people saw first."""
    wholes: dict[tuple[str, str], int] = {}
    named: dict[tuple[str, str], int] = {}
    for one, count in told.counts.items():
        step = (one.flow, one.detail)
        if one.name in (part, *others):
            wholes[step] = wholes.get(step, 0) + count
        if one.name == part:
            named[step] = named.get(step, 0) + count
    steps = sorted(wholes, key=lambda step: (step[0], -wholes[step], step[1]))
    return tuple(
        (names.flow(step[0]), names.question(step[1]), *parted(named.get(step, 0), wholes[step])) for step in steps
    )
