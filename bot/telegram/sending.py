"""One message, handed to Telegram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions

from actions.outbox import Message
from bot.telegram.keyboards import keyboard
from bot.telegram.rendered import Rendered

Render = Callable[[Message], Rendered]
RENDER_ERRORS = (AttributeError, LookupError, TypeError, ValueError)
"""What a stored message or text of an other version, or a mistake in a text, comes out as."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Parcel:
    """A message that is ready to go: its words and buttons, or what it is a copy of."""

    message: Message
    rendered: Rendered | None
    buttons: InlineKeyboardMarkup | None


def parcel(content: Any, render: Render) -> Parcel:
    """Look the words up; raises one of `RENDER_ERRORS` when that cannot be done."""
    message = Message.from_json(content)
    if message.copy_of:
        return Parcel(message, None, None)
    rendered = render(message)
    return Parcel(message, rendered, keyboard(rendered.rows))


async def hand_over(bot: Bot, chat_id: int, ready: Parcel, target: int | None) -> int | None:
    """Send, pass on or (with `target`) edit; gives Telegram's number of a new message. Raises `TelegramError`."""
    if ready.rendered is None:
        return await _pass_on(bot, chat_id, ready.message)
    if target is not None:
        await _edit(bot, chat_id, ready.rendered, ready.buttons, target)
        return None
    sent = await bot.send_message(
        chat_id,
        ready.rendered.text,
        parse_mode=ready.rendered.parse_mode,
        reply_markup=ready.buttons,
        link_preview_options=NO_PREVIEW,
    )
    return sent.message_id


async def _pass_on(bot: Bot, chat_id: int, message: Message) -> int:
    from_chat, number = message.copy_of or (0, 0)
    copied = await bot.copy_message(chat_id, from_chat, number)
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
