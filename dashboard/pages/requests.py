"""Aanvragen: load and state of requests, never words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from actions import open_requests
from actions.request_states import HELD, WAITING
from dashboard.pages import given
from dashboard.visit import GivenWrong, Page, Shown, Visit
from store.states import RequestState

MOST = 50
"""On one page."""
STATES: Mapping[str, Collection[RequestState]] = {
    "open": open_requests.OPEN,
    "wacht": WAITING,
    "opgepakt": HELD,
    "gesloten": {RequestState.CLOSED},
}


def show(visit: Visit) -> Shown:
    """Counts of each wijk, and the requests that were chosen; what cannot be used is said, and left out."""
    wijken, wrong = visit.site.organisation.wijk_names(), ""
    state, wijk, before = "open", None, None
    try:
        state = given.chosen(visit.given, "stand", STATES, "no_such_state") or state
        wijk = given.chosen(visit.given, "wijk", wijken, "no_such_wijk")
        before = given.number(visit.given, "voor", "no_such_page")
    except GivenWrong as error:
        wrong = str(error)
    found = open_requests.page(visit.session, STATES[state], wijk, MOST + 1, before)
    values = {
        "requests": found[:MOST],
        "next": found[MOST - 1].number if len(found) > MOST else None,
        "state": state,
        "wijk": wijk,
        "wrong": wrong,
        "load": _load(visit, wijken),
        "topics": visit.site.topics,
        "now": visit.now,
    }
    return Shown("requests.html", values, 422 if wrong else 200)


def _load(visit: Visit, wijken: Mapping[str, str]) -> list[tuple[str | None, int, int]]:
    """For each wijk, and for requests without one, how many wait and how many somebody has."""
    waiting, held = (open_requests.counts(visit.session, states) for states in (WAITING, HELD))
    named = [*wijken, *sorted(key for key in waiting.keys() | held.keys() if key and key not in wijken)]
    nowhere = [None] if None in waiting or None in held else []
    return [(wijk, waiting.get(wijk, 0), held.get(wijk, 0)) for wijk in (*named, *nowhere)]


PAGE = Page("aanvragen", show)
