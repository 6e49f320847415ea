"""Who joins the team and who leaves it, by somebody of the team itself: what they may, and what would leave nobody."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from actions import appointments, availability, handoffs, sign_in, team, team_settings
from actions.sign_in import EmailTaken
from actions.team import Invitation
from actions.team_settings import SettingRefused
from store.states import Role
from store.tables import Member

LONGEST_NAME = 40
NEVER_NONE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""Of these there is always somebody: who hears what is stuck, and who looks after the page."""


class Refusal(enum.StrEnum):
    """Why somebody cannot join or leave."""

    NOT_YOURS = "not_yours"
    WRONG_NAME = "wrong_name"
    NAME_TAKEN = "name_taken"
    NO_WIJK = "no_wijk"
    WRONG_EMAIL = "wrong_email"
    EMAIL_TAKEN = "email_taken"
    WRONG_LANGUAGE = "wrong_language"
    NOBODY_THERE = "nobody_there"
    YOURSELF = "yourself"
    LAST_ONE = "last_one"


class TeamRefused(ValueError):
    """The team stays as it is."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Joining:
    """Who is to join; `email` may be empty, `wijk` None."""

    name: str
    role: Role
    wijk: str | None
    email: str = ""
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Leaving:
    """What somebody has on their hands, which goes to others or is called off."""

    requests: int
    appointments: int


def may_manage(by: Member, role: Role) -> bool:
    """Whether they may let people of a role join and leave; who can sign in here is for an administrator."""
    return by.role is Role.ADMINISTRATOR or (by.role is Role.COORDINATOR and role not in sign_in.ROLES)


def may_link(by: Member, member: Member) -> bool:
    """Whether they may make a start link for somebody: whoever uses it is that person from then on."""
    return by.id == member.id or may_manage(by, member.role)


def add(session: Session, now: datetime, by: Member, joining: Joining) -> Invitation:
    """Let somebody join; raises `TeamRefused`. No two have the same name: residents must know who is meant."""
    name, held = " ".join(joining.name.split()), team.hold(session)
    _refuse(not _holds(held, by) or not may_manage(by, joining.role), Refusal.NOT_YOURS)
    _refuse(not name or len(name) > LONGEST_NAME or not name.isprintable(), Refusal.WRONG_NAME)
    _refuse(any(one.name.casefold() == name.casefold() for one in held), Refusal.NAME_TAKEN)
    _refuse(joining.role is Role.WIJKVERBINDER and joining.wijk is None, Refusal.NO_WIJK)
    _refuse(not set(joining.languages) <= set(team_settings.LANGUAGES), Refusal.WRONG_LANGUAGE)
    try:
        email = sign_in.read_email(session, joining.email)
    except SettingRefused as refused:
        raise TeamRefused(Refusal.EMAIL_TAKEN if isinstance(refused, EmailTaken) else Refusal.WRONG_EMAIL) from refused
    invited = team.invite(session, now, name, joining.role, joining.wijk)
    invited.member.email = email
    team_settings.set_languages(invited.member, joining.languages)
    return invited


def remove(session: Session, now: datetime, by: Member, number: int) -> None:
    """Let somebody leave as `handoffs.leave` does; raises `TeamRefused`."""
    held = team.hold(session)
    member = next((one for one in held if one.id == number), None)
    if member is None:
        raise TeamRefused(Refusal.NOBODY_THERE)
    _refuse(member.id == by.id, Refusal.YOURSELF)
    _refuse(not _holds(held, by) or not may_manage(by, member.role), Refusal.NOT_YOURS)
    same = [one for one in held if one.role is member.role]
    _refuse(member.role in NEVER_NONE and len(same) == 1, Refusal.LAST_ONE)
    handoffs.leave(session, now, number)


def leaving(session: Session, now: datetime, member: Member) -> Leaving:
    """What they would leave behind now."""
    coming = appointments.coming_with(session, now, member, now + availability.AHEAD)
    return Leaving(team_settings.open_count(session, member), sum(one.starts_at > now for one in coming))


def _holds(held: Sequence[Member], by: Member) -> bool:
    return any(one.id == by.id for one in held)


def _refuse(wrong: bool, why: Refusal) -> None:
    if wrong:
        raise TeamRefused(why)
