"""Hand-offs: a resident's request goes to the people who can help, one of them claims it, and answers for it.

Cards name the wijk, the topics and the urgency, nothing more (domain.md, section 8); only who claimed a request is sent
the text that the resident approved. Whatever happens, somebody is responsible: who claimed it, those who were shown
it, or the coordinator; and a clock runs (`actions.clocks`).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import (
    appointments,
    attachments,
    cards,
    clocks,
    coordinators,
    events,
    notes,
    promises,
    routing,
    team,
    wellbeing,
)
from actions.cards import chat
from actions.outbox import Button, Message, last_subject, queue
from actions.quiet_hours import BEGUN, take_back, take_back_from, waking_time
from actions.request_states import HELD, WAITING, Change, move, note
from actions.team_settings import open_count
from actions.veils import tell
from store.states import Measures, OfferAnswer, RequestState, Role, Rule, Urgency
from store.tables import Member, Offer, Person, Request

CASE_ROWS = (
    (Button("button_spoke", "spoke:{number}"), Button("button_sentences", "sentences:{number}")),
    (Button("button_note", "note:{number}"), Button("button_close", "close:{number}")),
    (Button("button_plan", "plan:{number}"),),
    (Button("button_give_back", "back:{number}"), Button("button_too_heavy", "heavy:{number}")),
)

PRACTICE_ROWS = ((Button("button_sentences", "sentences:{number}"), Button("button_close", "close:{number}")),)


@dataclass(frozen=True)
class Wish:
    """What a resident approved to be sent on; `exit`, `coach` and `why` are what the triage table advised."""

    wijk: str | None
    topics: tuple[str, ...]
    urgency: Urgency
    reach: str
    by_whom: str
    summary: str
    contact: str | None = None
    exit: str | None = None
    coach: str | None = None
    why: tuple[str, ...] = ()
    language: str | None = None
    measures: Measures | None = None


class Claim(enum.StrEnum):
    """How a claim ended."""

    WON = "won"
    TAKEN = "taken"
    GONE = "gone"


@dataclass(frozen=True)
class Requested:
    """A request, and how many people were shown its card; the `professionals` among them do this as their work.

    They see it at `shown_at`: now, or when people are awake. `promised` is the moment before which the resident hears
    from somebody; None when there is nobody to promise that.
    """

    request: Request
    readers: int
    professionals: int
    shown_at: datetime
    promised: datetime | None


def request(session: Session, now: datetime, person: Person, wish: Wish) -> Requested:
    """Store what a resident asks and show its card to whom the routing ladder says."""
    wanted = Request(
        person_id=person.id,
        person=person,
        wijk=wish.wijk,
        topics=" ".join(wish.topics),
        urgency=wish.urgency,
        reach=wish.reach,
        by_whom=wish.by_whom,
        summary=wish.summary,
        contact=wish.contact,
        exit=wish.exit,
        coach=wish.coach,
        why=" ".join(wish.why),
        language=wish.language,
        measures=wish.measures,
        state=RequestState.REQUESTED,
        requested_at=now,
        waiting_since=now,
    )
    session.add(wanted)
    attachments.forget_messages(session, person)  # what was written to somebody else after closing is not for these
    session.flush()
    note(session, now, wanted, Change.REQUESTED)
    events.count_request(session, now, wanted, "requested")
    members = offer(session, now, wanted)
    promised = promises.make(session, now, wanted).due_at if members else None
    clocks.wind(session, wanted)
    professionals = sum(member.role is Role.PROFESSIONAL for member in members)
    return Requested(wanted, len(members), professionals, waking_time(now), promised)


def offer(session: Session, now: datetime, wanted: Request, after: Rule | None = None) -> tuple[Member, ...]:
    """Show a request that nobody has to the next rung of the ladder; gives to whom."""
    way = routing.route(session, now, wanted, after)
    if way.rule is Rule.COORDINATOR and wanted.state is RequestState.OFFERED:
        cards.edit_all(session, now, wanted, "card_expired", keep=True)
    wanted.rule = way.rule
    clocks.begin_waiting(wanted, now)
    if cards.show(session, now, wanted, way.members):
        move(session, now, wanted, Change.OFFERED)
    if way.rule is Rule.COORDINATOR:
        note(session, now, wanted, Change.ESCALATED)
    clocks.wind(session, wanted)
    return way.members


def catch_up(session: Session, now: datetime, member: Member) -> int:
    """Show somebody who joins, or has a new telephone, what they have under way and what waits for them."""
    for found in claimed_by(session, member):
        show_case(session, now, found, member)
    again = [found for found in _shown_to(session, member) if not found.practice]
    for found in again:
        cards.show(session, now, found, [member])
    return len(again) + offer_waiting(session, now, member)


def offer_waiting(session: Session, now: datetime, member: Member) -> int:
    """Show somebody who has room what waits for a person like them; gives how many.

    What another process is changing is left to its own clocks.
    """
    shown = select(Offer.request_id).where(Offer.member_id == member.id)
    waits = select(Request).where(Request.state.in_(WAITING), Request.practice.is_(False), Request.id.not_in(shown))
    ordered = waits.order_by(Request.on_top.desc(), Request.id)
    waiting = session.scalars(ordered.with_for_update(of=Request, skip_locked=True)).all()
    room, shown_now = member.capacity - open_count(session, member), 0
    for found in waiting:
        if (shown_now < room or found.urgency in routing.URGENT) and routing.may_take(member, found):
            shown_now += _offer_to(session, now, found, member)
    return shown_now


def _offer_to(session: Session, now: datetime, found: Request, member: Member) -> int:
    theirs = member.role is Role.COORDINATOR and found.rule is Rule.COORDINATOR
    if not theirs and member not in routing.newcomers(session, now, found):
        return 0
    shown = cards.show(session, now, found, [member])
    move(session, now, found, Change.OFFERED)
    clocks.wind(session, found)
    return shown


def claim(
    session: Session, now: datetime, member: Member, request_id: int, *, by_booking: bool = False
) -> tuple[Claim, Request | None]:
    """Take a request. Of many who try at the same moment, one wins; the others hear who did.

    `by_booking`: the resident books a time with this member, and hears of that instead of a promised day.
    """
    found = lock(session, request_id)
    session.refresh(member, ["active", "person_id"])  # they may have left while this waited
    if found is None or not member.active or member.person_id is None or not routing.knows(session, member, found):
        return Claim.GONE, None
    if found.state not in WAITING:
        return Claim.TAKEN, found
    move(session, now, found, Change.CLAIMED, member)
    found.claimed_by_id, found.claimed_by, found.claimed_at = member.id, member, now
    found.unanswered_since = now if found.unanswered_since is not None else None
    clocks.begin_waiting(found, now)
    promised = promises.take_over(session, now, found)
    _tell_of_claim(session, now, found, member, waking_time(now) if by_booking else now)
    if not by_booking:
        values = {"name": member.name, "promised": promised.due_at.isoformat(), "reach": found.reach}
        tell(session, now, found.person, Message("utter_claimed", values), subject_of(found))
    clocks.wind(session, found)
    return Claim.WON, found


def decline(session: Session, now: datetime, member: Member, request_id: int, answer: OfferAnswer) -> bool:
    """Say no to a card, for now or because it is too heavy; False when there is nothing to say no to.

    What is too heavy for somebody goes to professionals too. When nobody is left who may take it, it goes on.
    """
    found = lock(session, request_id)
    mine = next((one for one in routing.offers(session, found) if one.member_id == member.id), None) if found else None
    if found is None or mine is None or found.state is not RequestState.OFFERED:
        return False
    mine.answer = answer
    heavy = answer is OfferAnswer.TOO_HEAVY
    note(session, now, found, Change.TOO_HEAVY if heavy else Change.DECLINED, member)
    cards.edit(session, now, found, mine, "card_too_heavy" if heavy else "card_declined")
    session.flush()
    if heavy and not found.practice:
        others = routing.professionals(session, now, found) or team.reachable(session, Role.COORDINATOR)
        cards.show(session, now, found, others)
    if not any(one.answer is OfferAnswer.SHOWN for one in routing.offers(session, found)):
        offer(session, now, found, found.rule)
    clocks.wind(session, found)
    return True


def release(session: Session, now: datetime, member: Member, request_id: int, *, too_heavy: bool = False) -> bool:
    """Give back what one has claimed, without blame; too heavy means that a professional is asked next."""
    found = lock(session, request_id)
    if found is None or found.claimed_by_id != member.id or found.state not in HELD or found.practice:
        return False
    if too_heavy:
        wellbeing.plan(session, now, member)
        found.by_whom = "professional"
        note(session, now, found, Change.TOO_HEAVY, member)
    _give_back(session, now, found, member, Change.RELEASED, OfferAnswer.TOO_HEAVY if too_heavy else None)
    asked = _offer_again(session, now, found)
    to_professional = too_heavy and any(one.role is Role.PROFESSIONAL for one in asked)
    key = "utter_to_professional" if to_professional else "utter_released"
    tell(session, now, found.person, Message(key, {"name": member.name}), subject_of(found))
    return True


def expire(session: Session, now: datetime, found: Request) -> None:
    """Take a request back from somebody who stayed silent; they are told so kindly, and others are asked."""
    member = found.claimed_by
    assert member is not None, "only what somebody has can be taken back"
    _take_from(session, now, found, member, Change.EXPIRED)
    _offer_again(session, now, found)


def _take_from(
    session: Session, now: datetime, found: Request, member: Member, change: Change = Change.RELEASED
) -> None:
    """Nobody has it now; who had it, and the resident, are told when they are awake."""
    _give_back(session, now, found, member, change, None)
    subject, awake = subject_of(found), waking_time(now)
    if member.person is not None:
        told = Message("team_taken_back", {"number": found.id})
        queue(session, now, chat(member), told, subject=subject, due_at=awake)
    released = Message("utter_released", {"name": member.name})
    tell(session, now, found.person, released, subject, awake)


def assign(session: Session, now: datetime, coordinator: Member, request_id: int, number: int) -> Member | None:
    """The coordinator shows a request to somebody; it stays the coordinator's until that person claims it."""
    found, member = lock(session, request_id), session.get(Member, number)
    if found is None or member is None or found.state is RequestState.CLOSED or found.practice:
        return None
    theirs = member.role in routing.HELPERS or member.role is Role.COORDINATOR
    if not theirs or not routing.can_read(member) or routing.goes_against(member, found):
        return None
    if found.claimed_by_id == member.id:
        return None
    if found.claimed_by is not None:
        _take_from(session, now, found, found.claimed_by)
    cards.show(session, now, found, [member])
    move(session, now, found, Change.OFFERED)
    note(session, now, found, Change.ASSIGNED, coordinator)
    clocks.wind(session, found)
    return member


