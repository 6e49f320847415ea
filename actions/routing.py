"""Who is shown a request: the routing ladder. The rung that decides is kept with the request as its `rule`.

Away, full, unreachable, or having said no already: not shown. A crisis goes to a professional and a wijkverbinder at
once, and does not look at who is full (domain.md, section 3). What the resident wished is never gone against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from actions import team
from actions.opening_hours import local_day
from actions.request_states import Change
from actions.team_settings import has_room, is_away, loads
from store.states import OfferAnswer, Role, Rule, Urgency
from store.tables import Member, Offer, Poster, Request, RequestChange

URGENT = frozenset({Urgency.DANGER, Urgency.CRISIS})
WITH_MEMBER = joinedload(Offer.member).joinedload(Member.person)
HELPERS = (Role.WIJKVERBINDER, Role.PROFESSIONAL)
OFFERS = select(Offer).where(Offer.request_id == bindparam("request_id")).options(WITH_MEMBER).order_by(Offer.id)
"""Built once: it is asked whenever a request is shown, taken or given back."""


@dataclass(frozen=True)
class Route:
    """The rung that decides, and who is shown the request because of it."""

    rule: Rule
    members: tuple[Member, ...]


def route(session: Session, now: datetime, wanted: Request, after: Rule | None = None) -> Route:
    """The first rung (after one that was tried) that has somebody new; the last is the coordinator's, maybe empty."""
    if wanted.practice:
        return Route(Rule.COORDINATOR, ())  # nobody else sees what somebody practises with
    seen = {offer.member_id for offer in offers(session, wanted)} if after else _refused(session, wanted)
    free = [member for member in _free(session, now, wanted) if member.id not in seen]
    rungs = list(Rule)[list(Rule).index(after) + 1 if after else 0 :]
    for rule in rungs:
        members = tuple(_on_rung(session, wanted, rule, free))
        if members:
            return Route(rule, _with_professionals(wanted, free, members))
    return Route(Rule.COORDINATOR, tuple(team.reachable(session, Role.COORDINATOR)))


def newcomers(session: Session, now: datetime, wanted: Request) -> list[Member]:
    """Who has room, was not shown the request before, and stands on the rung that it is on, or on an earlier one."""
    seen = {offer.member_id for offer in offers(session, wanted)}
    free = [member for member in _free(session, now, wanted) if member.id not in seen]
    reached = list(Rule)[: list(Rule).index(wanted.rule) + 1]
    members = dict.fromkeys(member for rule in reached for member in _on_rung(session, wanted, rule, free))
    return list(_with_professionals(wanted, free, tuple(members)))


def professionals(session: Session, now: datetime, wanted: Request) -> list[Member]:
    """Professionals who are at work and were not shown the request before, for what is too heavy for a neighbour."""
    seen = {offer.member_id for offer in offers(session, wanted)}
    found = [] if wanted.practice else team.reachable(session, Role.PROFESSIONAL)
    return [one for one in found if one.id not in seen and not is_away(one, local_day(now))]


def may_take(member: Member, wanted: Request) -> bool:
    """Whether a request may be theirs: nobody against the wish of the resident; coordinators always may."""
    if member.person_id is not None and member.person_id == wanted.person_id:
        return False
    if member.role is Role.COORDINATOR:
        return True
    if member.role is Role.PROFESSIONAL:
        return wanted.by_whom == "professional" or wanted.urgency in URGENT
    if wanted.by_whom == "professional":
        return False
    return wanted.by_whom != "other_wijk" or wanted.wijk is None or member.wijk != wanted.wijk


def goes_against(member: Member, wanted: Request) -> bool:
    """Whether it is a wijkverbinder whom the resident does not want; a professional is never a neighbour too close."""
    return member.role is Role.WIJKVERBINDER and not may_take(member, wanted)


def offers(session: Session, wanted: Request) -> Sequence[Offer]:
    """Who was shown the request, and what they answered."""
    return session.scalars(OFFERS, {"request_id": wanted.id}).all()


def knows(session: Session, member: Member, wanted: Request) -> bool:
    """Whether somebody was shown the request; only they can do something with it."""
    mine = (Offer.request_id == wanted.id) & (Offer.member_id == member.id)
    return session.scalar(select(Offer.id).where(mine)) is not None


def can_read(member: Member) -> bool:
    """Whether messages reach somebody of the team."""
    return member.active and member.person is not None and member.person.reachable


def shown_to(session: Session, member: Member) -> Sequence[Request]:
    """The requests of which somebody has a card that they have not said no to."""
    mine = (Offer.member_id == member.id) & (Offer.answer == OfferAnswer.SHOWN)
    return session.scalars(select(Request).join(Offer).where(mine).order_by(Request.id)).all()


def _free(session: Session, now: datetime, wanted: Request) -> list[Member]:
    day, load = local_day(now), loads(session)
    helpers = [member for role in HELPERS for member in team.reachable(session, role)]
    at_work = [member for member in helpers if not is_away(member, day) and may_take(member, wanted)]
    if wanted.urgency in URGENT:
        return at_work
    return [member for member in at_work if has_room(member, load.get(member.id, 0))]


def _refused(session: Session, wanted: Request) -> set[int]:
    return {offer.member_id for offer in offers(session, wanted) if offer.answer is not OfferAnswer.SHOWN}


def _on_rung(session: Session, wanted: Request, rule: Rule, free: Sequence[Member]) -> Iterator[Member]:
    wished = [member for member in free if _is_wished(member, wanted)]
    match rule:
        case Rule.POSTER:
            yield from _only(free, _whose_poster(session, wanted))
        case Rule.EARLIER:
            yield from _only(free, _who_helped(session, wanted))
        case Rule.LANGUAGE:
            yield from (member for member in wished if wanted.language in member.languages.split())
        case Rule.WISHED:
            yield from wished
        case Rule.POOL:
            yield from free


def _is_wished(member: Member, wanted: Request) -> bool:
    """Of the own wijk if that was the wish; otherwise everybody who may take it fits."""
    own = wanted.by_whom == "own_wijk" and wanted.wijk is not None
    return member.role is Role.PROFESSIONAL or not own or member.wijk == wanted.wijk


def _with_professionals(wanted: Request, free: Sequence[Member], members: Sequence[Member]) -> tuple[Member, ...]:
    """A crisis is for a wijkverbinder and a professional, whichever rung it is on; of another wijk if need be."""
    if wanted.urgency not in URGENT:
        return tuple(members)
    near = [member for member in free if _is_wished(member, wanted)]
    if not any(member.role is Role.WIJKVERBINDER for member in near):
        near = list(free)
    return (*members, *(member for member in near if member not in members))


def _only(free: Sequence[Member], numbers: Collection[int | None]) -> Iterator[Member]:
    return (member for member in free if member.id in numbers)


def _whose_poster(session: Session, wanted: Request) -> Collection[int | None]:
    code = wanted.person.source
    return (session.scalar(select(Poster.member_id).where(Poster.code == code)),) if code else ()


def _who_helped(session: Session, wanted: Request) -> Collection[int | None]:
    """Who took a request of this resident, this one or an earlier one, the last time."""
    claims = select(RequestChange.member_id).join(Request, Request.id == RequestChange.request_id)
    mine = (Request.person_id == wanted.person_id) & (RequestChange.change == Change.CLAIMED)
    return (session.scalar(claims.where(mine).order_by(RequestChange.id.desc()).limit(1)),)
