"""Residents: they ask, write while they wait, answer the questions of the bot or not, and some of them go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session

from actions import closing, handoffs, people, privacy, promises, quiet_hours, relay, sources, waiting_time
from actions.handoffs import Wish
from actions.outbox import Message, queue
from actions.request_states import Change, note
from store.states import RequestState
from store.tables import Person, Request
from tests.simulation.players import DAY, HOUR, Player, number_in
from tests.simulation.world import Letter


@dataclass
class Resident(Player):
    """Somebody of the wijk; `poster` is the code by which they came."""

    name: str = ""
    poster: str = ""
    numbers: list[int] = field(default_factory=list)
    reads: ClassVar[Mapping[str, Callable[..., None]]] = {}

    def asks(self, wish: Wish) -> Callable[[Session, datetime], None]:
        """Ask for a person, as at the end of a talk with the bot."""

        def ask(session: Session, now: datetime) -> None:
            person = people.find_or_create(session, now, self.chat_id, self.name)
            poster = sources.find(session, self.poster) if self.poster else None
            if poster is not None:
                sources.note_arrival(session, now, person, poster)
            waiting_time.expected(session, now, wish.urgency)
            self.numbers.append(handoffs.request(session, now, person, wish).request.id)
            if self.chance(0.25):
                self.plan(now + self.about(8 * HOUR), self.write)

        return ask

    def write(self, session: Session, now: datetime) -> None:
        """Write something: to whoever helps, or after closing, or to nobody."""
        person = self._person(session)
        claimed = handoffs.claimed_for(session, person) if person else None
        if person is None:
            return
        if claimed is not None:
            letter = relay.Letter(self.chat_id, self.world.random.randrange(10**9), "Een bericht.")
            relay.to_member(session, now, claimed, letter)
        elif (number := self._closed_talk(session, now)) is not None and self.chance(0.7):
            self._again(session, now, person, number)

    def lose(self, session: Session, now: datetime) -> None:
        """Block the bot, and Telegram says so."""
        self.gone = self.blocked = True
        people.lose(session, self.chat_id)
        relay.tell_lost(session, now, self.chat_id)

    def erase(self, session: Session, now: datetime) -> None:
        """Have everything erased; the receipt is the last that they hear."""
        person = self._person(session)
        if person is None:
            return
        privacy.forget(session, now, person)
        queue(session, now, self.chat_id, Message("utter_forgotten", last=True))
        self.gone = True
        self.world.invariants.gone.add(self.chat_id)

    def stop_messages(self, session: Session, now: datetime) -> None:
        """They want no messages that the bot begins by itself; they go on talking."""
        person = self._person(session)
        if person is not None:
            quiet_hours.stop(session, person)

    def _claimed(self, letter: Letter) -> None:
        if self.chance(0.3):
            self.plan(self.world.now + self.about(2 * HOUR), self.write)

    def _answered(self, letter: Letter) -> None:
        if self.chance(0.4):
            self.plan(self.world.now + self.about(5 * HOUR), self.write)

    def _closed(self, letter: Letter) -> None:
        if self.chance(0.08):
            self.plan(self.world.now + self.about(2 * DAY), self.write)

    def _asked_promise(self, letter: Letter) -> None:
        number = number_in(letter)
        if self.chance(0.25):
            return
        self.plan(self.world.now + self.about(3 * HOUR), lambda session, now: self._say(session, now, number))

    def _say(self, session: Session, now: datetime, number: int) -> None:
        """Whether somebody called, as it was."""
        person = self._person(session)
        found = closing.of_resident(session, person, number) if person else None
        if found is None:
            return
        if number in self.world.spoken:
            promises.say_kept(session, now, found)
        elif number in self.world.missed:
            promises.say_missed(session, now, found)
        else:
            promises.say_broken(session, now, found)

    def _asked_solved(self, letter: Letter) -> None:
        number = number_in(letter)
        if self.chance(0.6):
            self.plan(self.world.now + self.about(6 * HOUR), lambda session, now: self._judge(session, now, number))

    def _judge(self, session: Session, now: datetime, number: int) -> None:
        person = self._person(session)
        found = closing.of_resident(session, person, number) if person else None
        if person is None or found is None:
            return
        if self.chance(0.75):
            note(session, now, found, Change.SOLVED)
        else:
            self._again(session, now, person, number)

    def _again(self, session: Session, now: datetime, person: Person, number: int) -> None:
        self.world.spoken.discard(number)
        closing.reopen_of(session, now, person, number)

    def _closed_talk(self, session: Session, now: datetime) -> int | None:
        """The number of the closed request to which what they write belongs, as `bot.aftercare` decides."""
        number = handoffs.last_talked_about(session, now, self.chat_id)
        found = session.get(Request, number) if number is not None else None
        if found is None or found.state is not RequestState.CLOSED or found.closed_at is None:
            return None
        return number if now - found.closed_at <= timedelta(days=closing.TALK_AGAIN_DAYS) else None

    def _person(self, session: Session) -> Person | None:
        return people.find(session, self.chat_id)


Resident.reads = {
    "utter_claimed": Resident._claimed,
    "utter_relay_from_member": Resident._answered,
    "utter_case_closed_resident": Resident._closed,
    "utter_ask_promise_kept": Resident._asked_promise,
    "utter_ask_solved": Resident._asked_solved,
    "utter_ask_warmer": Resident._asked_solved,
}
