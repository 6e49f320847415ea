"""The least that a bot on python-telegram-bot can do: acknowledge a press, and say something with two buttons."""

from __future__ import annotations

import os
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import ApplicationBuilder, CallbackContext, CallbackQueryHandler, MessageHandler, filters

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Heen", callback_data="1")]])
Context = CallbackContext[Any, Any, Any, Any]


async def echo(update: Update, context: Context) -> None:
    """Answer a message or a press."""
    if update.callback_query:
        await update.callback_query.answer()
    if update.effective_chat:
        await context.bot.send_message(update.effective_chat.id, "Dag.", reply_markup=BUTTONS)


def main() -> None:
    """Poll until SIGTERM."""
    address, token = os.environ["TELEGRAM_API_URL"], os.environ["TELEGRAM_BOT_TOKEN"]
    application = ApplicationBuilder().token(token).base_url(f"{address}/bot").build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    application.add_handler(CallbackQueryHandler(echo))
    application.run_polling()


if __name__ == "__main__":
    main()