def leave(session: Session, now: datetime, number: int) -> bool:
    """Take a member off the team; what they had open is offered to the others. False when there is no such member."""
    member = session.get(Member, number)
    if member is None or not member.active:
        return False
    member.active = False
    hand_over(session, now, member)
    appointments.drop_all(session, now, member)
    if member.person is not None:
        take_back_from(session, member.person)
    member.person_id, member.link_digest = None, None
    return True


def hand_over(session: Session, now: datetime, member: Member) -> int:
    """Give everything that somebody has to the others: they leave, or cannot be reached; gives how many."""
    theirs = lock_all(session, [one.id for one in (*claimed_by(session, member), *_shown_to(session, member))])
    mine, shown = claimed_by(session, member), _shown_to(session, member)
    held = [one for one in theirs if one in mine and not one.practice]
    for found in held:
        _give_back(session, now, found, member, Change.RELEASED, None)
        released = Message("utter_released", {"name": member.name})
        tell(session, now, found.person, released, subject_of(found), waking_time(now))
        _offer_again(session, now, found)
    for found in (one for one in theirs if one in shown):
        decline(session, now, member, found.id, OfferAnswer.DECLINED)
    return len(held)


def lose(session: Session, now: datetime, member: Member) -> None:
    """Somebody of the team blocked the bot or lost their account: the others take over, the coordinator hears."""
    hand_over(session, now, member)
    appointments.drop_all(session, now, member)
    coordinators.tell_of(session, now, "coordinator_member_lost", member.name)


