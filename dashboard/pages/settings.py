"""Instellingen: what somebody sets for themselves, and how this installation is set, to read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from babel import Locale

from actions import clocks, monday, sign_in, team, team_settings, traces
from actions.monday import Way
from actions.roles import RIGHTS, Right
from actions.sign_in import EmailTaken
from actions.team_settings import Hours, SettingRefused
from actions.working_time import DAY, OFFICE
from dashboard import letters
from dashboard.visit import Done, GivenWrong, Page, Shown, Visit
from store.tables import Member

NONE = "niet"
CHOICES: Mapping[str, Way | None] = {"telegram": Way.TELEGRAM, "mail": Way.MAIL, NONE: None}
DONE = ("cijfers_gekozen", "adres", "afgemeld_elders")
PHRASES = "safety_phrases.yml"


def show(visit: Visit, wrong: str = "", field: str = "") -> Shown:
    """Both parts; a reader has only their own. `wrong` says why `field` could not be set."""
    member = visit.session.get_one(Member, visit.member.id)  # pages are shown in a session of their own
    mail = visit.site.mail is not None
    done = visit.given.get("gedaan")
    values = {
        "done": done if done in DONE else None,
        "wrong": wrong,
        "field": field,
        "given": visit.given,
        "ways": _ways(visit, member),
        "way": monday.way(member, mail=mail),
        "has_figures": member.role in monday.ROLES,
        "mail": mail,
        "others": sign_in.others(visit.session, visit.now, member, visit.secret),
        "house": _house(visit) if member.role in RIGHTS[Right.HOUSE] else None,
    }
    return Shown("settings.html", values, 422 if wrong else 200)


def choose_figures(visit: Visit) -> Shown | Done:
    """How they want the figures on Monday."""
    chosen = visit.given.get("waar", "")
    if chosen not in CHOICES or (chosen != NONE and CHOICES[chosen] not in _ways(visit, visit.member)):
        return show(visit, "no_such_way", "waar")
    wanted = CHOICES[chosen]
    visit.member.monday_figures = wanted is not None
    if wanted is not None:
        visit.member.figures_by_mail = wanted is Way.MAIL
    visit.note("chose_figures")
    return Done("/instellingen?gedaan=cijfers_gekozen")


def change_email(visit: Visit) -> Shown | Done:
    """Where links are sent; who had the address before is told, as whoever reads it can sign in."""
    before = visit.member.email
    try:
        _set_email(visit)
    except GivenWrong as wrong:
        return show(visit, str(wrong), "email")
    if visit.member.email == before:
        return Done("/instellingen?gedaan=adres")
    visit.note("changed_email", f"member:{visit.member.id}")
    tell = partial(letters.send, visit.site, before, "mail_changed.txt") if before else None
    return Done("/instellingen?gedaan=adres", tell)


def sign_out_others(visit: Visit) -> Done:
    """End what they have open elsewhere."""
    sign_in.sign_out_others(visit.session, visit.member, visit.secret)
    visit.note("signed_out_others")
    return Done("/instellingen?gedaan=afgemeld_elders")


def _ways(visit: Visit, member: Member) -> list[Way]:
    """How the figures can reach them now."""
    by_mail = member.role in monday.ROLES and visit.site.mail is not None and bool(member.email)
    can = {Way.TELEGRAM: monday.on_telegram(member), Way.MAIL: by_mail}
    return [way for way in can if can[way]]


def _set_email(visit: Visit) -> None:
    """Raises `GivenWrong`. The team is held, so that two do not take the same address at the same moment."""
    team.hold(visit.session)
    wanted = visit.given.get("email", "")
    if not wanted.strip() and visit.member.person is None:
        raise GivenWrong("email_needed")
    try:
        sign_in.set_email(visit.session, visit.member, wanted)
    except SettingRefused as refused:
        raise GivenWrong("email_taken" if isinstance(refused, EmailTaken) else "wrong_email") from refused


def _house(visit: Visit) -> Mapping[str, Any]:
    """How this installation is set; never a secret."""
    site = visit.site
    return {
        "office": team_settings.in_notation(
            Hours(days=sorted(one.days), opens=one.opens, closes=one.closes) for one in OFFICE
        ),
        "patience": {
            urgency.value: (_worked(one.rung), _worked(one.contact), _worked(one.promise))
            for urgency, one in clocks.PATIENCE.items()
        },
        "kept": {site.kept[key]: _passed(site.organisation.terms[key]) for key in site.kept},
        "languages": _languages(site.settings.flows / "texts"),
        "model": traces.last_model(visit.session),
        "seen": traces.last_handled(visit.session),
    }


def _worked(time: timedelta) -> str:
    """Working time in words."""
    days, left = divmod(time, DAY)
    if days and not left:
        return f"{days} werkdag" if days == 1 else f"{days} werkdagen"
    hours = time // timedelta(hours=1)
    return f"{hours} werkuur" if hours == 1 else f"{hours} werkuren"


def _passed(time: timedelta) -> str:
    """A period of the calendar in words."""
    if time == timedelta(days=365):
        return "1 jaar"
    return "1 dag" if time.days == 1 else f"{time.days} dagen"


def _languages(texts: Path) -> list[str]:
    """In which languages the bot knows words about danger."""
    names = Locale("nl").languages
    return sorted(names[file.parent.name] for file in texts.glob(f"*/{PHRASES}"))


PAGE = Page(
    "instellingen",
    show,
    acts={
        "/instellingen/cijfers": choose_figures,
        "/instellingen/adres": change_email,
        "/instellingen/afmelden": sign_out_others,
    },
    shows_people=False,
)
