"""Figures of requests to a person: what became of them. A request counts in the week in which it was sent."""

from __future__ import annotations

from dataclasses import replace

from actions.figures import Cell, Column, Table
from actions.small_numbers import share, shown
from actions.statistics_talks import COUNT, SHARE, listed, parts_per_wijk
from actions.statistics_words import place, word
from actions.weeks import BOTH, Told
from store.states import Urgency

HANDOFFS = Table(
    "handoffs",
    "Vragen aan een mens",
    "Hoeveel vragen bewoners in deze periode aan het team stuurden, per urgentie.",
    (Column("Urgentie"), COUNT),
    (),
)
PROMISES = Table(
    "promises",
    "Beloften",
    "Van de beloften die in deze periode afliepen (gehouden, of niet op tijd): hoeveel er gehouden zijn. Wat een nieuwe"
    " belofte verving, telt niet.",
    (Column("Wijk"), Column("Afgelopen"), Column("Gehouden"), SHARE),
    (),
)
OUTCOMES = Table(
    "outcomes",
    "Uitkomsten volgens het team",
    "Hoeveel vragen het team in deze periode afsloot, per uitkomst die het team opschreef.",
    (Column("Uitkomst"), COUNT),
    (),
)
BOTH_SAY = Table(
    "both_say",
    "Uitkomsten: team en bewoner",
    "Van de bewoners die in deze periode antwoordden of het is opgelost: wat zij zeiden, naast de uitkomst die het team"
    " daarvoor opschreef.",
    (Column("Volgens het team"), Column("Antwoorden"), Column("Bewoner: opgelost"), SHARE),
    (),
)
APPOINTMENTS = Table(
    "appointments",
    "Afspraken",
    "Hoeveel afspraken in deze periode gemaakt, verzet, doorgegaan of gemist zijn. Het deel is van alle afspraken die"
    " doorgingen of gemist werden.",
    (Column("Wat"), COUNT, SHARE),
    (),
)
USEFUL = Table(
    "useful",
    "Nut",
    "Van de bewoners die in deze periode antwoordden of de hulp nuttig was: hoeveel welk antwoord gaven.",
    (Column("Antwoord"), COUNT, SHARE),
    (),
)
FIRST_TIME = Table(
    "first_time",
    "Voor het eerst",
    "Van de bewoners met geldzorgen die in deze periode antwoordden of ze voor het eerst hulp vragen: hoeveel welk"
    " antwoord gaven.",
    (Column("Antwoord"), COUNT, SHARE),
    (),
)
FITTED = Table(
    "fitted",
    "Geplaatste maatregelen",
    "Bij hoeveel vragen in deze periode maatregelen tegen kou zijn geplaatst, per wijk.",
    (Column("Wijk"), COUNT),
    (),
)


def handoffs(told: Told) -> Table:
    """Requests per urgency, the most urgent first."""
    counts = told.by("requested", "detail")
    return replace(HANDOFFS, rows=listed({one.value: counts.get(one.value, 0) for one in Urgency}, word))


def promises(told: Told) -> Table:
    """Promises that ended, per wijk."""
    return replace(PROMISES, rows=parts_per_wijk(told, ("promise_escalated",), "promise_kept"))


def outcomes(told: Told) -> Table:
    """Requests closed, per outcome."""
    return replace(OUTCOMES, rows=listed(told.by("closed", "detail"), word))


def both_say(told: Told) -> Table:
    """What residents say beside what was written down."""
    found: dict[str, dict[str, int]] = {}
    for part, count in told.counts.items():
        if part.name == BOTH:
            says = found.setdefault(part.flow, {})
            says[part.detail] = says.get(part.detail, 0) + count
    rows = ((word(outcome), says.get("yes", 0), sum(says.values())) for outcome, says in sorted(found.items()))
    return replace(BOTH_SAY, rows=tuple((name, shown(all_), shown(yes), share(yes, all_)) for name, yes, all_ in rows))


def appointments(told: Told) -> Table:
    """What became of appointments."""
    kept, missed = told.of("appointment_kept"), told.by("appointment_missed", "detail")
    ended = kept + sum(missed.values())
    counts = {"Gemaakt": told.of("appointment_booked"), "Verzet": told.of("appointment_moved")}
    rows: list[tuple[Cell, ...]] = [(name, shown(count), None) for name, count in counts.items()]
    rows.append(("Doorgegaan", shown(kept), share(kept, ended)))
    rows += [(word(by), shown(missed.get(by, 0)), share(missed.get(by, 0), ended)) for by in ("resident", "member")]
    return replace(APPOINTMENTS, rows=tuple(rows))


def useful(told: Told) -> Table:
    """Whether the help was of use, as residents say."""
    return _answers(USEFUL, told, "useful", ("yes", "a_little", "no", "skipped"))


def first_time(told: Told) -> Table:
    """Whether residents with money worries ask for help for the first time."""
    return _answers(FIRST_TIME, told, "first_time", ("yes", "no", "skipped"))


def fitted(told: Told) -> Table:
    """Measures fitted per wijk."""
    return replace(FITTED, rows=listed(told.by("fitted", "wijk"), place))


def _answers(table: Table, told: Told, slot: str, answers: tuple[str, ...]) -> Table:
    counts = {answer: told.of("told", f"{slot}:{answer}") for answer in answers}
    whole = sum(counts.values())
    rows = ((word(answer), shown(count), share(count, whole)) for answer, count in counts.items())
    return replace(table, rows=tuple(rows))
