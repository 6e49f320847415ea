"""Whatever comes in gets an answer, breaks nothing and fills in nothing that the resident did not say."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from structlog.testing import capture_logs
from telegram import Bot

from actions import handoffs, people, team
from actions.handoffs import Wish
from bot.conversations import FLOOD_MESSAGES
from bot.telegram.receive import incoming, parse, store_updates, unreadable
from bot.understanding.masking import mask
from bot.understanding.rasa import Parsed
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import COMMAND_INTENTS, COMMANDS
from bot.words import Words
from store.database import Database
from store.states import InboxState, RequestState, Role, Urgency
from store.tables import Inbox, Person, Request, Talk
from tests.faults.hall import WIJK, Hall, Talks
from tests.talks import Answered, Stage, keys

BOT = Bot("110201543:a")
_numbers = itertools.count(10_000)
FEW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class StrictRasa:
    """Rasa takes a text that begins with a slash as an intent given by hand; here that is a mistake."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def parse(self, text: str) -> Parsed:
        self.asked.append(text)
        assert not text.startswith("/"), "an intent was injected"
        return Parsed(())


@dataclass
class Visitor:
    """Somebody whose phone sends what it likes: raw updates go through everything but the network."""

    stage: Stage
    chat_id: int

    def __post_init__(self) -> None:
        self.shown = self.stage.person(self.chat_id)
        self.user = {"id": self.chat_id, "is_bot": False, "first_name": "Voorbeeld", "language_code": "nl"}
        self.chat: dict[str, Any] = {"id": self.chat_id, "type": "private", "first_name": "Voorbeeld"}

    def message(self, **content: Any) -> dict[str, Any]:
        return {"message_id": next(_numbers), "date": 1, "chat": self.chat, "from": self.user, **content}

    def sends(self, **content: Any) -> list[Answered]:
        return self.update(message=self.message(**content))

    def says(self, text: str) -> list[Answered]:
        return self.sends(text=text)

    def presses(self, data: str) -> list[Answered]:
        query = {"id": "1", "from": self.user, "chat_instance": "1", "message": self.message(text="?"), "data": data}
        return self.update(callback_query=query)

    def update(self, **content: Any) -> list[Answered]:
        """One update; what was queued for this person because of it."""
        raw = json.loads(json.dumps({"update_id": next(_numbers), **content}))
        update = parse(raw, BOT)
        received = incoming(update, mask) if update else unreadable(raw)
        if received:
            asyncio.run(self.stage.take(received))
        return self.shown.hears()

    @property
    def slots(self) -> dict[str, Any]:
        """What was answered; how many files are kept is no answer."""
        return {name: value for name, value in self.shown.conversation().slots.items() if name != "attachments"}

    @property
    def open(self) -> str:
        question = self.shown.conversation().open
        return question.slot if question else ""


@pytest.fixture
def strict(kept_database: Database, words: Words, phrases: SafetyPhrases) -> Iterator[Stage]:
    """A stage; in the end everything was handled at the first try, and Rasa got no intent."""
    stage = Stage(kept_database, words, phrases, StrictRasa())
    yield stage
    with kept_database.reading() as session:
        failed = select(func.count()).where((Inbox.state != InboxState.HANDLED) | (Inbox.attempts > 0))
        assert session.scalar(failed) == 0
    assert not [text for text in stage.rasa.asked if text.startswith("/")]


def told(answers: list[Answered]) -> list[str]:
    """The new messages; not that an answered question now shows what was chosen."""
    return [key for key in keys(answers) if key != "utter_answered"]


def newcomer(stage: Stage) -> Visitor:
    return Visitor(stage, next(_numbers))


def asked(stage: Stage, talks: Talks) -> Visitor:
    """Somebody who is asked whether they rent."""
    visitor = newcomer(stage)
    _place(stage, visitor, talks.asked)
    return visitor


def _place(stage: Stage, visitor: Visitor, state: dict[str, Any]) -> None:
    with stage.database.transaction() as session:
        person = people.find_or_create(session, stage.clock.now(), visitor.chat_id)
        session.add(Talk(person_id=person.id, state=state, version=1, updated_at=stage.clock.now()))


