"""Vandaag: what needs somebody's attention now, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from actions import directory_changes, handoffs, open_requests, overview, text_changes, waiting_list
from actions.open_requests import OpenRequest
from actions.opening_hours import local_day
from actions.request_states import WAITING
from actions.services import Service
from actions.working_time import DAY, OFFICE, later
from dashboard.pages import given
from dashboard.visit import Done, GivenWrong, Page, Shown, Visit
from store.tables import Member

LONG = 2 * DAY
"""Who waits longer than this, in working time, and nobody has taken it, is shown."""
MOST = 10
"""Of each kind on this page; there is a page with all of them."""
DONE = ("doorgegeven", "bevestigd", "ontkend")


@dataclass(frozen=True)
class ToCheck:
    """A record of the directory that somebody must look at, and the number of the last change of it, or 0."""

    service: Service
    denied: bool
    version: int


def show(visit: Visit, wrong: str = "") -> Shown:
    """All of it; `wrong` says why something could not be done."""
    theirs = overview.needs_coordinator(visit.session)
    late = _but(open_requests.past_promises(visit.session, visit.now), {one.id for one in theirs})
    known = {one.id for one in theirs} | {one.number for one in late}
    values: dict[str, Any] = {
        "now": visit.now,
        "theirs": theirs,
        "late": late,
        "long": _but(_long_waiting(visit), known),
        "most": MOST,
        "waiting_list": waiting_list.count(visit.session),
        "to_check": list(_to_check(visit)),
        "overtaken": _overtaken(visit),
        "helpers": [load.member for load in overview.load(visit.session)],
        "topics": visit.site.topics,
        "done": visit.given.get("gedaan") if visit.given.get("gedaan") in DONE else None,
        "wrong": wrong,
    }
    return Shown("today.html", values, 422 if wrong else 200)


def pass_on(visit: Visit) -> Shown | Done:
    """Show a request to somebody of the team, as a coordinator does in Telegram."""
    try:
        number = given.number(visit.given, "lid", "nobody_chosen")
        if number is None:
            raise GivenWrong("nobody_chosen")
        request_id = visit.path["number"]
        member = handoffs.assign(visit.session, visit.now, visit.member, request_id, number)
        if member is None:
            raise GivenWrong("not_passed_on")
    except GivenWrong as wrong:
        return show(visit, str(wrong))
    visit.note("passed_on", f"request:{request_id} member:{member.id}")
    return Done("/vandaag?gedaan=doorgegeven")


def confirm(visit: Visit) -> Shown | Done:
    """Say that a record of the directory is right."""
    return _say(visit, directory_changes.confirm, "confirmed", "bevestigd")


def deny(visit: Visit) -> Shown | Done:
    """Say that a record is wrong: residents are not shown it any more."""
    return _say(visit, directory_changes.deny, "denied", "ontkend")


def _say(
    visit: Visit, say: Callable[[Session, datetime, Member, Service], object], act: str, done: str
) -> Shown | Done:
    service = _service(visit)
    if service is None:
        return show(visit, "no_service")
    if visit.given.get("versie") != str(directory_changes.lock(visit.session, service.key)):
        return show(visit, "directory_said")
    say(visit.session, visit.now, visit.member, service)
    visit.note(act, f"service:{service.key}")
    return Done(f"/vandaag?gedaan={done}")


def _but(found: Iterable[OpenRequest], known: Collection[int]) -> list[OpenRequest]:
    """Those that do not stand on the page already."""
    return [one for one in found if one.number not in known]


def _long_waiting(visit: Visit) -> Iterator[OpenRequest]:
    """Nobody has taken it; days are looked at first, as working time is longer than that."""
    for one in open_requests.waiting_since(visit.session, WAITING, visit.now - LONG):
        if later(OFFICE, one.waiting_since, LONG) <= visit.now:
            yield one


def _to_check(visit: Visit) -> Iterator[ToCheck]:
    said = directory_changes.history(visit.session)
    directory = directory_changes.with_changes(visit.site.written_directory(), said)
    versions = {one.service: one.id for one in sorted(said, key=lambda one: one.id)}
    late = directory.overdue(local_day(visit.now))
    denied = [one for one in directory.services if one.denied and one not in late]
    yield from (ToCheck(one, one.denied, versions.get(one.key, 0)) for one in (*late, *denied))


def _overtaken(visit: Visit) -> int:
    """How many texts that the team changed say something else since a new version of the files."""
    if not text_changes.latest(visit.session):
        return 0
    return sum(one.is_overtaken for one in visit.site.texts.now(visit.session).texts.values())


def _service(visit: Visit) -> Service | None:
    directory, key = visit.site.directory(visit.session), visit.path["key"]
    return directory.service(key) if key in directory else None


PAGE = Page(
    "vandaag",
    show,
    acts={
        "/vandaag/vragen/{number:int}/doorgeven": pass_on,
        "/vandaag/gids/{key}/klopt": confirm,
        "/vandaag/gids/{key}/klopt-niet": deny,
    },
)
