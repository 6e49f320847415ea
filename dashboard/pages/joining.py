"""Below Team: somebody joins, and somebody leaves once it was read what that means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale

from actions import team, team_changes, team_settings
from actions.roles import PAGE_ONLY
from actions.sign_in import ROLES
from actions.team_changes import Joining, TeamRefused
from dashboard.pages import given
from dashboard.visit import Done, GivenWrong, Nowhere, Shown, Visit
from store.states import Role
from store.tables import Member

TICKED = "taal-"
"""What begins the name of the box of a language."""
FIELDS: Mapping[str, str] = {
    "wrong_name": "naam",
    "name_taken": "naam",
    "wrong_role": "rol",
    "not_yours": "rol",
    "no_such_wijk": "wijk",
    "no_wijk": "wijk",
    "wrong_email": "email",
    "email_taken": "email",
}
"""Which field is wrong when."""


def show_new(visit: Visit, wrong: str = "") -> Shown:
    """The form for somebody new, filled in as it was sent."""
    values = {
        "roles": [role for role in Role if team_changes.may_manage(visit.member, role)],
        "languages": languages(),
        "longest": team_changes.LONGEST_NAME,
        "given": visit.given,
        "wrong": wrong,
        "field": FIELDS.get(wrong, ""),
    }
    return Shown("team_new.html", values, 422 if wrong else 200)


def add(visit: Visit) -> Shown:
    """Somebody joins; the page says how they get in. Sent a second time it says that the name is taken."""
    try:
        invited = team_changes.add(visit.session, visit.now, visit.member, _joining(visit))
    except (GivenWrong, TeamRefused) as refused:
        return show_new(visit, str(refused))
    visit.note("added_member", f"member:{invited.member.id}")
    return start_link(visit, invited.member, invited.payload, new=True)


def show_leaving(visit: Visit, wrong: str = "") -> Shown:
    """What happens when somebody leaves, and the button that does it."""
    member = visit.session.get(Member, visit.path["number"])
    if member is None or not member.active:
        raise Nowhere
    values = {"of": member, "leaving": team_changes.leaving(visit.session, visit.now, member), "wrong": wrong}
    return Shown("team_leaving.html", values, 422 if wrong else 200)


def remove(visit: Visit) -> Shown | Done:
    """Somebody leaves."""
    try:
        team_changes.remove(visit.session, visit.now, visit.member, visit.path["number"])
    except TeamRefused as refused:
        return show_leaving(visit, str(refused))
    visit.note("removed_member", f"member:{visit.path['number']}")
    return Done("/team?gedaan=uit")


def start_link(visit: Visit, member: Member, payload: str, *, new: bool = False) -> Shown:
    """How somebody gets in: on this page, and never again."""
    values = {
        "of": member,
        "payload": payload,
        "days": team.LINK_DAYS,
        "new": new,
        "page_only": member.role in PAGE_ONLY,
        "signs_in": member.role in ROLES,
        "by_mail": visit.site.mail is not None and member.email is not None,
        "address": visit.site.address,
    }
    return Shown("start_link.html", values)


def languages() -> Mapping[str, str]:
    """The languages beside Dutch and their names, in the order of the names."""
    names = Locale("nl").languages
    return dict(sorted(((code, names[code]) for code in team_settings.LANGUAGES), key=lambda one: one[1]))


def ticked(fields: Mapping[str, str]) -> Sequence[str]:
    """The codes of the languages whose box is ticked."""
    return [name.removeprefix(TICKED) for name in fields if name.startswith(TICKED)]


def _joining(visit: Visit) -> Joining:
    """What was filled in; raises `GivenWrong`."""
    roles = {role.value: role for role in Role}
    role = given.chosen(visit.given, "rol", roles, "wrong_role")
    if role is None:
        raise GivenWrong("wrong_role")
    wijk = given.chosen(visit.given, "wijk", visit.site.organisation.wijk_names(), "no_such_wijk")
    name, email = visit.given.get("naam", ""), visit.given.get("email", "")
    return Joining(name, roles[role], wijk, email, ticked(visit.given))