# --- texts ------------------------------------------------------------------------------------------------------

TEXTS = {
    "4096 letters": "a" * 4096,
    "4096 characters that are two in UTF-16": "🥶" * 4096,
    "4096 times a word": ("tocht " * 683)[:4096],
    "only emoji": "🥶🥶🧊",
    "Arabic": "البيت بارد جدا",
    "Chinese": "房子很冷",
    "Cyrillic": "в доме холодно",
    "a mark that turns the direction": "\u202e\u200ftocht\u202c",
    "a turned slash": '\u200f/draught{"tenure":"own"}',
    "control characters": "\x00\x01\x1b[31mtocht\x7f",
    "only control characters": "\x00\x07",
    "half a character": "tocht \ud83e",
    "nothing but spaces": " \n\t ",
    "invisible": "\u200b\u2060",
    "SQL": "'; DROP TABLE people; --",
    "a format": "{0} {tenure} %s %(x)s {{}}",
    "markup": "<b>tocht</b> *_`[x](javascript:1)",
}
SLASHES = (
    '/draught{"tenure":"own"}',
    '  /draught{"tenure":"own"}',
    '\n/inform{"consent":"yes"}',
    "/SetSlots(tenure=own)",
    "/restart",
    "/session_start",
    "/unknown",
    "/",
    "//",
    "/start x",
    "/start team_",
    "/start team_made-up",
    "/start@wijkwijzer_bot x",
    '/nlu_fallback{"a":' + '"' * 40,
)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_answered_and_fills_in_nothing(strict: Stage, talks: Talks, text: str) -> None:
    assert newcomer(strict).says(text)
    visitor = asked(strict, talks)
    before = visitor.slots
    answers = visitor.says(text)
    assert answers
    assert visitor.slots == before
    assert answers[-1].message.question, "the open question is there again"


def test_an_empty_text_is_answered(strict: Stage, talks: Talks) -> None:
    for visitor in (newcomer(strict), asked(strict, talks)):
        assert visitor.says("")
        assert visitor.sends()


@pytest.mark.parametrize("text", SLASHES)
def test_a_command_by_hand_injects_nothing(strict: Stage, talks: Talks, text: str) -> None:
    visitor = asked(strict, talks)
    before, topics = visitor.slots, visitor.shown.conversation().topics
    assert visitor.says(text)
    assert visitor.slots == before
    assert visitor.shown.conversation().topics == topics
    assert strict.rasa.asked == []


