"""Luister: what was said is read aloud, and nothing else changes. Photos: kept for whoever helps, with consent."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select, update

from actions import handoffs
from bot.dialogue.conversation import Conversation
from bot.incoming import Kind
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.database import Database
from store.states import OutgoingState
from store.tables import Attachment, Event, Outgoing, Person
from tests.actions.people import WISH, Wijk
from tests.talks import Answered, Someone, Stage, keys

WAYS: list[dict[str, Any]] = [
    {"text": "luister"},
    {"text": "Lees voor!"},
    {"text": "/luister"},
    {"kind": Kind.PRESS, "data": "q{open}:!listen", "callback_id": "c"},
    {"kind": Kind.PRESS, "data": "q0:!listen", "callback_id": "c"},
]


@pytest.fixture
def stage(database: Database, words: Words, phrases: SafetyPhrases) -> Stage:
    return Stage(database, words, phrases)


@pytest.fixture
def resident(stage: Stage) -> Someone:
    return stage.person(1)


def _sends(resident: Someone, **what: Any) -> list[Answered]:
    resident.stage.clock.move(seconds=5)
    return resident.sends(**{"kind": Kind.TEXT, **what})


def _begins(resident: Someone, consent: str = "yes") -> None:
    """Said hello, answered, and is at the menu."""
    _sends(resident, text="/start")
    resident.stage.clock.move(seconds=5)
    resident.chooses(consent)


def _read_aloud(answers: list[Answered]) -> list[str]:
    """The keys of what one voice note reads; nothing else was sent."""
    (answer,) = answers
    return [one.key for one in answer.message.aloud]


def _stored(resident: Someone) -> Conversation:
    return resident.conversation()


def _open(resident: Someone) -> int:
    question = _stored(resident).open
    assert question is not None
    return question.number


# --- listening --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.get("text") or way["data"]))
def test_the_open_question_is_read_and_stays_open(resident: Someone, way: dict[str, Any]) -> None:
    _sends(resident, text="/start")
    before = _stored(resident)
    given = {name: value.format(open=_open(resident)) if name == "data" else value for name, value in way.items()}
    listened = _sends(resident, **given)
    assert _read_aloud(listened) == ["utter_welcome", "utter_welcome_careful", "utter_ask_consent"]
    assert listened[0].key == "utter_listen_failed" and listened[0].rendered.rows == ()
    after = _stored(resident)
    assert (after.open, after.runs, after.slots, after.asked) == (before.open, before.runs, before.slots, before.asked)
    resident.chooses("yes")
    assert _stored(resident).slots["consent"] == "yes"


def test_the_voice_reads_the_words_and_the_options(resident: Someone) -> None:
    _begins(resident)
    (said,) = _sends(resident, text="luister")[0].rendered.aloud[-1:]
    menu = resident.stage.words.content.response("utter_ask_menu_choice").variants[0]
    assert said.text.startswith(menu.text.splitlines()[0])
    assert all(option.title in said.text for option in menu.options)


def test_only_what_was_said_together_with_the_question_is_read(resident: Someone) -> None:
    _begins(resident)
    for _ in range(2):
        assert "utter_welcome" not in _read_aloud(_sends(resident, text="luister"))


def test_a_question_reads_itself_when_something_else_was_said_since(resident: Someone, stage: Stage) -> None:
    _sends(resident, text="/start")
    _sends(resident, kind=Kind.PRESS, data="q9:made_up", callback_id="c")
    listened = _read_aloud(_sends(resident, text="luister"))
    assert listened == ["utter_old_button", "utter_ask_consent"]


def test_the_choice_is_not_shown_and_listening_is_counted(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    listened = _sends(resident, kind=Kind.PRESS, data=f"q{_open(resident)}:!listen", callback_id="c")
    assert "utter_answered" not in keys(listened)
    with stage.database.reading() as session:
        counted = session.scalars(select(Event).where(Event.name == "listened")).one()
    assert counted.detail == "menu_choice"


def test_a_voice_note_that_is_not_ready_when_its_question_is_answered_is_not_sent(
    resident: Someone, stage: Stage
) -> None:
    _sends(resident, text="/start")
    with mock.patch.object(stage, "deliver"):
        _sends(resident, text="luister")
        resident.chooses("yes")
    with stage.database.reading() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.subject.startswith("aloud:")))
        assert [row.state for row in rows] == [OutgoingState.WITHDRAWN]


def test_with_nothing_open_the_last_words_are_read_and_there_is_a_way_to_a_person(resident: Someone) -> None:
    _begins(resident)
    _sends(resident, text="stop")
    (listened,) = _sends(resident, text="/luister")
    assert [one.key for one in listened.message.aloud] == ["utter_stopped"]
    assert list(listened.choices()) == ["human"]


def test_when_all_was_erased_there_is_nothing_to_read_and_the_words_say_so(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    with stage.database.transaction() as session:
        session.execute(update(Outgoing).values(chat_id=99))
    (listened,) = _sends(resident, text="luister")
    assert (listened.key, listened.message.aloud) == ("utter_listen_failed", ())


def test_somebody_new_who_wants_to_listen_is_greeted(resident: Someone) -> None:
    assert keys(_sends(resident, text="luister")) == ["utter_welcome", "utter_welcome_careful", "utter_ask_consent"]


# --- photos and voice notes -------------------------------------------------------------------------------------

PHOTO = {"kind": Kind.PHOTO, "file_kind": "photo", "file_id": "AgAC"}
VOICE = {"kind": Kind.VOICE, "file_kind": "voice", "file_id": "AwAC"}
DOCUMENT = {"kind": Kind.DOCUMENT, "file_kind": "document", "file_id": "BQAC"}


def _kept(stage: Stage) -> list[tuple[str, str]]:
    with stage.database.reading() as session:
        return [(one.kind, one.file_id) for one in session.scalars(select(Attachment).order_by(Attachment.id))]


@pytest.mark.parametrize(
    ("sent", "key"),
    [(PHOTO, "utter_photo"), (VOICE, "utter_voice"), (DOCUMENT, "utter_document")],
    ids=["photo", "voice", "document"],
)
def test_a_file_is_kept_and_the_answer_says_so(resident: Someone, stage: Stage, sent: dict[str, Any], key: str) -> None:
    _begins(resident)
    answer = _sends(resident, **sent)[0]
    assert answer.key == key
    kept, not_kept = stage.words.content.response(key).variants
    assert answer.rendered.text == kept.text != not_kept.text
    assert _kept(stage) == [(sent["file_kind"], sent["file_id"])]
    assert _stored(resident).slots["attachments"] == 1


@pytest.mark.parametrize("consent", ["no", None])
def test_without_consent_nothing_is_kept_and_the_answer_says_no_such_thing(
    resident: Someone, stage: Stage, consent: str | None
) -> None:
    if consent:
        _begins(resident, consent)
    answer = next(one for one in _sends(resident, **PHOTO) if one.key == "utter_photo")
    assert answer.rendered.text == stage.words.content.response("utter_photo").variants[1].text
    assert _kept(stage) == [] and "attachments" not in _stored(resident).slots


def test_a_photo_with_words_is_kept_and_the_words_are_heard(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    assert keys(_sends(resident, **PHOTO, text="luister"))[0] == "utter_attachment_kept"
    assert _kept(stage) == [("photo", "AgAC")]


def test_what_comes_with_words_about_danger_is_not_kept(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    assert "utter_attachment_kept" not in keys(_sends(resident, **PHOTO, text="ik ruik gas"))
    assert _kept(stage) == []


def test_what_cannot_be_sent_on_is_not_kept(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    _sends(resident, kind=Kind.STICKER)
    _sends(resident, kind=Kind.VOICE)
    assert _kept(stage) == []


def test_the_talk_knows_how_many_there_are_also_when_some_are_gone(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    for _ in range(3):
        _sends(resident, **PHOTO)
    assert _stored(resident).slots["attachments"] == 3
    with stage.database.transaction() as session:
        for one in session.scalars(select(Attachment).order_by(Attachment.id).limit(2)):
            session.delete(one)
    _sends(resident, text="luister")
    assert _stored(resident).slots["attachments"] == 1


def test_a_photo_to_who_helps_is_passed_on_and_not_kept(resident: Someone, stage: Stage) -> None:
    _begins(resident)
    with stage.database.transaction() as session:
        wijk = Wijk(session, stage.clock.now())
        fatma = wijk.member("Fatma")
        person = session.scalars(select(Person).where(Person.chat_id == resident.chat_id)).one()
        handoffs.claim(session, stage.clock.now(), fatma, wijk.request(WISH, person).id)
    resident.hears()
    assert keys(_sends(resident, **PHOTO)) == []
    assert _kept(stage) == []
