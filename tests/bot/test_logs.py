"""The log: where something went wrong and which error, never what somebody wrote."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs

SECRET = "het tocht bij mijn balkondeur"


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Log as the bot does; gives what was printed."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    before = structlog.get_config()
    configure_logs()
    yield sys.stderr  # type: ignore[misc]
    structlog.configure(**before)


def _fails(text: str) -> None:
    raise LookupError(text)


def _lines(printed: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def test_an_error_is_logged_with_its_kind_and_place_and_without_its_words(
    printed: io.StringIO,
) -> None:
    log = structlog.get_logger()
    try:
        _fails(SECRET)
    except LookupError as error:
        log.exception("failed", update_id=1)
        log.warning("again", exc_info=error)
    lines = _lines(printed)
    assert [line["event"] for line in lines] == ["failed", "again"]
    assert {line["error"] for line in lines} == {"LookupError"}
    assert all(line["where"].endswith("_fails") and "test_logs.py:" in line["where"] for line in lines)
    assert SECRET not in str(lines)


def test_an_ordinary_line_has_a_level_and_a_time_and_small_ones_are_left_out(
    printed: io.StringIO,
) -> None:
    structlog.get_logger().info("bot_started", database="sqlite")
    structlog.get_logger().debug("detail")
    (line,) = _lines(printed)
    assert (line["level"], line["event"], line["database"]) == ("info", "bot_started", "sqlite")
    assert line["timestamp"].endswith("Z")
