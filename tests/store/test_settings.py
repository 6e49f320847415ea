"""Settings: what may be left out, and that every mistake is one readable line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from store.settings import TELEGRAM, Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine, and a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in (field.upper() for field in Settings.model_fields):
        monkeypatch.delenv(name, raising=False)


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.on_sqlite
    assert settings.telegram_api_url == TELEGRAM
    assert settings.rasa_url == "http://127.0.0.1:5005"


def test_the_file_is_read_and_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "ORGANISATION=zeist\nRASA_TIMEOUT=3\nUNKNOWN=1\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    monkeypatch.setenv("RASA_TIMEOUT", "4")
    settings = load_settings()
    assert (settings.organisation, settings.rasa_timeout) == ("zeist", 4.0)


def test_postgresql_is_not_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    assert not load_settings().on_sqlite


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"RASA_TIMEOUT": "soon"}, r"^RASA_TIMEOUT: Input should be a valid number"),
        ({"RASA_TIMEOUT": "0"}, r"^RASA_TIMEOUT: .*greater than 0"),
        ({"RASA_TIMEOUT": "11"}, r"^RASA_TIMEOUT: .*less than or equal to 10"),
        ({"TELEGRAM_MESSAGES_PER_SECOND": "0"}, r"^TELEGRAM_MESSAGES_PER_SECOND: .*greater than or equal to 1"),
        ({"TELEGRAM_MESSAGES_PER_SECOND": "1001"}, r"^TELEGRAM_MESSAGES_PER_SECOND: .*less than or equal to 1000"),
        ({"CLOCK_FILE": "clock"}, r"^CLOCK_FILE is for the demo and tests only"),
        ({"TELEGRAM_WEBHOOK_URL": "https://a.nl"}, r"^TELEGRAM_WEBHOOK_SECRET needs at least 16 characters"),
        (
            {"TELEGRAM_WEBHOOK_URL": "https://a.nl", "TELEGRAM_WEBHOOK_SECRET": "x" * 15},
            r"^TELEGRAM_WEBHOOK_SECRET needs at least 16 characters",
        ),
        ({"DASHBOARD_URL": "wijk.example.org"}, r"^DASHBOARD_URL must begin with https://"),
        ({"RASA_URL": "http://example.org:5005"}, r"^RASA_URL must be on this machine"),
        ({"TELEGRAM_BOT_NAME": "@wijkwijzer_bot"}, r"^TELEGRAM_BOT_NAME is 4 to 32 letters, figures and _, without @"),
        ({"TELEGRAM_BOT_NAME": "bot"}, r"^TELEGRAM_BOT_NAME is 4 to 32 letters"),
        ({"SMTP_URL": "mail.example.org"}, r"^SMTP_URL must be like smtp://"),
        ({"SMTP_URL": "smtp://mail.example.org:port"}, r"^SMTP_URL must be like smtp://"),
        ({"SMTP_URL": "smtp://:587"}, r"^SMTP_URL must be like smtp://"),
        ({"SMTP_URL": "smtps://a:b@mail.example.org"}, r"^MAIL_FROM must be an e-mail address when SMTP_URL is set"),
        ({"RASA_URL": "nonsense"}, r"^RASA_URL must be on this machine"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], line: str
) -> None:
    for name, value in given.items():
        monkeypatch.setitem(os.environ, name, value)
    with pytest.raises(SettingsError, match=line) as refused:
        load_settings()
    assert "\n" not in str(refused.value)


def test_two_mistakes_are_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TIMEOUT", "0")
    monkeypatch.setenv("TELEGRAM_MESSAGES_PER_SECOND", "x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert len(str(refused.value).split("\n")) == 2


def test_what_agrees_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "CLOCK_FILE": "clock",
        "TELEGRAM_API_URL": "http://127.0.0.1:8081",
        "TELEGRAM_WEBHOOK_URL": "https://a.nl",
        "TELEGRAM_WEBHOOK_SECRET": "x" * 16,
        "RASA_URL": "http://localhost:5005",
        "DASHBOARD_URL": "https://wijk.example.org",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert load_settings().clock_file == Path("clock")
