"""From a Telegram update to our own words, and into the inbox."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType, InlineKeyboardButtonLimit, MessageLimit, UpdateType

from bot.incoming import FILES, Incoming, Kind
from bot.telegram.uploads import is_refused
from store.states import InboxState
from store.tables import Inbox

Mask = Callable[[str], tuple[str, bool]]
"""Takes BSN, IBAN and card numbers out of a text; says whether there were any (bot.understanding.masking)."""

WANTED = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
    UpdateType.CHANNEL_POST,
)
"""The updates we ask for. Without channel posts the bot could not leave a channel that it was added to."""

MOST = 2**52
"""Numbers of Telegram lie below it (Bot API, `Chat.id`)."""
NAME_LENGTH = 64
LANGUAGE_LENGTH = 8
GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
# The first that is present decides; an animation comes with a document too.
KINDS = (
    ("text", Kind.TEXT),
    ("voice", Kind.VOICE),
    ("video_note", Kind.VOICE),
    ("audio", Kind.VOICE),
    ("photo", Kind.PHOTO),
    ("sticker", Kind.STICKER),
    ("animation", Kind.OTHER),
    ("document", Kind.DOCUMENT),
)

KEPT = frozenset({Kind.VOICE, Kind.PHOTO, Kind.DOCUMENT})


class Unreadable(ValueError):
    """An update that is not what the Bot API promises."""


def read(raw: Any, bot: Bot, mask: Mask) -> Incoming | None:
    """Telegram's JSON in our own words; none when there is no chat to answer in. Raises `Unreadable`.

    Values of another kind than the Bot API's break the library, or us, at any depth.
    """
    update = parse(raw, bot)
    if update is None:
        raise Unreadable
    try:
        found = incoming(update, mask)
    except (AttributeError, TypeError, ValueError) as wrong:
        raise Unreadable from wrong
    if found is not None and not _is_sound(found):
        raise Unreadable
    return found


def parse(raw: Any, bot: Bot) -> Update | None:
    """Telegram's JSON as an update; none when it lacks what the Bot API promises."""
    try:
        return Update.de_json(raw, bot)
    except (AttributeError, KeyError, TypeError, ValueError, OSError, OverflowError, RecursionError):
        return None


def unreadable(raw: Any) -> Incoming | None:
    """What is left of a private message that `parse` cannot read, so that it too gets an answer.

    The library insists on every field of its own version of the Bot API, in polls and gifts for example.
    """
    match raw:
        case {
            "update_id": int(update_id),
            "message": {"message_id": int(message_id), "chat": {"id": int(chat_id), "type": ChatType.PRIVATE}},
        }:
            found = Incoming(update_id, chat_id, Kind.OTHER, message_id=message_id)
            return found if _is_sound(found) else None
    return None


def _is_sound(one: Incoming) -> bool:
    """Whether it can be stored and looked up: numbers that Telegram gives out, and words that are UTF-8."""
    numbers = (one.message_id or 0, one.reply_to or 0, one.update_id, one.chat_id)
    words = (one.text, one.data, one.callback_id, one.first_name, one.language, one.file_id)
    return all(type(each) is int and abs(each) < MOST for each in numbers) and all(map(_is_utf8, words))


def _is_utf8(text: object) -> bool:
    return isinstance(text, str) and text == text.encode(errors="ignore").decode()


def incoming(update: Update, mask: Mask) -> Incoming | None:
    """An update in our own words; none only when there is no chat to answer in."""
    chat = update.effective_chat
    if chat is None:
        return None
    bare = Incoming(update.update_id, chat.id, Kind.OTHER)
    if chat.type != ChatType.PRIVATE:
        return _in_group(bare, update)
    return _in_private(_named(bare, update.effective_user), update, mask)


