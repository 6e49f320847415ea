"""Every kind of update becomes something that can be answered, and goes into the inbox once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from telegram import Bot
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from bot.incoming import Incoming, Kind
from bot.telegram import receive
from bot.telegram.receive import Unreadable, clean, incoming, parse, store_updates, unreadable
from store.database import Database
from store.states import InboxState
from store.tables import Inbox
from tests.telegram.conftest import START

BOT = Bot("1:token")
FATMA = {"id": 5, "is_bot": False, "first_name": "Fatma", "language_code": "nl"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Fatma"}
GROUP = {"id": -7, "type": "supergroup", "title": "Buren"}
FILE: dict[str, Any] = {"file_id": "f", "file_unique_id": "u"}
PICTURE = {**FILE, "width": 1, "height": 1}


def mask(text: str) -> tuple[str, bool]:
    return text.replace("111222333", "***"), "111222333" in text


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": 1_790_000_000, "chat": chat, "from": FATMA, **content}


def read(**update: Any) -> Incoming | None:
    parsed = parse({"update_id": 3, **update}, BOT)
    assert parsed is not None
    return incoming(parsed, mask)


CONTENTS = [
    ({"text": "het tocht"}, Kind.TEXT),
    ({"text": "/start abc", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}, Kind.TEXT),
    ({"voice": {**FILE, "duration": 2}}, Kind.VOICE),
    ({"video_note": {**FILE, "duration": 2, "length": 3}}, Kind.VOICE),
    ({"audio": {**FILE, "duration": 2}}, Kind.VOICE),
    ({"photo": [PICTURE]}, Kind.PHOTO),
    ({"document": FILE}, Kind.DOCUMENT),
    ({"animation": {**PICTURE, "duration": 1}, "document": FILE}, Kind.OTHER),
    ({"sticker": {**PICTURE, "type": "regular", "is_animated": False, "is_video": False}}, Kind.STICKER),
    ({"video": {**PICTURE, "duration": 1}}, Kind.OTHER),
    ({"location": {"longitude": 5.3, "latitude": 52.2}}, Kind.OTHER),
    ({"contact": {"phone_number": "06", "first_name": "A"}}, Kind.OTHER),
    ({"dice": {"emoji": "🎲", "value": 3}}, Kind.OTHER),
    ({"pinned_message": message(text="x")}, Kind.OTHER),
    ({"something_new": {"a": 1}}, Kind.OTHER),
]


@pytest.mark.parametrize(("content", "kind"), CONTENTS, ids=lambda part: str(next(iter(part))) if part else "")
def test_every_message_is_of_some_kind(content: dict[str, Any], kind: Kind) -> None:
    received = read(message=message(**content))
    assert received is not None
    assert (received.kind, received.chat_id, received.update_id, received.message_id) == (kind, 5, 3, 9)


@pytest.mark.parametrize(("content", "kind"), CONTENTS, ids=lambda part: str(next(iter(part))) if part else "")
def test_in_a_group_every_message_is_group_and_nothing_is_kept(content: dict[str, Any], kind: Kind) -> None:
    assert read(message=message(GROUP, **content)) == Incoming(3, -7, Kind.GROUP)


SMALL, LARGE = {**PICTURE, "file_id": "small"}, {**PICTURE, "file_id": "large", "width": 9}


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ({"photo": [SMALL, LARGE]}, ("photo", "large")),
        ({"photo": [LARGE, SMALL], "caption": "het raam"}, ("photo", "large")),
        ({"voice": {**FILE, "duration": 2}}, ("voice", "f")),
        ({"audio": {**FILE, "duration": 2}}, ("audio", "f")),
        ({"document": {**FILE, "file_name": "brief.pdf", "mime_type": "application/pdf"}}, ("document", "f")),
        ({"document": FILE}, ("", "")),
        ({"video_note": {**FILE, "duration": 2, "length": 3}}, ("", "")),
        ({"animation": {**PICTURE, "duration": 1}, "document": FILE}, ("", "")),
        ({"sticker": {**PICTURE, "type": "regular", "is_animated": False, "is_video": False}}, ("", "")),
        ({"text": "het tocht"}, ("", "")),
    ],
    ids=str,
)
def test_the_id_of_what_can_be_kept_is_known_of_a_photo_that_of_the_largest(
    content: dict[str, Any], file: tuple[str, str]
) -> None:
    received = read(message=message(**content))
    assert received is not None
    assert (received.file_kind, received.file_id) == file


def test_an_edited_photo_is_no_new_one() -> None:
    received = read(edited_message=message(edit_date=1_790_000_001, caption="het raam", photo=[PICTURE]))
    assert received is not None and received.file_id == ""


def test_who_wrote_and_what_it_answers_are_known() -> None:
    received = read(message=message(text="ja", reply_to_message=message(text="?")))
    assert received == Incoming(3, 5, Kind.TEXT, text="ja", message_id=9, reply_to=9, first_name="Fatma", language="nl")


def test_a_press_carries_its_data_and_the_message_below_which_it_stood() -> None:
    received = read(
        callback_query={"id": "77", "from": FATMA, "chat_instance": "c", "message": message(), "data": "4:ja"}
    )
    assert received is not None
    assert (received.kind, received.data, received.callback_id, received.message_id) == (Kind.PRESS, "4:ja", "77", 9)


def test_a_press_below_an_inaccessible_old_message_is_a_press() -> None:
    old = {"chat": PRIVATE, "message_id": 2, "date": 0}
    received = read(callback_query={"id": "77", "from": FATMA, "chat_instance": "c", "message": old, "data": "x"})
    assert received is not None
    assert (received.kind, received.message_id) == (Kind.PRESS, 2)


def test_data_made_up_by_hand_is_cut_at_telegrams_limit() -> None:
    received = read(
        callback_query={
            "id": "7",
            "from": FATMA,
            "chat_instance": "c",
            "message": message(),
            "data": "é" * 65 + "\ud83d",
        }
    )
    assert received is not None
    assert received.data == "é" * (InlineKeyboardButtonLimit.MAX_CALLBACK_DATA // 2)


@pytest.mark.parametrize("content", [{"text": "ja 111222333"}, {"caption": "ja 111222333", "photo": [PICTURE]}])
def test_an_edited_text_or_caption_is_a_correction_and_masked(content: dict[str, Any]) -> None:
    received = read(edited_message=message(edit_date=1_790_000_001, **content))
    assert received is not None
    assert (received.kind, received.text, received.masked) == (Kind.EDITED, "ja ***", True)


def member(chat: dict[str, Any], status: str) -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "Wijkwijzer"}
    new = {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}
    return {
        "chat": chat,
        "from": FATMA,
        "date": 1_790_000_000,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": new,
    }


@pytest.mark.parametrize(
    ("chat", "status", "kind"),
    [
        (PRIVATE, "kicked", Kind.BLOCKED),
        (PRIVATE, "member", Kind.UNBLOCKED),
        (GROUP, "member", Kind.GROUP),
        (GROUP, "left", Kind.BLOCKED),
        (GROUP, "kicked", Kind.BLOCKED),
    ],
)
def test_blocking_unblocking_and_being_added_to_a_group(chat: dict[str, Any], status: str, kind: Kind) -> None:
    received = read(my_chat_member=member(chat, status))
    assert received is not None
    assert received.kind is kind


def test_our_own_leaving_is_no_reason_to_explain_ourselves_again() -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "Wijkwijzer"}
    received = read(message=message(GROUP, left_chat_member=bot))
    assert received is not None
    assert received.kind is Kind.BLOCKED


def test_a_channel_is_a_group() -> None:
    post = {"message_id": 1, "date": 1, "chat": {"id": -9, "type": "channel", "title": "K"}, "text": "x"}
    received = read(channel_post=post)
    assert received == Incoming(3, -9, Kind.GROUP)


def test_a_press_in_a_group_can_be_acknowledged() -> None:
    received = read(callback_query={"id": "77", "from": FATMA, "chat_instance": "c", "message": message(GROUP)})
    assert received == Incoming(3, -7, Kind.GROUP, callback_id="77")


def test_any_other_update_with_a_private_chat_is_other() -> None:
    reaction = {"chat": PRIVATE, "message_id": 1, "user": FATMA, "date": 1, "old_reaction": [], "new_reaction": []}
    received = read(message_reaction=reaction)
    assert received is not None
    assert received.kind is Kind.OTHER


def test_an_update_without_a_sender_has_no_name() -> None:
    received = read(message_reaction_count={"chat": PRIVATE, "message_id": 1, "date": 1, "reactions": []})
    assert received == Incoming(3, 5, Kind.OTHER)


def test_an_update_without_a_chat_is_nothing() -> None:
    assert read(inline_query={"id": "1", "from": FATMA, "query": "x", "offset": ""}) is None


def test_an_update_that_breaks_the_bot_api_is_not_read() -> None:
    assert parse({"update_id": 3, "message": {"text": "no chat"}}, BOT) is None
    assert parse("text", BOT) is None


def test_of_a_message_that_cannot_be_read_enough_is_left_to_answer() -> None:
    poll = {"update_id": 3, "message": message(poll={"id": "1", "question": "?"})}
    assert parse(poll, BOT) is None
    assert unreadable(poll) == Incoming(3, 5, Kind.OTHER, message_id=9)
    assert unreadable({"update_id": 3, "message": message(GROUP, poll={})}) is None
    assert unreadable("text") is None


UNSOUND = {
    "a list for words": {"text": ["a"]},
    "half a character in the id of a file": {"photo": [{**PICTURE, "file_id": "\ud83e"}]},
    "words for a number": {"message_id": "x", "text": "a"},
    "a number that nothing can hold": {"message_id": 10**30, "text": "a"},
    "a moment after all years": {"date": 10**13, "text": "a"},
    "a moment that the machine cannot hold": {"date": 67_768_036_191_676_800, "text": "a"},
    "a moment without end": {"date": 10**30, "text": "a"},
}


@pytest.mark.parametrize("content", UNSOUND.values(), ids=UNSOUND)
def test_values_of_another_kind_than_telegrams_are_unreadable(content: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        receive.read({"update_id": 7, "message": {**message(), **content}}, BOT, mask)


@pytest.mark.parametrize("number", [10**30, True])
def test_an_update_whose_numbers_cannot_be_stored_is_passed_over(number: int) -> None:
    raw = {"update_id": number, "message": {**message(), "text": ["a"]}}
    assert unreadable(raw) is None
    with pytest.raises(Unreadable):
        receive.read(raw, BOT, mask)


def test_a_message_that_answers_a_message_without_end_is_unreadable() -> None:
    deep: dict[str, Any] = message(text="a")
    for _ in range(3000):
        deep = {**message(text="a"), "reply_to_message": deep}
    with pytest.raises(Unreadable):
        receive.read({"update_id": 7, "message": deep}, BOT, mask)


def test_control_characters_go_and_new_lines_stay() -> None:
    assert clean("a\x00b\tc\nd\r\x1b[31me\ud83d👩\u200d👧") == "ab c\nd[31me👩\u200d👧"


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_is_typed_can_be_stored(text: str) -> None:
    received = read(message=message(text=text or "x"))
    assert received is not None
    assert received.text.encode().decode() == received.text


def test_long_texts_are_cut_at_telegrams_limit() -> None:
    received = read(message=message(text="a" * 5000))
    assert received is not None
    assert len(received.text) == MessageLimit.MAX_TEXT_LENGTH


def stored(database: Database) -> list[Inbox]:
    with database.reading() as session:
        return list(session.scalars(select(Inbox).order_by(Inbox.update_id)))


def test_an_update_is_stored_once_however_often_it_comes(database: Database) -> None:
    first, second = Incoming(1, 5, Kind.TEXT, text="a"), Incoming(2, 5, Kind.TEXT, text="b")
    with database.transaction() as session:
        assert store_updates(session, START, [first, first]) == [1]
    with database.transaction() as session:
        assert store_updates(session, START, [second, first]) == [2]
        assert store_updates(session, START, []) == []
    rows = stored(database)
    assert [Incoming.from_json(row.content or {}) for row in rows] == [first, second]
    assert {(row.state, row.attempts, row.received_at) for row in rows} == {(InboxState.RECEIVED, 0, START)}


def test_a_full_batch_fits_in_one_go(database: Database) -> None:
    batch = [Incoming(number, 5, Kind.TEXT, text="a" * 4096) for number in range(100)]
    with database.transaction() as session:
        assert store_updates(session, START, batch) == list(range(100))


def test_a_handled_update_that_comes_again_stays_handled(database: Database) -> None:
    with database.transaction() as session:
        store_updates(session, START, [Incoming(1, 5, Kind.TEXT)])
        session.get_one(Inbox, 1).state = InboxState.HANDLED
    with database.transaction() as session:
        assert store_updates(session, START, [Incoming(1, 5, Kind.TEXT)]) == []
    assert stored(database)[0].state is InboxState.HANDLED
