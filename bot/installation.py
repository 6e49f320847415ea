"""What commands need of the installation that they are run in."""

from __future__ import annotations

from store import encryption, rotation
from store.database import Database
from store.settings import Settings, load_settings


def read_settings() -> Settings:
    """The settings, with the keys in use; raises `SettingsError`."""
    settings = load_settings()
    encryption.configure(settings.encryption_keys)
    return settings


def open_database(settings: Settings) -> Database:
    """The database, upgraded; raises `KeysMissing` when the keys do not fit what is stored."""
    database = Database(settings.database_url)
    database.upgrade()
    rotation.check_keys(database)
    return database


async def bot_name(settings: Settings) -> str:
    """What Telegram says that the bot is called, without @; raises `telegram.error.TelegramError`."""
    from bot.telegram.connect import connected

    async with connected(settings.telegram_bot_token, settings.telegram_api_url) as bot:
        return bot.username
