"""Team: who helps, how much they have, when they are away; and what can be set for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from actions import appointment_hours, handoffs, team, team_changes, team_settings
from actions.opening_hours import local_day
from actions.roles import PAGE_ONLY
from actions.team_settings import SettingRefused
from dashboard.pages import given, joining
from dashboard.visit import Done, GivenWrong, Page, Shown, Visit
from store.agenda_tables import Availability
from store.tables import Member

DONE = ("vrij", "terug", "hoeveel", "talen", "uit")


@dataclass(frozen=True)
class Row:
    """Somebody of the team; `hours` and `visits` are hours in words, `visits` those for appointments."""

    member: Member
    load: int
    away: bool
    takes_requests: bool
    page_only: bool
    hours: str
    visits: str
    speaks: Sequence[str]
    ticked: Collection[str]
    may_link: bool
    may_remove: bool


def show(visit: Visit, wrong: str = "", about: int | None = None) -> Shown:
    """Everybody who is active; `wrong` says why something could not be set for member `about`."""
    loads, today = team_settings.loads(visit.session), local_day(visit.now)
    visits = {one.member_id: one for one in visit.session.scalars(select(Availability))}
    rows = [
        Row(
            member=one,
            load=loads.get(one.id, 0),
            away=team_settings.is_away(one, today),
            takes_requests=team_settings.takes_requests(one),
            page_only=one.role in PAGE_ONLY,
            hours=team_settings.hours_in_words(one),
            visits=appointment_hours.in_words(visits[one.id]) if one.id in visits else "",
            speaks=one.languages.split(),
            ticked={joining.TICKED + code for code in one.languages.split()},
            may_link=team_changes.may_link(visit.member, one),
            may_remove=one.id != visit.member.id and team_changes.may_manage(visit.member, one.role),
        )
        for one in team.everybody(visit.session)
        if one.active
    ]
    done = visit.given.get("gedaan") if visit.given.get("gedaan") in DONE else None
    values = {"rows": rows, "done": done, "wrong": wrong, "about": about, "given": visit.given, "today": today}
    values |= {"most": team_settings.MOST, "languages": joining.languages()}
    return Shown("team.html", values, 422 if wrong else 200)


def go_away(visit: Visit) -> Shown | Done:
    """A holiday until a day, or without one until they are back."""
    member = _member(visit)
    try:
        until = given.day(visit.given, "tot", "no_such_day")
        if member is None or (until is not None and until <= local_day(visit.now)):
            raise GivenWrong("nobody_there" if member is None else "day_is_past")
    except GivenWrong as wrong:
        return show(visit, str(wrong), visit.path["number"])
    team_settings.go_away(member, until)
    return _done(visit, member, "vrij", "went_away")


def come_back(visit: Visit) -> Shown | Done:
    """They get cards again, and what waited for somebody like them."""
    member = _member(visit)
    if member is None:
        return show(visit, "nobody_there")
    team_settings.come_back(member)
    handoffs.offer_waiting(visit.session, visit.now, member)
    return _done(visit, member, "terug", "came_back")


def set_capacity(visit: Visit) -> Shown | Done:
    """How many requests they can have at once."""
    member = _member(visit)
    if member is None:
        return show(visit, "nobody_there")
    try:
        team_settings.set_capacity(member, given.number(visit.given, "hoeveel", "wrong_capacity") or 0)
    except (GivenWrong, SettingRefused):
        return show(visit, "wrong_capacity", member.id)
    handoffs.offer_waiting(visit.session, visit.now, member)
    return _done(visit, member, "hoeveel", "set_capacity")


def set_languages(visit: Visit) -> Shown | Done:
    """Which languages they speak beside Dutch."""
    member = _member(visit)
    if member is None:
        return show(visit, "nobody_there")
    try:
        team_settings.set_languages(member, joining.ticked(visit.given))
    except SettingRefused:
        return show(visit, "wrong_language", member.id)
    handoffs.offer_waiting(visit.session, visit.now, member)
    return _done(visit, member, "talen", "set_languages")


def new_link(visit: Visit) -> Shown:
    """A new start link for Telegram: on this page, and never again. Whoever uses it is that person."""
    member = _member(visit)
    if member is None or not team_changes.may_link(visit.member, member):
        return show(visit, "nobody_there" if member is None else "not_yours")
    payload = team.renew_link(visit.session, visit.now, member).payload
    visit.note("new_start_link", f"member:{member.id}")
    return joining.start_link(visit, member, payload)


def _member(visit: Visit) -> Member | None:
    found = visit.session.get(Member, visit.path["number"])
    return found if found is not None and found.active else None


def _done(visit: Visit, member: Member, done: str, act: str) -> Done:
    visit.note(act, f"member:{member.id}")
    return Done(f"/team?gedaan={done}#lid-{member.id}")


PAGE = Page(
    "team",
    show,
    acts={
        "/team/{number:int}/vrij": go_away,
        "/team/{number:int}/terug": come_back,
        "/team/{number:int}/hoeveel": set_capacity,
        "/team/{number:int}/talen": set_languages,
        "/team/{number:int}/startlink": new_link,
        "/team/nieuw": joining.add,
        "/team/{number:int}/uit": joining.remove,
    },
    below={"/team/nieuw": joining.show_new, "/team/{number:int}/uit": joining.show_leaving},
)
