"""The team: they read cards, take requests, speak with residents, close, forget, go on holiday and leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session

from actions import closing, handoffs, measures, notes, people, relay, routing, team, team_settings, wellbeing
from actions.handoffs import Claim
from actions.opening_hours import local_day
from actions.working_time import hours_of, later
from store.states import Measures, OfferAnswer, Outcome, Role, Urgency
from store.tables import Member, Request
from tests.simulation.players import HOUR, Player, number_in
from tests.simulation.world import Letter, World

WORKING_DAY = 8 * HOUR
OUTCOMES = {
    Outcome.SOLVED: 45,
    Outcome.REFERRED: 20,
    Outcome.COACH_BOOKED: 10,
    Outcome.MEASURES_PLACED: 10,
    Outcome.NOT_REACHED: 8,
    Outcome.OTHER: 7,
}


@dataclass(frozen=True)
class Nature:
    """Who somebody of the team is. `takes`, `declines` and `too_heavy` are shares of the cards that they look at.

    `reacts` is the working time in which they mostly look at their telephone.
    """

    name: str
    wijk: str | None
    role: Role = Role.WIJKVERBINDER
    hours: str = "ma-vr 9:00-17:00"
    languages: tuple[str, ...] = ()
    capacity: int = 10
    takes: float = 0.7
    declines: float = 0.15
    too_heavy: float = 0.03
    reacts: timedelta = HOUR
    away: tuple[date, date] | None = None


@dataclass
class Helper(Player):
    """Somebody of the team."""

    nature: Nature = field(default_factory=lambda: Nature("", None))
    member_id: int = 0
    cases: set[int] = field(default_factory=set)
    """What they have, as far as they know."""
    reads: ClassVar[Mapping[str, Callable[..., None]]] = {}

    @classmethod
    def joins(cls, session: Session, world: World, chat_id: int, nature: Nature) -> Helper:
        """Invite somebody, who opens the link and sets their own work."""
        person = people.find_or_create(session, world.now, chat_id, nature.name)
        payload = team.invite(session, world.now, nature.name, nature.role, nature.wijk).payload
        member = team.join(session, world.now, person, payload)
        assert isinstance(member, Member), "a new link is accepted"
        team_settings.set_hours(member, nature.hours)
        team_settings.set_languages(member, nature.languages)
        team_settings.set_capacity(member, nature.capacity)
        return cls(world, chat_id, nature=nature, member_id=member.id)

    def me(self, session: Session) -> Member:
        """Their own row."""
        return session.get_one(Member, self.member_id)

    def soon(self, typical: timedelta | None = None) -> datetime:
        """A moment in their own working hours, after their holiday."""
        day, away = local_day(self.world.now), self.nature.away
        start = self.world.now
        if away is not None and away[0] <= day < away[1]:
            start += away[1] - day
        rules = hours_of(Member(hours=team_settings.read_hours(self.nature.hours)))
        return later(rules, start, self.about(typical or self.nature.reacts))

    def goes_away(self, session: Session, now: datetime) -> None:
        """The holiday begins."""
        assert self.nature.away is not None, "who goes away has a holiday"
        team_settings.go_away(self.me(session), self.nature.away[1])

    def leaves(self, session: Session, now: datetime) -> None:
        """They leave the team, with what they have open."""
        self.gone = True
        handoffs.leave(session, now, self.member_id)
        self.world.invariants.gone.add(self.chat_id)

    def blocks(self, session: Session, now: datetime) -> None:
        """They block the bot, and Telegram says so."""
        self.gone = self.blocked = True
        people.lose(session, self.chat_id)
        handoffs.lose(session, now, self.me(session))

    # --- what they read -----------------------------------------------------------------------------------------

    def _card(self, letter: Letter) -> None:
        typical = HOUR / 4 if is_urgent(letter) else self.nature.reacts
        self.plan(self.soon(typical), lambda session, now: self._look(session, now, letter))

    def _case(self, letter: Letter) -> None:
        number = number_in(letter)
        self.cases.add(number)
        if self.chance(0.85):
            typical = HOUR / 2 if is_urgent(letter) else 4 * self.nature.reacts
            self.plan(self.soon(typical), lambda session, now: self.contact(session, now, number))

    def _relayed(self, letter: Letter) -> None:
        if self.chance(0.85):
            self._soon(letter, self._reply)

    def _reminded_of_contact(self, letter: Letter) -> None:
        if self.chance(0.8):
            self._soon(letter, self.contact)

    def _reminded_of_message(self, letter: Letter) -> None:
        if self.chance(0.8):
            self._soon(letter, self._reply)

    def _asked_progress(self, letter: Letter) -> None:
        if self.chance(0.7):
            self._soon(letter, self._finish)

    def _resident_gone(self, letter: Letter) -> None:
        self._soon(letter, lambda session, now, number: self._close(session, now, number, Outcome.NOT_REACHED))

    def _case_over(self, letter: Letter) -> None:
        self.cases.discard(number_in(letter))

    def _asked_how_they_are(self, letter: Letter) -> None:
        said = self.world.random.choice(("good", "good", "so_so", "talk"))
        self.plan(self.soon(), lambda session, now: _discard(wellbeing.answer(session, now, self.me(session), said)))

    def _soon(self, letter: Letter, act: Callable[[Session, datetime, int], None]) -> None:
        number = number_in(letter)
        self.plan(self.soon(), lambda session, now: act(session, now, number))

    # --- what they do -------------------------------------------------------------------------------------------

    def _look(self, session: Session, now: datetime, letter: Letter) -> None:
        """Press a button of a card, if it still has them."""
        if not self.messages[letter.number].buttons:
            return
        number = number_in(letter)
        full = 0.1 if len(self.cases) >= self.nature.capacity else 1.0
        dice, nature = self.world.random.random(), self.nature
        if dice < nature.takes * full:
            self._claim(session, now, number)
        elif dice > 1 - nature.declines:
            handoffs.decline(session, now, self.me(session), number, OfferAnswer.DECLINED)
        elif dice > 1 - nature.declines - nature.too_heavy:
            handoffs.decline(session, now, self.me(session), number, OfferAnswer.TOO_HEAVY)

    def _claim(self, session: Session, now: datetime, number: int) -> None:
        for _ in range(2 if self.chance(0.05) else 1):  # some press twice
            won, _found = handoffs.claim(session, now, self.me(session), number)
        if won is Claim.WON and self.chance(0.3):
            self.plan(self.soon(), lambda session, now: self._note(session, now, number))

    def contact(self, session: Session, now: datetime, number: int) -> None:
        """Write, or call; some do not pick up, and some helpers forget to say that they called."""
        found = handoffs.held_by(session, self.me(session), number)
        if found is None:
            return
        if found.reach != "here" and self.chance(0.12):
            self.world.missed.add(number)
            return self.plan(self.soon(WORKING_DAY), lambda session, now: self.contact(session, now, number))
        self.world.spoken.add(number)
        if found.reach == "here":
            self._write(session, now, found)
        elif self.chance(0.9):
            relay.spoke(session, now, self.me(session), number)
        return self.plan(self.soon(4 * WORKING_DAY), lambda session, now: self._finish(session, now, number))

    def _reply(self, session: Session, now: datetime, number: int) -> None:
        found = handoffs.held_by(session, self.me(session), number)
        if found is not None:
            self.world.spoken.add(number)
            self._write(session, now, found)

    def _write(self, session: Session, now: datetime, found: Request) -> None:
        letter = relay.Letter(self.chat_id, self.world.random.randrange(10**9), "Een antwoord.")
        relay.to_resident(session, now, found, self.me(session), letter)

    def _note(self, session: Session, now: datetime, number: int) -> None:
        found = handoffs.held_by(session, self.me(session), number)
        if found is not None:
            notes.write(session, now, found, self.me(session), "Een notitie.")

    def _finish(self, session: Session, now: datetime, number: int) -> None:
        """Close, or give it back, or not yet."""
        dice = self.world.random.random()
        if dice < 0.04:
            self._give_back(session, now, number, too_heavy=False)
        elif dice < 0.08:
            self._give_back(session, now, number, too_heavy=self.nature.role is Role.WIJKVERBINDER)
        elif dice < 0.2:
            self.plan(self.soon(2 * WORKING_DAY), lambda session, now: self._finish(session, now, number))
        else:
            self._close(session, now, number, *self.world.random.choices(list(OUTCOMES), list(OUTCOMES.values())))

    def _give_back(self, session: Session, now: datetime, number: int, *, too_heavy: bool) -> None:
        self.cases.discard(number)
        handoffs.release(session, now, self.me(session), number, too_heavy=too_heavy)

    def _close(self, session: Session, now: datetime, number: int, outcome: Outcome) -> None:
        if outcome is Outcome.MEASURES_PLACED:
            measures.want(session, now, self.me(session), number, Measures.FITTING)
            measures.pick_up(session, now, self.me(session), number)
            measures.fit(session, now, self.me(session), number)
        closed = closing.close(session, now, self.me(session), number, outcome)
        if closed is not None and self.chance(0.03):
            self.plan(self.soon(WORKING_DAY), lambda session, now: self._again(session, now, number))

    def _again(self, session: Session, now: datetime, number: int) -> None:
        """*Heropen*, of somebody who closed too early."""
        found = handoffs.lock(session, number)
        if found is not None and found.closed_at is not None and found.claimed_by_id == self.member_id:
            closing.reopen(session, now, found, self.me(session))


@dataclass
class Coordinator(Helper):
    """Takes some requests, gives others to somebody, and calls whoever stays silent."""

    reads: ClassVar[Mapping[str, Callable[..., None]]] = {}

    def _look(self, session: Session, now: datetime, letter: Letter) -> None:
        """Take it, which they mostly do when it is a crisis, give it to somebody, or leave it for now."""
        if not self.messages[letter.number].buttons:
            return
        dice = self.world.random.random()
        if dice < (0.8 if is_urgent(letter) else 0.35):
            self._claim(session, now, number_in(letter))
        elif dice < 0.85:
            self._pass_on(session, now, number_in(letter))

    def _pass_on(self, session: Session, now: datetime, number: int) -> None:
        """To whoever has the least to do, of the wijk if there is one, as the list of the bot shows it."""
        found, load = session.get(Request, number), team_settings.loads(session)
        helpers = [one for role in routing.HELPERS for one in team.reachable(session, role)]
        there = [one for one in helpers if not team_settings.is_away(one, local_day(now))]
        there.sort(key=lambda one: (found is None or one.wijk != found.wijk, load.get(one.id, 0)))
        if there:
            handoffs.assign(session, now, self.me(session), number, there[0].id)

    def _told(self, letter: Letter) -> None:
        """Call whoever has it; that helps more often than not."""
        number = number_in(letter)
        if self.chance(0.7):
            self.plan(self.soon(), lambda session, now: self._nudge(session, now, number))

    def _nudge(self, session: Session, now: datetime, number: int) -> None:
        found = session.get(Request, number)
        others = [one for one in self.world.phones.values() if isinstance(one, Helper) and not one.gone]
        for one in others:
            if found is not None and one.member_id == found.claimed_by_id:
                one.plan(one.soon(), lambda session, now, one=one: one.contact(session, now, number))  # type: ignore[misc]


def is_urgent(letter: Letter) -> bool:
    """Whether a card or a case says that somebody must look at it today."""
    return Urgency(letter.message.values["urgency"]) is Urgency.CRISIS


def _discard(_: object) -> None:
    """What is said back in the chat does not matter here."""


Helper.reads = {
    "card_request": Helper._card,
    "card_reminder": Helper._card,
    "case_text": Helper._case,
    "utter_relay_from_resident": Helper._relayed,
    "team_remind_contact": Helper._reminded_of_contact,
    "team_promise_broken": Helper._reminded_of_contact,
    "team_promise_missed": Helper._reminded_of_contact,
    "team_remind_reply": Helper._reminded_of_message,
    "team_ask_progress": Helper._asked_progress,
    "utter_resident_gone": Helper._resident_gone,
    "team_taken_back": Helper._case_over,
    "utter_case_erased": Helper._case_over,
    "utter_case_closed_member": Helper._case_over,
    "team_how_are_you": Helper._asked_how_they_are,
}
Coordinator.reads = {
    **Helper.reads,
    "coordinator_promise_broken": Coordinator._told,
    "coordinator_promise_unknown": Coordinator._told,
    "coordinator_unanswered": Coordinator._told,
    "coordinator_idle": Coordinator._told,
}
