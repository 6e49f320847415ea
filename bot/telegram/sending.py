"""One message, handed to Telegram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram import Message as TelegramMessage
from telegram.error import BadRequest

from actions.outbox import Message
from bot.speech import Voice
from bot.telegram.keyboards import keyboard
from bot.telegram.rendered import Rendered

log = structlog.get_logger()
Render = Callable[[Message], Rendered]
RENDER_ERRORS = (AttributeError, LookupError, TypeError, ValueError)
"""What a stored message or text of an other version, or a mistake in a text, comes out as."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
VOICE_FILE = "wijkwijzer.ogg"
CALENDAR_FILE = "afspraak.ics"
DOCUMENT_FILE = "gegevens.txt"


@dataclass(frozen=True)
class Parcel:
    """A message that is ready to go: its words and buttons, or what it is a copy of or takes away.

    `voice` when it is read aloud; `picture` as PNG when it comes with one.
    """

    message: Message
    rendered: Rendered | None
    buttons: InlineKeyboardMarkup | None
    voice: Voice | None = None
    picture: bytes | None = None


@dataclass(frozen=True)
class HandedOver:
    """Telegram's number of a new message, and the id by which it has a voice note that was sent."""

    number: int | None = None
    voice_id: str = ""


def parcel(content: Any, render: Render) -> Parcel:
    """Look the words up; raises one of `RENDER_ERRORS` when that cannot be done."""
    message = Message.from_json(content)
    if message.copy_of or message.deletes:
        return Parcel(message, None, None)
    rendered = render(message)
    return Parcel(message, rendered, keyboard(rendered.rows))


async def hand_over(bot: Bot, chat_id: int, ready: Parcel, target: int | None, *, silent: bool = False) -> HandedOver:
    """Send, pass on, take away or (with `target`) edit. Raises `TelegramError`.

    A sound or file that Telegram refuses, or that the person does not want to get, makes place for the words. The
    telephone makes no sound for a `silent` one; it never does for a change.
    """
    if ready.message.deletes:
        await bot.delete_messages(chat_id, ready.message.deletes)
        return HandedOver()
    if ready.rendered is None:
        return HandedOver(await _pass_on(bot, chat_id, ready.message, silent))
    if target is not None:
        await _edit(bot, chat_id, ready.rendered, ready.buttons, target)
        return HandedOver()
    try:
        sent = await _send_sound_or_file(bot, chat_id, ready, silent)
    except BadRequest as refused:
        log.warning("file_refused", key=ready.message.key, why=refused.message.partition(". Parsing")[0][:120])
        sent = None
    if sent is not None:
        return HandedOver(sent.message_id, sent.voice.file_id if sent.voice else "")
    return HandedOver(await _send_words(bot, chat_id, ready, silent))


async def _send_sound_or_file(bot: Bot, chat_id: int, ready: Parcel, silent: bool) -> TelegramMessage | None:
    """The message that was sent, or None when there is only a text to send."""
    how: dict[str, Any] = {"reply_markup": ready.buttons, "disable_notification": silent}
    if ready.voice:
        return await bot.send_voice(chat_id, ready.voice.content, ready.voice.seconds, filename=VOICE_FILE, **how)
    if ready.rendered and ready.rendered.calendar:
        file, words = ready.rendered.calendar, ready.rendered.text
        return await bot.send_document(chat_id, file, words, filename=CALENDAR_FILE, **how)
    if ready.rendered and ready.rendered.document:
        file, words = ready.rendered.document, ready.rendered.text
        return await bot.send_document(chat_id, file, words, filename=DOCUMENT_FILE, **how)
    if ready.rendered and ready.picture:
        return await bot.send_photo(chat_id, ready.picture, ready.rendered.text, **how)
    match ready.message.file:
        case ("photo", file_id):
            return await bot.send_photo(chat_id, file_id, disable_notification=silent)
        case ("voice", file_id):
            return await bot.send_voice(chat_id, file_id, disable_notification=silent)
        case ("audio", file_id):
            return await bot.send_audio(chat_id, file_id, disable_notification=silent)
        case ("document", file_id):
            return await bot.send_document(chat_id, file_id, disable_notification=silent)
    return None


async def _send_words(bot: Bot, chat_id: int, ready: Parcel, silent: bool) -> int:
    assert ready.rendered is not None, "a copy has no words of ours"
    sent = await bot.send_message(
        chat_id,
        ready.rendered.text,
        parse_mode=ready.rendered.parse_mode,
        reply_markup=ready.buttons,
        link_preview_options=NO_PREVIEW,
        disable_notification=silent,
    )
    return sent.message_id


async def _pass_on(bot: Bot, chat_id: int, message: Message, silent: bool) -> int:
    from_chat, number = message.copy_of or (0, 0)
    copied = await bot.copy_message(chat_id, from_chat, number, disable_notification=silent)
    return copied.message_id


async def _edit(bot: Bot, chat_id: int, rendered: Rendered, buttons: InlineKeyboardMarkup | None, target: int) -> None:
    await bot.edit_message_text(
        rendered.text,
        chat_id=chat_id,
        message_id=target,
        parse_mode=rendered.parse_mode,
        reply_markup=buttons,
        link_preview_options=NO_PREVIEW,
    )
