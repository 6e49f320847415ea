"""The bot as it is, but without Telegram's limit per chat; `COUNT_FILE` gets a line per statement and commit."""

from __future__ import annotations

import asyncio
import os
from typing import Any, TextIO

from sqlalchemy import Engine, event

from bot.logs import configure_logs
from bot.service import Service
from bot.telegram import pacing
from store import encryption
from store.settings import load_settings

NO_LIMIT = 1_000_000


def main() -> None:
    """Run until SIGTERM."""
    if not os.environ.get("PACED"):
        pacing.BURST = NO_LIMIT
    if file := os.environ.get("COUNT_FILE"):
        _count(open(file, "w", buffering=1, encoding="utf-8"))  # noqa: PTH123, SIM115 - open as long as we live
    configure_logs()
    settings = load_settings()
    encryption.configure(settings.encryption_keys)
    asyncio.run(Service(settings).run())


def _count(file: TextIO) -> None:
    def statement(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith("BEGIN"):
            file.write(" ".join(text.split()) + "\n")

    def commit(_connection: Any) -> None:
        file.write("COMMIT\n")

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)


if __name__ == "__main__":
    main()