def claimed_for(session: Session, person: Person, about: int | None = None) -> Request | None:
    """The request about which somebody talks with this resident now: number `about` if that is one, else the latest."""
    mine = (Request.person_id == person.id) & Request.state.in_(HELD)
    first = () if about is None else ((Request.id == about).desc(),)
    order = (*first, Request.claimed_at.desc(), Request.id.desc())
    return session.scalar(select(Request).where(mine).order_by(*order).limit(1).with_for_update(of=Request))


def claimed_by(session: Session, member: Member) -> list[Request]:
    """The requests that somebody has under way, the most pressing first."""
    mine = (Request.claimed_by_id == member.id) & Request.state.in_(HELD)
    return list(session.scalars(select(Request).where(mine).order_by(Request.on_top.desc(), Request.id)))


def held_by(session: Session, member: Member, request_id: int) -> Request | None:
    """A request that this member has under way, held fast until the end of the transaction."""
    found = lock(session, request_id)
    return found if found is not None and found.claimed_by_id == member.id and found.state in HELD else None


def lock(session: Session, request_id: int) -> Request | None:
    """The request as it is now; nobody else changes it in the meantime."""
    return session.get(Request, request_id, with_for_update={"of": Request}, populate_existing=True)


def lock_all(session: Session, numbers: Collection[int]) -> Sequence[Request]:
    """Hold several requests fast, always in the order of their numbers: two who do so never wait for each other."""
    found = select(Request).where(Request.id.in_(numbers)).order_by(Request.id).with_for_update(of=Request)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def subject_of(found: Request) -> str:
    """What messages in the talk about a request are filed under."""
    return f"request:{found.id}"


