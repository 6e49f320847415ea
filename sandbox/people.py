"""People, chats and the messages in them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.journal import Signal
from sandbox.wire import ControlError, Json

REMEMBERED_CHAT_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a phone. `start` is the payload that the Start button sends; `role` is a label for the page."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "nl"
    role: str = "bewoner"
    start: str = ""
    on_page: bool = True

    @property
    def user(self) -> Json:
        """The Bot API's User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass(slots=True)
class StoredMessage:
    """A message: `head` says who and when, `content` is what is copied along, both in the Bot API's own fields."""

    id: int
    chat: int
    by: int | None
    head: Json
    content: Json
    markup: Json | None = None
    edit_date: int | None = None
    deleted: bool = False
    seen_by_bot: bool = True
    silent: bool = False
    reaction: list[Json] = field(default_factory=list)

    @property
    def by_bot(self) -> bool:
        """Say whether the bot sent it."""
        return self.by is None

    @property
    def inline_rows(self) -> list[list[Json]]:
        """The rows of buttons under the message."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    def body(self) -> Json:
        """Return the Bot API's Message object."""
        body = {**self.head, **self.content}
        if self.inline_rows:
            body["reply_markup"] = {"inline_keyboard": self.inline_rows}
        if self.edit_date:
            body["edit_date"] = self.edit_date
        return body


@dataclass(slots=True)
class Chat:
    """A private chat with the bot (its id is the person's) or a group (a negative id)."""

    id: int
    title: str = ""
    members: set[int] = field(default_factory=set)
    started: bool = False
    blocked: bool = False
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=REMEMBERED_CHAT_EVENTS))
    signal: Signal = field(default_factory=Signal)
    pinned: int | None = None

    @property
    def private(self) -> bool:
        """Say whether this is a chat of one person with the bot."""
        return self.id > 0


def person_from(data: Json, free_id: int) -> Person:
    """Make a person of the control API's or the users file's fields; raises ControlError when one is wrong."""
    unknown = set(data) - set(Person.__dataclass_fields__)
    if unknown:
        raise ControlError(f"unknown field of a person: {', '.join(sorted(unknown))}")
    if not isinstance(data.get("first_name"), str) or not data["first_name"].strip():
        raise ControlError("a person needs a first_name")
    number = data.get("id", free_id)
    if not isinstance(number, int) or number <= 0:
        raise ControlError("a person's id is a whole number above 0")
    return Person(**{**data, "id": number})


KINDS = ("photo", "voice", "document", "audio", "video", "sticker", "location", "contact", "text")


def view(message: StoredMessage) -> Json:
    """Return a message as the control API shows it."""
    content = message.content
    kind = next((kind for kind in KINDS if kind in content), "service")
    shown: Json = {
        "id": message.id,
        "chat": message.chat,
        "by": "bot" if message.by_bot else message.by,
        "date": message.head["date"],
        "kind": kind,
        "text": content.get("text", content.get("caption", "")),
        "entities": content.get("entities", content.get("caption_entities", [])),
        "buttons": [[_button(button) for button in row] for row in message.inline_rows],
        "edited": message.edit_date is not None,
        "deleted": message.deleted,
        "silent": message.silent,
    }
    _add_details(shown, message, kind)
    return shown


def _add_details(shown: Json, message: StoredMessage, kind: str) -> None:
    head, markup = message.head, message.markup or {}
    if kind not in ("text", "service"):
        media: Any = message.content[kind]
        shown[kind] = media[-1] if isinstance(media, list) else media
    if kind == "service":
        shown["service"] = next((name for name in ("new_chat_members", "left_chat_member", "pinned_message")
                                 if name in message.content), "")  # fmt: skip
    if "reply_to_message" in head:
        shown["reply_to"] = head["reply_to_message"]["message_id"]
    if "forward_origin" in head:
        origin = head["forward_origin"]
        shown["forwarded_from"] = origin.get("sender_user", {}).get("first_name", origin.get("sender_user_name", ""))
    if message.reaction:
        shown["reaction"] = [item.get("emoji", "") for item in message.reaction]
    if "keyboard" in markup:
        shown["keyboard"] = [[button["text"] for button in row] for row in markup["keyboard"]]
        shown["asks_contact"] = [b["text"] for row in markup["keyboard"] for b in row if b.get("request_contact")]
    if markup.get("remove_keyboard"):
        shown["keyboard"] = []


def _button(button: Json) -> Json:
    shown = {"label": button["text"]}
    if "callback_data" in button:
        shown["data"] = button["callback_data"]
    if "url" in button:
        shown["url"] = button["url"]
    return shown
