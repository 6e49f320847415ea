"""A resident, a wijkverbinder and a coordinator press at random what is on their screens, and what is not any more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from tests.fuzz.cases import TIMES, how_many, part
from tests.fuzz.town import COBY, FATMA, JOOP, MARKS, MAY_SEE, RESIDENTS, Town
from tests.simulation.invariants import Invariants

RUNS, STEPS = 8, 20
PRESSED = part(
    "presses in a row by a resident, wijkverbinders and a coordinator, with time between",
    RUNS * STEPS * 3 // 4,
    "the invariants of the simulation: each request has one who answers for it, and a clock",
)
WHO = (FATMA, JOOP, COBY, *RESIDENTS[:3])
WORDS = (
    "hallo",
    "ik wil een mens spreken",
    "ja",
    "nee",
    "/vandaag",
    "/stop",
    "/afspraak",
    "het is koud",
    "bsn",
    "/oefenen",
)


class Screens(RuleBasedStateMachine):
    """Everybody at once, on the town as it begins."""

    town: Town

    def __init__(self) -> None:
        super().__init__()
        self.town.begin_anew()
        self.seen = Invariants()
        self.old = list(self.town.data)

    @rule(chat_id=st.sampled_from(WHO), at=st.integers(0, 10_000), new=st.booleans())
    def press(self, chat_id: int, at: int, new: bool) -> None:
        known = self.old[-40:] if new else self.old
        query: dict[str, Any] = {"id": "1", "from": self._user(chat_id), "chat_instance": "1"}
        query["message"] = {"message_id": 1 + at % 300, "date": 1, "chat": {"id": chat_id, "type": "private"}}
        self._takes({"callback_query": {**query, "data": known[at % len(known)]}})

    @rule(chat_id=st.sampled_from(WHO), words=st.sampled_from(WORDS))
    def say(self, chat_id: int, words: str) -> None:
        chat = {"id": chat_id, "type": "private"}
        said = {"message_id": 9, "date": 1, "chat": chat, "from": self._user(chat_id), "text": words}
        self._takes({"message": said})

    @rule(hours=st.sampled_from([1, 5, 30]))
    def wait(self, hours: int) -> None:
        PRESSED.tried += 1
        self.town.stage.wait(hours=hours)
        self._hold()

    def _user(self, chat_id: int) -> dict[str, Any]:
        return {"id": chat_id, "is_bot": False, "first_name": "Voorbeeld"}

    def _takes(self, found: dict[str, Any]) -> None:
        PRESSED.tried += 1
        self.town.stage.clock.move(seconds=20)
        sent = self.town.takes(found) or []
        others = [one for one in sent if one.chat_id in RESIDENTS]
        assert not [(one, mark) for one in others for mark in MARKS if mark in one.words and one.chat_id not in MAY_SEE]
        self.old += [button.data for one in sent for row in one.message.buttons for button in row]
        self.town.stage.deliver()
        self._hold()

    def _hold(self) -> None:
        with self.town.database.reading() as session:
            self.seen.after_step(session.connection(), self.town.stage.clock.now())


@pytest.mark.usefixtures("logged")
def test_whatever_is_pressed_each_request_has_somebody_and_a_clock(
    shared_sqlite: Database, words: Words, phrases: SafetyPhrases
) -> None:
    town = Town(shared_sqlite, words, phrases)
    machine = type("Screens", (Screens,), {"town": town})
    PRESSED.begin()
    run_state_machine_as_test(machine, settings=settings(how_many(RUNS), stateful_step_count=STEPS))
    PRESSED.end()
    town.close()
    assert PRESSED.tried <= RUNS * TIMES * STEPS * 2