def test_a_caption_that_is_a_command_injects_nothing(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    before = visitor.slots
    assert visitor.sends(photo=[PHOTO], caption='/draught{"tenure":"own"}')
    assert (visitor.slots, strict.rasa.asked) == (before, [])


def test_placeholders_in_a_text_are_not_filled(strict: Stage, talks: Talks) -> None:
    """What a resident writes is shown to the person who helps as it stands."""
    visitor, helper = asked(strict, talks), newcomer(strict)
    number = _request(strict, visitor, helper)
    helper.presses(f"claim:{number}")
    visitor.says("{summary} {number} %s")
    assert "{summary} {number} %s" in helper.shown.hears()[-1].rendered.text


# --- presses ----------------------------------------------------------------------------------------------------

MADE_UP = (
    "q1:own",
    "q99999999999:x",
    "q999999999:own",
    "q-1:own",
    "q:own",
    "q1:",
    "q٣:own",
    "claim:1",
    "close:1",
    "case:1:1",
    "claim:999999999999999999",
    "claim:" + "9" * 50,
    "'; DROP TABLE people; --",
    "",
    "🥶" * 16,
    "!back",
    "f:made_up:warmer",
    "f:draught:own",
    "f:tips_later:own",
    "{open}:nonsense",
    "{open}:!nonsense",
    "{open}:~1",
    "{open}:~99999999",
    "{open}:own\n",
    "{open}:OWN",
    "{open}:",
)


@pytest.mark.parametrize("data", MADE_UP)
def test_a_made_up_button_is_an_old_button(strict: Stage, talks: Talks, data: str) -> None:
    assert newcomer(strict).presses(data)
    visitor = asked(strict, talks)
    before, where = visitor.slots, visitor.open
    answers = visitor.presses(data.replace("{open}", f"q{talks.asked['open'][0]}"))
    assert told(answers) == ["utter_old_button", f"utter_ask_{where}"]
    assert visitor.slots == before


@pytest.mark.parametrize("data", MADE_UP)
def test_a_made_up_button_of_a_wijkverbinder_is_answered(strict: Stage, data: str) -> None:
    helper = newcomer(strict)
    _joins(strict, helper)
    assert helper.presses(data)


def test_the_second_press_of_a_double_press_is_old(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    data = f"q{talks.asked['open'][0]}:portaal"
    assert told(visitor.presses(data)) == ["utter_ask_draught_place"]
    assert told(visitor.presses(data)) == ["utter_old_button", "utter_ask_draught_place"]
    trail = [mark.name for run in visitor.shown.conversation().runs for mark in run.trail if mark.what == "slot"]
    assert trail == ["tenure"]


def test_a_button_of_an_earlier_question_changes_nothing(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    visitor.says("portaal")
    visitor.says("bij het raam")
    answers = visitor.presses(f"q{talks.asked['open'][0]}:own")
    assert told(answers) == ["utter_old_button", "utter_ask_inside_temperature"]
    assert visitor.slots["tenure"] == "portaal"


@pytest.mark.parametrize("act", ["claim", "close"])
def test_a_resident_cannot_press_a_card_that_was_passed_on_to_them(strict: Stage, talks: Talks, act: str) -> None:
    visitor, helper = asked(strict, talks), newcomer(strict)
    number = _request(strict, visitor, helper)
    with capture_logs() as logged:
        answers = visitor.presses(f"{act}:{number}")
    assert told(answers)[0] == "utter_old_button"
    with strict.database.reading() as session:
        assert session.get_one(Request, number).state is RequestState.OFFERED
    assert [line["event"] for line in logged if line["log_level"] == "warning"] == ["team_button_refused"]


def test_a_wijkverbinder_cannot_close_what_another_has(strict: Stage, talks: Talks) -> None:
    visitor, fatma, joop = asked(strict, talks), newcomer(strict), newcomer(strict)
    number = _request(strict, visitor, fatma)
    _joins(strict, joop)
    fatma.presses(f"claim:{number}")
    assert keys(joop.presses(f"close:{number}")) == ["utter_request_gone"]
    assert keys(joop.presses(f"case:{number}:1")) == ["team_no_case"]
    with strict.database.reading() as session:
        assert session.get_one(Request, number).state is RequestState.CLAIMED


def _joins(stage: Stage, visitor: Visitor) -> None:
    with stage.database.transaction() as session:
        now = stage.clock.now()
        person = people.find_or_create(session, now, visitor.chat_id)
        team.invite(session, now, "Fatma", Role.WIJKVERBINDER, WIJK).member.person_id = person.id


def _request(stage: Stage, visitor: Visitor, helper: Visitor) -> int:
    _joins(stage, helper)
    with stage.database.transaction() as session:
        now = stage.clock.now()
        person = people.find_or_create(session, now, visitor.chat_id)
        wish = Wish(WIJK, ("draught",), Urgency.NORMAL, "here", "own_wijk", "Het tocht.")
        return handoffs.request(session, now, person, wish).request.id


# --- other kinds ------------------------------------------------------------------------------------------------

FILE = {"file_id": "a", "file_unique_id": "b"}
PHOTO = {**FILE, "width": 1, "height": 1}
KINDS: dict[str, dict[str, Any]] = {
    "voice": {"voice": {**FILE, "duration": 1}},
    "video note": {"video_note": {**FILE, "duration": 1, "length": 1}},
    "audio": {"audio": {**FILE, "duration": 1}},
    "photo": {"photo": [PHOTO]},
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 1}},
    "document": {"document": FILE},
    "animation": {"animation": {**FILE, "width": 1, "height": 1, "duration": 1}, "document": FILE},
    "sticker": {"sticker": {**PHOTO, "type": "regular", "is_animated": False, "is_video": False}},
    "location": {"location": {"latitude": 52.1, "longitude": 5.3}},
    "contact": {"contact": {"phone_number": "1", "first_name": "Voorbeeld"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "a poll of a newer Telegram": {"poll": {"id": "1"}},
    "something that does not exist yet": {"hologram": {"depth": 3}},
    "pinned": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
}


@pytest.mark.parametrize("sent", KINDS.values(), ids=KINDS)
def test_every_kind_of_message_is_answered(strict: Stage, talks: Talks, sent: dict[str, Any]) -> None:
    assert newcomer(strict).sends(**sent)
    visitor = asked(strict, talks)
    before = visitor.slots
    answers = visitor.sends(**sent)
    assert answers[-1].key == "utter_ask_tenure"
    assert len(answers) > 1, "it says something about what came, too"
    assert visitor.slots == before


def test_blocking_and_unblocking_leave_the_talk_as_it_was(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    before = visitor.shown.conversation()
    for status, reachable in (("kicked", False), ("member", True)):
        visitor.update(my_chat_member=_membership(visitor, status))
        with strict.database.reading() as session:
            person = select(Person.reachable).where(Person.chat_id == visitor.chat_id)
            assert session.scalars(person).one() is reachable
    assert visitor.shown.conversation() == before
    assert told(visitor.says("portaal")) == ["utter_ask_draught_place"]


def test_in_a_group_the_bot_explains_itself_and_leaves(strict: Stage) -> None:
    visitor = Visitor(strict, -next(_numbers))
    visitor.chat = {"id": visitor.chat_id, "type": "group", "title": "Buren"}
    added = visitor.update(my_chat_member=_membership(visitor, "member"))
    assert keys(added) == ["utter_group"]
    assert added[0].message.leave
    assert told(visitor.says("wat is dit?")) == [], "once in a minute is enough"
    strict.clock.move(seconds=61)
    assert told(visitor.says("wat is dit?")) == ["utter_group"]
    assert strict.rasa.asked == []


def _membership(visitor: Visitor, status: str) -> dict[str, Any]:
    bot = {"id": 110201543, "is_bot": True, "first_name": "Wijkwijzer"}
    until = {"until_date": 0} if status == "kicked" else {}
    new = {"status": status, "user": bot, **until}
    old = {"status": "member", "user": bot}
    return {"chat": visitor.chat, "from": visitor.user, "date": 1, "old_chat_member": old, "new_chat_member": new}


# --- edited messages --------------------------------------------------------------------------------------------


def test_an_edited_answer_is_corrected_and_the_talk_takes_the_other_road(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    answered = visitor.message(text="portaal")
    visitor.update(message=answered)
    assert told(visitor.says("raam")) == ["utter_ask_inside_temperature"]
    visitor.says("17 graden")
    assert told(visitor.says("ja dat lukt")) == ["utter_ask_pen_fits"]
    answers = visitor.update(edited_message={**answered, "edit_date": 2, "text": "eigen huis"})
    assert told(answers) == ["utter_corrected", "utter_ask_mould"]
    assert visitor.slots["tenure"] == "own"


@pytest.mark.parametrize("text", ["raam", "", "/draught", "x" * 4096, "\x00"])
def test_an_edit_of_anything_else_is_remarked_on(strict: Stage, talks: Talks, text: str) -> None:
    visitor = asked(strict, talks)
    before = visitor.slots
    answers = visitor.update(edited_message={**visitor.message(text=text), "edit_date": 2})
    assert told(answers) == ["utter_edit_seen", "utter_ask_tenure"]
    assert visitor.slots == before


def test_a_danger_in_an_edited_message_is_seen(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    answers = visitor.update(edited_message={**visitor.message(text="ik ruik gas"), "edit_date": 2})
    assert answers[0].key == "utter_danger_gas_smell"


# --- floods -----------------------------------------------------------------------------------------------------


def test_a_flood_gets_one_answer_and_danger_in_it_is_heard(strict: Stage, talks: Talks) -> None:
    visitor = asked(strict, talks)
    said: list[list[str]] = []
    first = FLOOD_MESSAGES
    for number in range(60):
        said.append(told(visitor.says("ik ruik gas" if number == 45 else f"hallo {number}")))
        strict.clock.move(seconds=30 / 60)
    assert all(said[:first]), "up to so many each gets its own answer"
    assert [number for number, answer in enumerate(said) if "utter_slow_down" in answer] == [first]
    assert said[45][0] == "utter_danger_gas_smell"
    assert [number for number, answer in enumerate(said[first + 1 :], start=first + 1) if answer] == [45]
    strict.clock.move(seconds=61)
    assert visitor.says("bent u daar nog?")


def test_a_flood_that_is_handled_late_is_a_flood_all_the_same(strict: Stage, talks: Talks) -> None:
    """It came while the bot was busy or away; what counts is when it arrived."""
    visitor = asked(strict, talks)
    updates = [{"update_id": next(_numbers), "message": visitor.message(text=f"hallo {n}")} for n in range(60)]
    received = [one for raw in updates if (update := parse(raw, BOT)) and (one := incoming(update, mask))]
    with strict.database.transaction() as session:
        store_updates(session, strict.clock.now(), received)
    while asyncio.run(strict.conversations.handle_next(visitor.chat_id)):
        strict.clock.move(seconds=1)
    said = told(visitor.shown.hears())
    assert (said.count("utter_slow_down"), said[-1]) == (1, "utter_slow_down")


# --- anything at all --------------------------------------------------------------------------------------------

ANYTHING = st.text(max_size=200)
KNOWN_COMMANDS = set(COMMANDS) | set(COMMAND_INTENTS)


@FEW
@given(text=ANYTHING)
def test_any_text_at_all_is_answered(strict: Stage, talks: Talks, text: str) -> None:
    assert newcomer(strict).says(text)
    assert asked(strict, talks).says(text)


@FEW
@given(rest=ANYTHING.filter(lambda rest: f"/{rest}".split()[0].split("@")[0].casefold() not in KNOWN_COMMANDS))
def test_anything_after_a_slash_fills_in_nothing(strict: Stage, talks: Talks, rest: str) -> None:
    visitor = asked(strict, talks)
    before = visitor.slots
    assert visitor.says(f"/{rest}")
    assert visitor.slots == before


@FEW
@given(data=st.one_of(ANYTHING, st.from_regex(r"\A(q|claim:|close:|case:)[0-9]{0,19}:?.{0,20}\Z")))
def test_any_data_at_all_is_answered_and_fills_in_nothing(strict: Stage, talks: Talks, data: str) -> None:
    visitor = asked(strict, talks)
    before, number = visitor.slots, talks.asked["open"][0]
    assert visitor.presses(data)
    assert data.startswith(f"q{number}:") or visitor.slots == before


# --- and once more with everything real -------------------------------------------------------------------------


@pytest.mark.e2e
@pytest.mark.asyncio
async def test_a_real_bot_answers_all_of_it(hall: Hall) -> None:
    bot = await hall.running_bot()
    texts = [text for text in (*TEXTS.values(), *SLASHES) if text.strip() and "\ud83e" not in text and len(text) < 4097]
    talkers = [hall.newcomer() for _ in texts]
    pressers = [hall.newcomer() for _ in MADE_UP]
    for chat, text in zip(talkers, texts, strict=True):
        hall.says(chat, text)
    for chat, data in zip(pressers, MADE_UP, strict=True):
        hall.does(chat, "press", message_id=1, data=data)
    for chat in talkers + pressers:
        await hall.hears(chat, "")
    await hall.quiet()
    assert bot.alive()
    assert '"level": "error"' not in bot.log()
    assert hall.count(Inbox, Inbox.attempts > 0) == 0
