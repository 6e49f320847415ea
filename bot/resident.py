"""The resident's side of a message: play the talk, or pass it on to the person who helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from actions import handoffs, people, relay, team
from actions.outbox import Button, Message, queue
from actions.team import JoinRefused
from bot.dialogue import player
from bot.dialogue.conversation import Conversation, Event, Happened, Heard, Said
from bot.dialogue.player import Turn
from bot.incoming import FILES, Incoming, Kind
from bot.steps import STEPS, Asked
from bot.words import Words
from store.tables import Event as EventRow
from store.tables import Person, Talk

START = "/start"
NAV_BUTTONS = {"back": "button_back", "skip": "button_skip", "human": "button_human"}
COUNTED = frozenset({"talk_started", "asked", "answered", "danger", "not_understood", "flow_started", "flow_ended"})


@dataclass(frozen=True)
class Resident:
    """What happens with an update of somebody who is not of the team."""

    words: Words

    def handle(
        self,
        session: Session,
        now: datetime,
        person: Person,
        talk: Talk | None,
        conversation: Conversation,
        incoming: Incoming,
        heard: Heard,
    ) -> None:
        """Answer one update within its transaction."""
        match incoming.kind:
            case Kind.GROUP:
                return self._leave(session, now, incoming)
            case Kind.BLOCKED:
                people.lose(session, person.chat_id)
                return relay.tell_lost(session, now, person.chat_id)
            case Kind.UNBLOCKED:
                return None
        if incoming.text.startswith(f"{START} {team.LINK_PREFIX}"):
            return self._join(session, now, person, incoming)
        if not heard.danger and self._passes_on(incoming, conversation):
            claimed = handoffs.claimed_for(session, person)
            if claimed is not None:
                return relay.to_member(session, now, claimed, incoming.message_id, incoming.text, _is_file(incoming))
        return self._play(session, now, person, talk, conversation, incoming, heard)

    def _passes_on(self, incoming: Incoming, conversation: Conversation) -> bool:
        """Plain messages go to the person who helps; buttons and commands stay with the bot."""
        return incoming.kind is not Kind.PRESS and not incoming.text.startswith("/")

    # --- the talk -------------------------------------------------------------------------------------------

    def _play(
        self,
        session: Session,
        now: datetime,
        person: Person,
        talk: Talk | None,
        conversation: Conversation,
        incoming: Incoming,
        heard: Heard,
    ) -> None:
        turn = player.play(self.words.content, conversation, heard)
        events = list(turn.events)
        while acting := turn.acting:
            asked = Asked(session, now, person, turn.conversation, acting.slots, self.words)
            done = STEPS[acting.name](asked)
            if done.forgets:
                return
            turn = player.resume(self.words.content, turn.conversation, acting, done)
            events += turn.events
        self._store(session, now, person, talk, turn)
        self._say(session, now, person, turn.conversation, events, masked=incoming.masked)
        _count(session, now, turn.conversation, events)

    def _store(self, session: Session, now: datetime, person: Person, talk: Talk | None, turn: Turn) -> None:
        if talk is None:
            talk = Talk(person_id=person.id, version=0)
            session.add(talk)
        talk.state, talk.updated_at, talk.version = turn.conversation.as_json(), now, talk.version + 1

    def _say(
        self,
        session: Session,
        now: datetime,
        person: Person,
        conversation: Conversation,
        events: list[Event],
        *,
        masked: bool,
    ) -> None:
        said = [event for event in events if isinstance(event, Said)]
        if masked:
            said.insert(0, Said("utter_masked", {}))
        if not said:
            said.append(Said("utter_nothing_open", {}))
        if all(one.question is None for one in said) and not conversation.slots.get("handoff_result"):
            said[-1] = replace(said[-1], nav=("human",))
        for one in said:
            queue(session, now, person.chat_id, _message(self.words, one, person.language))

    # --- the rest -------------------------------------------------------------------------------------------

    def _leave(self, session: Session, now: datetime, incoming: Incoming) -> None:
        queue(session, now, incoming.chat_id, Message("utter_group", leave=True), repeatable=False)

    def _join(self, session: Session, now: datetime, person: Person, incoming: Incoming) -> None:
        """Somebody opened the start link of a member of the team."""
        joined = team.join(session, now, person, incoming.text.removeprefix(START).strip())
        if isinstance(joined, JoinRefused):
            key = "team_link_expired" if joined is JoinRefused.EXPIRED else "team_link_used"
            queue(session, now, person.chat_id, Message(key))
            return
        queue(session, now, person.chat_id, Message("team_welcome", {"name": joined.name, "wijk": joined.wijk}))
        handoffs.offer_waiting(session, now, joined)


def _is_file(incoming: Incoming) -> bool:
    return incoming.kind in FILES


def _message(words: Words, said: Said, language: str) -> Message:
    """A message with the buttons below the options: per line of a summary, then back, skip and a human."""
    return Message(
        key=said.key,
        values={**said.values, "line_keys": list(said.lines)} if said.lines else dict(said.values),
        language=language,
        question=said.question,
        buttons=tuple(_rows(words, said)),
    )


def _rows(words: Words, said: Said) -> Iterator[tuple[Button, ...]]:
    if said.lines:
        each = words.content.response(said.key).variants[0].each_line
        label = "button_leave_out" if each == "leave_out" else "button_change"
        lines = [Button(label, f"q{said.question}:~{n}", {"number": n}) for n in range(1, len(said.lines) + 1)]
        yield from (tuple(lines[at : at + 3]) for at in range(0, len(lines), 3))
    nav = [Button(NAV_BUTTONS[wish], f"q{said.question or 0}:!{wish}") for wish in said.nav]
    if nav:
        yield tuple(nav)


def _count(session: Session, now: datetime, conversation: Conversation, events: list[Event]) -> None:
    """Keep what is worth counting, without the person."""
    wijk = conversation.slots.get("wijk")
    happened = [event for event in events if isinstance(event, Happened) and event.name in COUNTED]
    session.add_all(EventRow(at=now, name=event.name, detail=event.detail, wijk=wijk) for event in happened)
