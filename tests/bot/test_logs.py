"""The log: where something went wrong and which error, never what somebody wrote."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs
from bot.understanding.masking import MASK
from store.states import Why

SECRET = "het tocht bij mijn balkondeur"
OF_A_PERSON = ("111222333", "NL91ABNA0417164300", "06 12345678", "fatma@example.nl", "smitsweg 12", "@fatma_1988")


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Log as the bot does; gives what was printed."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(logging.root, "handlers", [])
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


@pytest.mark.parametrize("planted", OF_A_PERSON)
def test_what_points_to_a_person_is_masked_wherever_it_stands(printed: io.StringIO, planted: str) -> None:
    with structlog.contextvars.bound_contextvars(beside=planted):
        structlog.get_logger().warning(
            f"failed {planted}", why=LookupError(planted), many=[{planted: planted}, (planted,), {planted}]
        )
    assert planted not in printed.getvalue()
    assert _lines(printed)[0]["why"] == MASK


def test_numbers_and_kinds_are_logged_as_they_are(printed: io.StringIO) -> None:
    structlog.get_logger().warning("failed", update_id=111222333, chat=None, late=True, wait=1.5, why=Why.DOUBT)
    (line,) = _lines(printed)
    facts: list[object] = [line[name] for name in ("update_id", "chat", "late", "wait", "why")]
    assert facts == [111222333, None, True, 1.5, Why.DOUBT.value]


@pytest.mark.parametrize("planted", OF_A_PERSON)
def test_what_libraries_log_is_masked_and_their_errors_have_no_words(printed: io.StringIO, planted: str) -> None:
    try:
        _fails(f"{SECRET} {planted}")
    except LookupError:
        logging.getLogger("a.library").exception("could not send %s", planted)
    logged = printed.getvalue()
    assert logged.startswith(f"ERROR a.library could not send {MASK}\nLookupError test_logs.py:")
    assert SECRET not in logged and planted not in logged


def test_a_library_that_asks_for_an_error_that_is_not_there_is_logged(printed: io.StringIO) -> None:
    logging.getLogger("a.library").warning("again", exc_info=True)
    assert printed.getvalue() == "WARNING a.library again\n"


@pytest.mark.parametrize("digest", ["111222333" + "a" * 55, "0612345678" + "b" * 54])
def test_a_digest_is_logged_whole_though_figures_in_it_look_like_a_number_of_somebody(
    printed: io.StringIO, digest: str
) -> None:
    structlog.get_logger().info("audit_head", head=digest, other=f"{digest} and more")
    line = printed.getvalue()
    assert f'"head": "{digest}"' in line and f"{digest} and" not in line