def request_of(subject: str | None) -> int | None:
    """The number of the request that a message was about."""
    kind, _, number = (subject or "").removeprefix(f"{BEGUN}:").partition(":")
    return int(number) if kind == "request" and number.isdecimal() else None


def last_talked_about(session: Session, now: datetime, chat_id: int) -> int | None:
    """The number of the request that the latest message to a chat belongs to, when it belongs to a talk."""
    return request_of(last_subject(session, now, chat_id))


def case_rows(found: Request) -> tuple[tuple[Button, ...], ...]:
    """The buttons of whoever has a request, with what is left to do about free measures."""
    if found.practice:
        return PRACTICE_ROWS
    if found.measures is None:
        return (*CASE_ROWS, (Button("button_measures", "want:{number}"),))
    picked_up = () if found.picked_up_at else (Button("button_picked_up", "picked:{number}"),)
    fitted = () if found.fitted_at else (Button("button_fitted", "fitted:{number}"),)
    return (*CASE_ROWS, *([(*picked_up, *fitted)] if picked_up or fitted else []))


def show_case(session: Session, now: datetime, found: Request, member: Member, due_at: datetime | None = None) -> None:
    """Send whoever has a request what the resident approved, what they sent along, and what was noted before.

    It comes at `due_at`, or now.
    """
    text = {
        **cards.facts(found),
        "summary": _as_list(found.summary.splitlines()),
        "contact": found.contact or "",
        "why": found.why.split(),
    }
    case = Message(
        "practice_case" if found.practice else "case_text", text, buttons=cards.buttons(found, *case_rows(found))
    )
    subject = subject_of(found)
    queue(session, now, chat(member), case, subject=subject, due_at=due_at)
    if found.person.discreet:
        queue(session, now, chat(member), warning(found), subject=subject, due_at=due_at)
    attachments.send_on(session, due_at or now, found.person, chat(member), found.id, subject)
    noted = notes.lines(session, found)
    if noted:
        history = Message("case_history", {"number": found.id, "notes": _as_list(noted)})
        queue(session, now, chat(member), history, subject=subject, due_at=due_at)
    note(session, now, found, Change.OPENED, member)


def warning(found: Request) -> Message:
    """What whoever helps a resident who wants silent messages must know; not why they want them."""
    return Message("team_discreet", {"number": found.id})


def _tell_of_claim(session: Session, now: datetime, found: Request, member: Member, due_at: datetime) -> None:
    """The other cards say who has it, the taker gets the text at `due_at`."""
    mine = next(one for one in routing.offers(session, found) if one.member_id == member.id)
    cards.edit_all(session, now, found, "card_claimed_by_other", but=[member.id], name=member.name)
    cards.edit(session, now, found, mine, "card_claimed_by_you", name=member.name)
    show_case(session, now, found, member, due_at)


def _give_back(
    session: Session, now: datetime, found: Request, member: Member, change: Change, answer: OfferAnswer | None
) -> None:
    """Nobody has the request now; who had it is not shown it again by itself. Appointments with them are called off."""
    appointments.drop(session, now, found, member)
    move(session, now, found, change, None if change is Change.EXPIRED else member)
    found.claimed_by_id, found.claimed_by, found.claimed_at = None, None, None
    found.unanswered_reminded = 0  # a message without an answer stays one, for whoever comes next
    promises.give_back(session, found)
    take_back(session, f"{promises.ASKS}:{found.id}")
    for one in routing.offers(session, found):
        if one.member_id == member.id:
            one.answer = answer or OfferAnswer.DECLINED
    session.flush()


def _offer_again(session: Session, now: datetime, found: Request) -> tuple[Member, ...]:
    """Ask others anew; whoever had a card before and is not asked now does not answer for it any more."""
    before = [one for one in routing.offers(session, found) if one.answer is OfferAnswer.SHOWN]
    asked = offer(session, now, found)
    for one in before:
        if one.member not in asked:
            cards.edit(session, now, found, one, "card_with_others")
            session.delete(one)
    session.flush()
    if asked and clocks.open_promise(session, found) is None:
        promises.make(session, now, found)
    clocks.wind(session, found)
    return asked


def _shown_to(session: Session, member: Member) -> Sequence[Request]:
    """What somebody was shown and nobody has taken."""
    return [found for found in routing.shown_to(session, member) if found.state is RequestState.OFFERED]


def _as_list(lines: Iterable[str]) -> str:
    """A dash before each line, so that the lines read apart on a small screen."""
    return "\n".join(f"- {line}" for line in lines)
