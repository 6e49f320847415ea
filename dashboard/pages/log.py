"""Logboek: who was shown what about people, and who changed what."""

from __future__ import annotations

from actions import audit, team
from dashboard.pages import given
from dashboard.visit import GivenWrong, Page, Shown, Visit

MOST = 100
"""On one page."""


def show(visit: Visit) -> Shown:
    """The latest first."""
    wrong, before = "", None
    try:
        before = given.number(visit.given, "voor", "no_such_page")
    except GivenWrong as error:
        wrong = str(error)
    found = audit.page(visit.session, MOST + 1, before)
    names = {one.id: one.name for one in team.everybody(visit.session)}
    values = {
        "entries": found[:MOST],
        "next": found[MOST - 1].id if len(found) > MOST else None,
        "names": names,
        "members": {str(number): name for number, name in names.items()},
        "wrong": wrong,
    }
    return Shown("log.html", values, 422 if wrong else 200)


PAGE = Page("logboek", show)
