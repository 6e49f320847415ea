"""Talks with the pure player: answers in, text keys out. Stored and read back after every turn."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.content import Content
from bot.dialogue.conversation import Acting, Answer, Conversation, Danger, Done, Event, Happened, Heard, Run, Said
from bot.dialogue.player import play, resume
from bot.dialogue.playing import Turn
from tests.talks import START

GIVES: dict[str, Done] = {
    "action_request_handoff": Done({"handoff_result": "offered", "readers": 2, "professionals": 0}, ends_talk=True),
    "action_forget_me": Done(forgets=True),
    "action_ask_about_tips": Done(),
    "action_ask_about_landlord": Done(),
    "action_find_where_to_count": Done({"count_place": "nowhere"}),
    "action_count_along": Done(),
    "action_answer_together": Done(),
    "action_note_promise": Done(),
    "action_note_solved": Done(),
    "action_reopen": Done({"reopened": "same"}),
    "action_leave_closed": Done(),
    "action_stop_messages": Done(),
    "action_resume_messages": Done(),
    "action_find_discreet": Done({"discreet": "no"}),
    "action_write_discreetly": Done(),
    "action_write_openly": Done(),
}


def stored(conversation: Conversation) -> Conversation:
    return Conversation.from_json(json.loads(json.dumps(conversation.as_json())))


@dataclass
class Talking:
    """One talk; each call gives the text keys of that turn."""

    content: Content
    conversation: Conversation = field(default_factory=lambda: Conversation(started=True, slots={"consent": "yes"}))
    now: datetime = START
    events: tuple[Event, ...] = ()
    gives: dict[str, Done] = field(default_factory=lambda: dict(GIVES))

    def hears(self, **heard: Any) -> list[str]:
        turn = play(self.content, self.conversation, Heard(at=self.now, **heard))
        self._take(turn)
        while acting := turn.acting:
            done = self.gives[acting.name]
            if done.forgets:
                break
            turn = resume(self.content, turn.conversation, acting, done)
            self._take(turn, add=True)
        return [event.key for event in self.events if isinstance(event, Said)]

    def _take(self, turn: Turn, *, add: bool = False) -> None:
        self.conversation = stored(turn.conversation)
        self.events = (*self.events, *turn.events) if add else turn.events

    def runs(self, flow: str, **slots: Any) -> list[str]:
        """Put a flow on top, whether an intent starts it or not."""
        runs = (*self.conversation.runs, Run(flow))
        self.conversation = replace(self.conversation, runs=runs, slots={**self.conversation.slots, **slots})
        return self.hears(wish="repeat")

    def means(self, *intents: str) -> list[str]:
        return self.hears(intents=intents)

    def answers(self, *values: str) -> list[str]:
        said: list[str] = []
        for value in values:
            assert self.conversation.open is not None
            said = self.hears(answer=Answer(self.conversation.open.slot, value))
        return said

    def wishes(self, wish: str) -> list[str]:
        return self.hears(wish=wish)

    def danger(self, intent: str, *, certain: bool = True) -> list[str]:
        return self.hears(danger=Danger(intent, certain))

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def asks(self) -> str:
        return self.conversation.open.slot if self.conversation.open else ""

    def happened(self) -> list[tuple[str, str]]:
        return [(event.name, event.detail) for event in self.events if isinstance(event, Happened)]

    def acted(self) -> list[str]:
        return [event.name for event in self.events if isinstance(event, Acting)]


def to_approval(talking: Talking) -> None:
    """At the text that would be sent on: the house, the draught, and paying the bill."""
    talking.means("draught")
    talking.answers("portaal", "window", "16_19", "yes", "no", "no", "smitsveen")
    assert talking.asks == "send_ok"
