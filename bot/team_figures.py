"""`/cijfers`: what happened in the last week that may be told, for coordinators; of one wijk when its name follows."""

from __future__ import annotations

from actions import monday
from actions.outbox import queue
from bot.team_visit import TeamVisit

STOP, START = "stop", "start"


def figures(visit: TeamVisit, asked: str) -> None:
    """The picture and the sentences at once; `stop` and `start` are about those that come on Monday."""
    if asked.casefold() in (STOP, START):
        return _on_monday(visit, asked.casefold() == START)
    wijk = _wijk(visit, asked)
    if asked and wijk is None:
        return visit.tell("team_figures_which_wijk", wijken=", ".join(visit.words.wijk_names.values()))
    for message in monday.messages(visit.session, visit.now, wijk):
        queue(visit.session, visit.now, visit.incoming.chat_id, message)


def _on_monday(visit: TeamVisit, wanted: bool) -> None:
    visit.member.monday_figures = wanted
    visit.tell("team_figures_started" if wanted else "team_figures_stopped")


def _wijk(visit: TeamVisit, asked: str) -> str | None:
    """The key of the wijk with this name, or with this key."""
    named = visit.words.wijk_names.items()
    return next((key for key, name in named if asked.casefold() in (key, name.casefold())), None)
