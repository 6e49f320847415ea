"""Telegram's limits and the errors it gives, word for word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request

from sandbox.client import Person
from sandbox.html_marks import parse_html
from sandbox.limits import Limits, Pace
from sandbox.markdown_marks import parse_markdown
from sandbox.params import read_params
from sandbox.wire import BotApiError, ControlError
from tests.sandbox.conftest import TOKEN, Place, Seconds


def button(**action: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "Ja", **action}]]}


MESSAGES: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": "  \n "}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "<b>x", "parse_mode": "HTML"},
     'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
    ({"text": "x", "parse_mode": "Word"}, "unsupported parse_mode"),
    ({"text": "x", "reply_markup": button()},
     "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ({"text": "x", "reply_markup": button(callback_data="a", url="https://a.nl")},
     "can't parse inline keyboard button: Button must have exactly one action"),
    ({"text": "x", "reply_markup": button(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": button(callback_data="")}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": button(url="javascript:1")},
     "inline keyboard button URL 'javascript:1' is invalid: Wrong HTTP URL"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}},
     "inline keyboard button text must be non-empty"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "a"}]]}},
     "can't parse inline keyboard button: Can't find field \"text\""),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 9]}},
     "reply markup is too long"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]] * 101}},
     "reply markup is too long"),
    ({"text": "x", "reply_markup": {"inline_keyboard": {}}}, 'field "inline_keyboard" must be an Array of Arrays'),
    ({"text": "x", "reply_markup": {"keyboard": [[""]]}}, "keyboard button text must be non-empty"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
    ({"text": "x", "reply_markup": {"other": 1}}, "inline keyboard expected"),
    ({"text": "x", "reply_parameters": "[]"}, "can't parse reply_parameters JSON object"),
    ({"text": "x", "entities": [1]}, "can't parse entities: expected an Array of MessageEntity"),
]  # fmt: skip


@pytest.mark.asyncio
async def test_messages_are_refused_as_telegram_does(place: Place, fatma: Person) -> None:
    for params, reason in MESSAGES:
        assert await place.refused("sendMessage", chat_id=fatma.id, **params) == f"Bad Request: {reason}"


@pytest.mark.asyncio
async def test_what_just_fits_is_sent(place: Place, fatma: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 32}] * 4] * 25}
    answer = await place.call("sendMessage", chat_id=str(fatma.id), text=f"<b>{'x' * 4096}</b>", parse_mode="HTML",
                              reply_markup=json.dumps(markup))  # fmt: skip
    assert answer["ok"] is True


OTHERS: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x", "chat_id": None}, "chat_id is empty"),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendPhoto", {"photo": "unknown"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"photo": "x", "caption": "x" * 1025}, "message caption is too long"),
    ("sendMediaGroup", {"media": []}, "wrong number of media in the album: there must be 2-10 items"),
    ("sendMediaGroup", {"media": [{"type": "poem"}] * 2},
     "can't parse InputMedia: type must be photo, video, audio or document"),
    ("sendLocation", {"latitude": "x", "longitude": 1}, "latitude is empty or invalid"),
    ("sendContact", {"phone_number": "1"}, "contact first name is empty"),
    ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    ("copyMessage", {"from_chat_id": 5000001, "message_id": 1}, "message to copy not found"),
    ("forwardMessage", {"from_chat_id": 5000001, "message_id": 1}, "message to forward not found"),
    ("pinChatMessage", {"message_id": 999}, "message to pin not found"),
    ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "other"}]}, "REACTION_INVALID"),
    ("deleteMessage", {"message_id": "x"}, "invalid message_id specified"),
    ("deleteMessages", {"message_ids": []}, "there must be 1-100 message identifiers"),
    ("editMessageText", {"message_id": 1, "text": "x", "reply_markup": {"keyboard": [["a"]]}},
     "inline keyboard expected"),
    ("editMessageText", {"chat_id": None, "inline_message_id": "a", "text": "x"}, "message to edit not found"),
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
    ("leaveChat", {}, "chat member status can't be changed in private chats"),
    ("answerCallbackQuery", {"callback_query_id": "1"},
     "query is too old and response timeout expired or query ID is invalid"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ("setMyCommands", {"commands": [{"command": "Groot!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": 1}, "can't parse list of bot commands"),
    ("setMyName", {"name": "x" * 65}, "name is too long"),
]  # fmt: skip


@pytest.mark.asyncio
async def test_other_methods_are_refused_as_telegram_does(place: Place, fatma: Person) -> None:
    for method, params, reason in OTHERS:
        given = {"chat_id": fatma.id, **params}
        assert await place.refused(method, **given) == f"Bad Request: {reason}", method


@pytest.mark.asyncio
async def test_edits_are_only_for_what_can_be_edited(place: Place, fatma: Person) -> None:
    answer = await place.call("sendMessage", chat_id=fatma.id, text="x")
    number = answer["result"]["message_id"]  # type: ignore[index]
    reason = await place.refused("editMessageCaption", chat_id=fatma.id, message_id=number, caption="x")
    assert reason == "Bad Request: there is no caption in the message to edit"
    answer = await place.call("sendLocation", chat_id=fatma.id, latitude=1, longitude=1)
    number = answer["result"]["message_id"]  # type: ignore[index]
    reason = await place.refused("editMessageText", chat_id=fatma.id, message_id=number, text="x")
    assert reason == "Bad Request: there is no text in the message to edit"
    await place.people.clock(days=3)
    reason = await place.refused("deleteMessage", chat_id=fatma.id, message_id=number)
    assert reason == "Bad Request: message can't be deleted"
    assert (await place.call("deleteMessages", chat_id=fatma.id, message_ids=[number]))["ok"] is True


@pytest.mark.asyncio
async def test_a_wrong_method_or_token_or_body_is_told(place: Place) -> None:
    assert await place.refused("makeCoffee") == "Not Found: method not found"
    assert (await place.http.get("/bot1:x/getMe")).json()["description"] == "Unauthorized"
    assert (await place.http.get("/botx/getMe")).json()["description"] == "Not Found"
    assert (await place.http.get(f"/bot{TOKEN}/GETME")).json()["result"]["is_bot"] is True
    assert (await place.http.get(f"/file/bot{TOKEN}/voice/none")).status_code == 404
    bad = await place.http.post(f"/bot{TOKEN}/getMe", content=b"{", headers={"Content-Type": "application/json"})
    assert bad.status_code == 400


@pytest.mark.asyncio
async def test_parameters_come_as_query_form_or_multipart(place: Place, fatma: Person) -> None:
    url = f"/bot{TOKEN}/sendMessage"
    for request in (
        {"params": {"chat_id": fatma.id, "text": "é"}},
        {"data": {"chat_id": fatma.id, "text": "é"}},
        {"data": {"chat_id": fatma.id, "text": "é"}, "files": {"other": b"x"}},
    ):
        answer = (await place.http.post(url, **request)).json()
        assert answer["result"]["text"] == "é"


@pytest.mark.asyncio
async def test_a_file_has_its_limits(place: Place, fatma: Person) -> None:
    big = b"x" * (20 * 1024 * 1024 + 1)
    sent = await place.http.post(f"/bot{TOKEN}/sendDocument", data={"chat_id": fatma.id}, files={"document": big})
    file_id = sent.json()["result"]["document"]["file_id"]
    assert await place.refused("getFile", file_id=file_id) == "Bad Request: file is too big"
    assert "can't use file of type Document as Photo" in await place.refused(
        "sendPhoto", chat_id=fatma.id, photo=file_id
    )
    empty = await place.http.post(f"/bot{TOKEN}/sendDocument", data={"chat_id": fatma.id}, files={"document": b""})
    assert empty.json()["description"] == "Bad Request: file must be non-empty"


@pytest.mark.asyncio
async def test_an_upload_over_50_mb_is_refused_before_it_is_read() -> None:
    request = Request({"type": "http", "method": "POST", "query_string": b"",
                       "headers": [(b"content-length", b"60000000")]})  # fmt: skip
    with pytest.raises(BotApiError, match="Request Entity Too Large"):
        await read_params(request)


HTML = [
    ("a <b>c", 'Can\'t find end tag corresponding to start tag "b"'),
    ("é<x>y</x>", 'Unsupported start tag "x" at byte offset 2'),
    ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("1 < 2", "Unclosed start tag at byte offset 2"),
    ("a</b", "Unclosed end tag at byte offset 1"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("source", "reason"), HTML)
def test_invalid_html_is_refused(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_html_becomes_text_and_entities() -> None:
    marked = parse_html(
        '🙂<a href="https://a.nl">x</a><a href="javascript:1">y</a> &lt;b&gt; <blockquote expandable>q</blockquote>'
        '<span class="tg-spoiler">s</span><tg-emoji emoji-id="5">e</tg-emoji>'
    )
    assert marked.text == "🙂xy <b> qse"
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in marked.entities] == [
        ("text_link", 2, 1), ("expandable_blockquote", 9, 1), ("spoiler", 10, 1), ("custom_emoji", 11, 1)
    ]  # fmt: skip


MARKDOWN = [
    ("*vet", "Can't find end of Bold entity at byte offset 0"),
    ("`x", "Can't find end of Code entity at byte offset 0"),
    ("[x](y", "Can't find end of TextUrl entity at byte offset 2"),
    ("Klaar.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
]


@pytest.mark.parametrize(("source", "reason"), MARKDOWN)
def test_invalid_markdown_is_refused(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as refused:
        parse_markdown(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_markdown_becomes_text_and_entities() -> None:
    marked = parse_markdown("*vet _schuin_* __lijn__ ~weg~ ||zacht|| `c\\`d` [l](https://a.nl)\n>citaat\nuit\\.")
    assert marked.text == "vet schuin lijn weg zacht c`d l\ncitaat\nuit."
    assert {entity["type"] for entity in marked.entities} == {
        "bold", "italic", "underline", "strikethrough", "spoiler", "code", "text_link", "blockquote"
    }  # fmt: skip


def test_the_pace_is_counted_per_chat_per_group_and_over_all() -> None:
    seconds = Seconds()
    pace = Pace(Limits(private_per_second=1, private_burst=1, group_per_minute=2, overall_per_second=4), seconds)

    def allowed(chat: int) -> bool:
        try:
            pace.take(chat)
        except BotApiError as error:
            assert error.code == 429 and error.answer()["parameters"]["retry_after"] >= 1
            return False
        return True

    assert [allowed(1), allowed(1), allowed(2), allowed(-1), allowed(-1), allowed(3)] == [
        True,
        False,
        True,
        True,
        True,
        False,
    ]
    seconds.now += 1
    assert [allowed(1), allowed(3), allowed(-1)] == [True, True, False]


def test_limits_are_checked() -> None:
    with pytest.raises(ControlError, match="unknown limit"):
        Limits().changed({"speed": 1})
    with pytest.raises(ControlError, match="at least 0"):
        Limits().changed({"private_burst": -1})
