"""The only code that knows Telegram: receive, keyboards, send, files."""

import os

# python-telegram-bot's next major version gives times as timedelta; asked for now, it warns no more.
os.environ.setdefault("PTB_TIMEDELTA", "true")