def _in_private(bare: Incoming, update: Update, mask: Mask) -> Incoming:
    if update.callback_query:
        return _pressed(bare, update.callback_query)
    if update.my_chat_member:
        return replace(bare, kind=Kind.BLOCKED if _put_out(update.my_chat_member) else Kind.UNBLOCKED)
    if update.edited_message:
        return _said(bare, Kind.EDITED, update.edited_message, mask)
    if update.message:
        return _said(bare, _kind(update.message), update.message, mask)
    return bare


def _in_group(bare: Incoming, update: Update) -> Incoming:
    """Nothing that is said in a group is kept; when we are out there is nobody left to explain ourselves to."""
    query, message = update.callback_query, update.message
    out = update.my_chat_member and _put_out(update.my_chat_member)
    left = message and message.left_chat_member and message.left_chat_member.is_bot
    kind = Kind.BLOCKED if out or left else Kind.GROUP
    return replace(bare, kind=kind, callback_id=query.id if query else "")


def _put_out(change: ChatMemberUpdated) -> bool:
    return change.new_chat_member.status in GONE


def _pressed(bare: Incoming, query: CallbackQuery) -> Incoming:
    return replace(
        bare,
        kind=Kind.PRESS,
        data=_cut_bytes(query.data or "", InlineKeyboardButtonLimit.MAX_CALLBACK_DATA),
        callback_id=query.id,
        message_id=query.message.message_id if query.message else None,
    )


def _said(bare: Incoming, kind: Kind, message: Message, mask: Mask) -> Incoming:
    text, masked = mask(clean(message.text or message.caption or "")[: MessageLimit.MAX_TEXT_LENGTH])
    answered = message.reply_to_message
    refused = kind in FILES and is_refused(message)
    file_kind, file_id = _file(message) if kind in KEPT and not refused else ("", "")
    return replace(
        bare,
        kind=kind,
        text=text,
        masked=masked,
        message_id=message.message_id,
        reply_to=answered.message_id if answered else None,
        file_kind=file_kind,
        file_id=file_id,
        refused=refused,
    )


def _kind(message: Message) -> Kind:
    return next((kind for name, kind in KINDS if getattr(message, name)), Kind.OTHER)


def _file(message: Message) -> tuple[str, str]:
    """The kind and the id of a file that can be sent on by its id; of a photo the largest size."""
    if message.photo:
        return "photo", max(message.photo, key=lambda size: size.width * size.height).file_id
    files = {"voice": message.voice, "audio": message.audio, "document": message.document}
    return next(((kind, file.file_id) for kind, file in files.items() if file), ("", ""))


def _named(bare: Incoming, user: User | None) -> Incoming:
    if user is None:
        return bare
    language = clean(user.language_code or "")[:LANGUAGE_LENGTH]
    return replace(bare, first_name=clean(user.first_name)[:NAME_LENGTH], language=language)


def clean(text: str) -> str:
    """Without control characters (a new line stays, a tab becomes a space) and halves of characters.

    Half a surrogate pair, which JSON can carry, cannot be written as UTF-8 and would make the update unstorable.
    """
    kept = (one for one in text.replace("\t", " ") if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs"))
    return "".join(kept)


def _cut_bytes(text: str, limit: int) -> str:
    return text.encode(errors="ignore")[:limit].decode(errors="ignore")


def store_updates(session: Session, now: datetime, incomings: Sequence[Incoming]) -> list[int]:
    """Put updates into the inbox, each once; gives the ids of those that are new."""
    if not incomings:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [_row(now, one) for one in incomings]
    added = insert(Inbox).values(rows).on_conflict_do_nothing(index_elements=["update_id"]).returning(Inbox.update_id)
    return sorted(session.scalars(added))


def _row(now: datetime, one: Incoming) -> dict[str, Any]:
    return {
        "update_id": one.update_id,
        "chat_id": one.chat_id,
        "received_at": now,
        "content": one.as_json(),
        "state": InboxState.RECEIVED,
        "attempts": 0,
    }
