"""`/instellingen`: holidays, languages, and how much at once, with buttons; the message shows how it stands."""

from __future__ import annotations

import re
from datetime import timedelta

from actions import handoffs, team_settings
from actions.opening_hours import local_day
from actions.outbox import Button
from actions.team_settings import LANGUAGES, MOST
from bot.team_visit import Rows, TeamVisit

WEEKS = re.compile(r"away:([1-4])")
LANGUAGE = re.compile(r"language:([a-z]{2})")
LANGUAGES_IN_ROW = 2


def show(visit: TeamVisit) -> None:
    """Say how it stands, with buttons to change it."""
    visit.tell("team_settings", _rows(visit), **_standing(visit))


def press(visit: TeamVisit, what: str) -> None:
    """Carry out a button, and show how it stands now."""
    member, day = visit.member, local_day(visit.now)
    if found := WEEKS.fullmatch(what):
        team_settings.go_away(member, day + timedelta(weeks=int(found[1])))
    elif what == "off":
        team_settings.go_away(member)
    elif what == "back":
        team_settings.come_back(member)
        handoffs.offer_waiting(visit.session, visit.now, member)
    elif what in ("more", "less"):
        wanted = member.capacity + (1 if what == "more" else -1)
        team_settings.set_capacity(member, min(max(wanted, 1), MOST))
    elif what == "hand_over" and team_settings.is_away(member, day):
        handoffs.hand_over(visit.session, visit.now, member)
    elif found := LANGUAGE.fullmatch(what):
        _switch(visit, found[1])
        return visit.show("team_languages", _language_rows(visit), languages=member.languages.split())
    elif what == "languages":
        return visit.show("team_languages", _language_rows(visit), languages=member.languages.split())
    elif what not in ("show", "hand_over"):
        return visit.tell("team_help")
    return visit.show("team_settings", _rows(visit), **_standing(visit))


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
    return (*holiday, *over, (_LESS, _MORE), (Button("button_languages", "set:languages"),))


def _standing(visit: TeamVisit) -> dict[str, object]:
    member, day = visit.member, local_day(visit.now)
    until = member.away_until
    away = "no" if not team_settings.is_away(member, day) else until.isoformat() if until else "open"
    return {
        "away": "until" if away not in ("no", "open") else away,
        "day": until.isoformat() if until else "",
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
_LESS, _MORE = Button("button_less", "set:less"), Button("button_more", "set:more")
