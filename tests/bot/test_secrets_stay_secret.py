"""Every secret of an installation is planted, errors are provoked wherever one can act, and no output holds one."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr

import httpx
import pytest
import structlog

from bot import cli
from bot.logs import configure_logs
from dashboard import __main__ as dashboard
from store import encryption
from store.settings import Settings
from tests.bot.telegram_and_rasa import running

TOKEN = "4242:PLANTED-token-of-the-bot"
KEY = encryption.new_key()
PLANTED = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "ENCRYPTION_KEYS": KEY,
    "TELEGRAM_WEBHOOK_SECRET": "PLANTED-secret-of-the-webhook",
    "DATABASE_URL": "postgresql://wijk:PLANTED-password@127.0.0.1:1/wijk",
    "SMTP_URL": "smtp://wijk:PLANTED-mail@127.0.0.1:1",
    "MAIL_FROM": "wijk@example.org",
    "TELEGRAM_API_URL": "http://127.0.0.1:1",
    "RASA_URL": "http://127.0.0.1:1",
    "DASHBOARD_LISTEN": "127.0.0.1:0",
}
SECRETS = ("PLANTED", KEY)
WRONG_SETTINGS = {
    "a database that is none": {"DATABASE_URL": "PLANTED nonsense"},
    "another kind of database": {"DATABASE_URL": "mysql://wijk:PLANTED@db/wijk"},
    "a password with an @": {"DATABASE_URL": "postgresql://wijk:p@PLANTED@127.0.0.1/wijk"},
    "a password for a port": {"DATABASE_URL": "postgresql://wijk@127.0.0.1:PLANTED/wijk"},
    "mail that is none": {"SMTP_URL": "smtp://wijk:PLANTED word@@mail"},
    "mail from nobody": {"MAIL_FROM": "PLANTED"},
    "a short secret": {"TELEGRAM_WEBHOOK_URL": "https://a.example/", "TELEGRAM_WEBHOOK_SECRET": "PLANTED"},
    "a key that is none": {"ENCRYPTION_KEYS": "PLANTED"},
    "one key of two that is none": {"ENCRYPTION_KEYS": f"{KEY},PLANTED"},
    "an address of Rasa with a password": {"RASA_URL": "http://rasa:PLANTED@10.0.0.1:5005"},
    "a number that is none": {"TELEGRAM_MESSAGES_PER_SECOND": "PLANTED"},
}
COMMANDS = (("doctor",), ("bot",), ("requests",), ("keys", "rotate"), ("db", "upgrade"), ("team", "list"))


class Output:
    """All that an installation prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capfd = monkeypatch, capfd

    def of(self, *command: str) -> str:
        self.monkeypatch.setattr(sys, "argv", ["wijkwijzer", *command])
        with pytest.raises(SystemExit) as ended:
            dashboard.main() if command == ("dashboard",) else cli.main()
        assert ended.value.code == 1
        printed = self.capfd.readouterr()
        return printed.out + printed.err


@pytest.fixture
def output(tmp_path: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Output]:
    before, handlers = encryption._keys, logging.root.handlers[:]
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(str(tmp_path))
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    yield Output(monkeypatch, capfd)
    encryption._keys, logging.root.handlers[:] = before, handlers


def _holds_none(printed: str) -> None:
    assert printed.strip(), "something was said"
    assert not any(secret in printed for secret in SECRETS), printed
    assert "Traceback" not in printed, printed


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_with_nothing_there_no_command_names_a_secret(output: Output, command: tuple[str, ...]) -> None:
    _holds_none(output.of(*command))


@pytest.mark.parametrize("wrong", WRONG_SETTINGS)
@pytest.mark.parametrize("command", ["doctor", "bot", "dashboard"])
def test_wrong_settings_are_told_without_their_values(output: Output, wrong: str, command: str) -> None:
    for name, value in WRONG_SETTINGS[wrong].items():
        output.monkeypatch.setenv(name, value)
    _holds_none(output.of(command))


@pytest.mark.parametrize("command", ["bot", "doctor"])
def test_a_token_that_telegram_refuses_is_not_named(output: Output, command: str, tmp_path: object) -> None:
    """The library's own error says which token it was."""
    output.monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/house.db")
    with running() as address:
        output.monkeypatch.setenv("TELEGRAM_API_URL", address)
        printed = output.of(command)
    _holds_none(printed)
    assert "TELEGRAM_BOT_TOKEN" in printed


def test_a_traceback_with_secrets_in_it_is_logged_without_them() -> None:
    """Of ours and of libraries: an address with the token, a database with its password."""
    written, before = io.StringIO(), structlog.get_config()
    handlers = logging.root.handlers[:]
    logging.root.handlers.clear()
    try:
        with redirect_stderr(written):
            configure_logs()
            try:
                raise httpx.ConnectError(f"{PLANTED['DATABASE_URL']} https://api.telegram.org/bot{TOKEN}/getMe {KEY}")
            except httpx.HTTPError:
                structlog.get_logger().exception("provoked")
                logging.getLogger("library").exception("provoked")
    finally:
        structlog.configure(**before)
        logging.root.handlers[:] = handlers
    said = written.getvalue()
    assert said.count("provoked") == 2 and "ConnectError" in said
    assert not any(secret in said for secret in SECRETS), said


def test_the_settings_in_an_error_or_a_log_hide_what_is_secret() -> None:
    """Whoever prints the settings by mistake prints no secret."""
    given = {name.lower(): value for name, value in PLANTED.items()}
    printed = repr(Settings(_env_file=None, **given))  # type: ignore[arg-type, call-arg]
    assert not any(secret in printed for secret in SECRETS), printed
