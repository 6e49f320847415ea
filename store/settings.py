"""Settings, read from the environment (and `.env`) and checked once at start."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

TELEGRAM = "https://api.telegram.org"
BOT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
SMTP_ADDRESS = re.compile(r"smtps?://([^@/\s]+@)?[^@:/\s]+(:\d{1,5})?/?", re.ASCII)
ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting is missing or wrong; the message says which and what to do."""


class Settings(BaseSettings):
    """Everything that differs between one installation and another. Names are the environment's, in lower case."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    telegram_bot_token: str = Field(default="", repr=False)
    telegram_bot_name: str = Field(default="", description="without @; empty: the web page makes no posters")
    telegram_api_url: str = TELEGRAM
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = Field(default="", repr=False)
    telegram_webhook_listen: str = "127.0.0.1:8443"
    telegram_messages_per_second: int = Field(
        default=30, ge=1, le=1000, description="Telegram's own limit is 30; with its paid broadcasts up to 1000"
    )
    database_url: str = Field(default=f"sqlite:///{ROOT / 'var' / 'wijkwijzer.db'}", repr=False)
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_timeout: float = Field(default=2.0, gt=0, le=10, description="seconds")
    rasa_start_seconds: float = Field(default=30.0, ge=0, le=300, description="how long sentences wait at start")
    encryption_keys: str = Field(default="", repr=False)
    organisation: str = "soest"
    clock_file: Path | None = None
    flows: Path = ROOT / "flows"
    directory: Path = ROOT / "directory"
    dashboard_url: str = Field(default="", description="where others reach the web page; empty: there is none")
    dashboard_listen: str = "127.0.0.1:8090"
    smtp_url: str = Field(
        default="", repr=False, description="smtp://user:password@host:587 or smtps://; empty: no e-mail"
    )
    mail_from: str = Field(default="", description="who e-mail comes from")
    recordings: Path = Field(default=ROOT / "recordings", description="spoken texts: <language>/<key>.ogg")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not _is_database(self.database_url):
            raise ValueError(
                "DATABASE_URL must be like postgresql://user:password@host/name or sqlite:////folder/file.db; "
                "write signs such as @ and / of a password as %40 and %2F"
            )
        if self.clock_file and self.telegram_api_url == TELEGRAM:
            raise ValueError("CLOCK_FILE is for the demo and tests only; unset it to use Telegram's own servers")
        if self.telegram_bot_name and not BOT_NAME.fullmatch(self.telegram_bot_name):
            raise ValueError("TELEGRAM_BOT_NAME is 4 to 32 letters, figures and _, without @, such as wijkwijzer_bot")
        if self.telegram_webhook_url and len(self.telegram_webhook_secret) < 16:
            raise ValueError("TELEGRAM_WEBHOOK_SECRET needs at least 16 characters when TELEGRAM_WEBHOOK_URL is set")
        if urlsplit(self.rasa_url).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("RASA_URL must be on this machine (127.0.0.1): residents' words go there unencrypted")
        if self.dashboard_url and not self.dashboard_url.startswith(("https://", "http://")):
            raise ValueError("DASHBOARD_URL must begin with https://")
        if self.smtp_url and not SMTP_ADDRESS.fullmatch(self.smtp_url):
            raise ValueError("SMTP_URL must be like smtp://user:password@host:587, or begin with smtps://")
        if self.smtp_url and "@" not in self.mail_from:
            raise ValueError("MAIL_FROM must be an e-mail address when SMTP_URL is set")
        return self

    @property
    def dashboard_address(self) -> str:
        """Where people reach the web page; on this machine only, as long as DASHBOARD_URL does not say more."""
        return self.dashboard_url.rstrip("/") or f"http://{self.dashboard_listen}"

    @cached_property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load_settings() -> Settings:
    """The settings of this process; raises `SettingsError` with one readable line per mistake."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise SettingsError("\n".join(_line(error["loc"], error["msg"]) for error in wrong.errors())) from wrong


def _is_database(url: str) -> bool:
    """Whether it can be taken apart, so that no part of a password is taken for a host and named in an error."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return parts.get_backend_name() in ("sqlite", "postgresql") and "@" not in (parts.host or "")


def _line(where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where).upper()
    message = message.removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
