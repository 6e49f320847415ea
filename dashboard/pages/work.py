"""The page of work that takes long: how far it is, and then what was made. Everybody sees only their own."""

from __future__ import annotations

from dashboard.visit import File, Nowhere, Page, Shown, Visit
from dashboard.works import Stage

SECONDS = "2"
"""After so many a browser loads the page anew, as long as the work goes on."""
BY_HAND = "zelf"
ZIP = "application/zip"


def show(visit: Visit) -> Shown:
    """The last work of who looks. Whoever is disturbed by a page that changes loads it anew themselves."""
    work = visit.site.works.find(visit.now, visit.member.id)
    by_hand = visit.given.get("verversen") == BY_HAND
    again = {"Refresh": SECONDS} if work and work.stage is Stage.RUNNING and not by_hand else {}
    return Shown("work.html", {"work": work, "by_hand": by_hand}, 200 if work else 404, again)


def made(visit: Visit) -> File:
    """What was made; raises `Nowhere` as long as it is not ready."""
    work = visit.site.works.find(visit.now, visit.member.id)
    if work is None or work.stage is not Stage.READY:
        raise Nowhere
    return File(work.made, ZIP, f"{work.page}.zip")


PAGE = Page("werk", show, files={"/werk/bestand": made}, shows_people=False)
