"""`/instellingen`: holidays, languages, appointments, and how much at once, with buttons; it shows how it stands.

Who takes no requests sees nothing about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from actions import handoffs, team_settings
from actions.opening_hours import local_day
from actions.outbox import Button
from actions.team_settings import LANGUAGES, MOST
from bot import team_hours
from bot.team_hours import APPOINTMENTS
from bot.team_visit import Rows, TeamVisit

WEEKS = re.compile(r"away:([1-4])")
LANGUAGE = re.compile(r"language:([a-z]{2})")
LANGUAGES_IN_ROW = 2


def show(visit: TeamVisit) -> None:
    """Say how it stands, with buttons to change it."""
    visit.tell("team_settings", _rows(visit), **_standing(visit))


def press(visit: TeamVisit, what: str) -> None:
    """Carry out a button, and show how it stands now."""
    if what.partition(":")[0] == APPOINTMENTS:
        return team_hours.press(visit, what.removeprefix(APPOINTMENTS).removeprefix(":"))
    if found := LANGUAGE.fullmatch(what):
        _switch(visit, found[1])
    if found or what == "languages":
        return visit.show("team_languages", _language_rows(visit), languages=visit.member.languages.split())
    change = _change_for(what)
    if change is None:
        return visit.help()
    change(visit)
    visit.show("team_settings", _rows(visit), **_standing(visit))
    if what == "off" or WEEKS.fullmatch(what):
        team_hours.tell_appointments(visit, lambda day: team_settings.is_away(visit.member, day))
    return None


def _change_for(what: str) -> Callable[[TeamVisit], None] | None:
    """What a button does, if there is such a button."""
    if found := WEEKS.fullmatch(what):
        weeks = timedelta(weeks=int(found[1]))
        return lambda visit: team_settings.go_away(visit.member, local_day(visit.now) + weeks)
    return CHANGES.get(what)


def _come_back(visit: TeamVisit) -> None:
    team_settings.come_back(visit.member)
    handoffs.offer_waiting(visit.session, visit.now, visit.member)


def _hand_over(visit: TeamVisit) -> None:
    if team_settings.is_away(visit.member, local_day(visit.now)):
        handoffs.hand_over(visit.session, visit.now, visit.member)


def _take_on(visit: TeamVisit, more: int) -> None:
    wanted = visit.member.capacity + more
    team_settings.set_capacity(visit.member, min(max(wanted, 1), MOST))


def _switch(visit: TeamVisit, code: str) -> None:
    if code in LANGUAGES:
        spoken = set(visit.member.languages.split()) ^ {code}
        team_settings.set_languages(visit.member, spoken)


def _rows(visit: TeamVisit) -> Rows:
    away = team_settings.is_away(visit.member, local_day(visit.now))
    weeks = tuple(Button("button_away", f"set:away:{count}", {"weeks": count}) for count in (1, 2, 3))
    holiday: Rows = ((Button("button_back_at_work", "set:back"),),) if away else (weeks, (_OFF,))
    left = [one for one in handoffs.claimed_by(visit.session, visit.member) if away and not one.practice]
    over: Rows = ((Button("button_hand_over", "set:hand_over", {"count": len(left)}),),) if left else ()
    at_once: Rows = ((_LESS, _MORE),) if team_settings.takes_requests(visit.member) else ()
    return (*holiday, *over, *at_once, (Button("button_languages", "set:languages"), _APPOINTMENTS))


def _standing(visit: TeamVisit) -> dict[str, object]:
    member, day = visit.member, local_day(visit.now)
    until = member.away_until
    away = "no" if not team_settings.is_away(member, day) else until.isoformat() if until else "open"
    return {
        "away": "until" if away not in ("no", "open") else away,
        "day": until.isoformat() if until else "",
        "requests": "yes" if team_settings.takes_requests(member) else "no",
        "capacity": member.capacity,
        "count": team_settings.open_count(visit.session, member),
        "languages": member.languages.split(),
        "hours": team_settings.hours_in_words(member),
    }


def _language_rows(visit: TeamVisit) -> Rows:
    spoken = visit.member.languages.split()
    buttons = [_language_button(code, code in spoken) for code in LANGUAGES]
    rows = [tuple(buttons[at : at + LANGUAGES_IN_ROW]) for at in range(0, len(buttons), LANGUAGES_IN_ROW)]
    return (*rows, (Button("button_done", "set:show"),))


def _language_button(code: str, spoken: bool) -> Button:
    return Button("button_language", f"set:language:{code}", {"speaks": code, "spoken": "yes" if spoken else "no"})


_OFF = Button("button_away_open", "set:off")
CHANGES: Mapping[str, Callable[[TeamVisit], None]] = {
    "show": lambda visit: None,
    "off": lambda visit: team_settings.go_away(visit.member),
    "back": _come_back,
    "more": lambda visit: _take_on(visit, 1),
    "less": lambda visit: _take_on(visit, -1),
    "hand_over": _hand_over,
}
_APPOINTMENTS = Button("button_appointments", f"set:{APPOINTMENTS}")
_LESS, _MORE = Button("button_less", "set:less"), Button("button_more", "set:more")
