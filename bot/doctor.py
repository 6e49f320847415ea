"""Looks whether an installation is well, and says what to do where it is not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address

import httpx
from sqlalchemy import exc, func, select
from telegram.error import TelegramError

from actions import team
from actions.mail import Server
from actions.open_requests import open_requests
from bot.telegram.connect import connected
from store import encryption, rotation
from store.database import Database
from store.settings import Settings
from store.states import InboxState, OutgoingState, Role
from store.tables import Inbox, Member, Outgoing

NOBODY_IS_TOLD = (
    "0 can be reached, so what is stuck shows only in `wijkwijzer requests`; "
    "run `wijkwijzer team add NAME --role coordinator`"
)
WITHOUT_MAIL = "links and the figures on Monday go by Telegram only"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    remark: str


async def findings(settings: Settings) -> list[Finding]:
    """Telegram, Rasa, the database and what waits in it. Never names a secret."""
    reached = [await _telegram(settings), await _rasa(settings), *_database(settings), await _mail(settings)]
    return [*reached, _listening(settings)]


def _listening(settings: Settings) -> Finding:
    """Whether the page and the webhook listen on this machine only, behind whatever keeps the connection secret."""
    listens = {
        "DASHBOARD_LISTEN": settings.dashboard_listen,
        "TELEGRAM_WEBHOOK_LISTEN": settings.telegram_webhook_listen,
    }
    used = {"DASHBOARD_LISTEN": settings.dashboard_url, "TELEGRAM_WEBHOOK_LISTEN": settings.telegram_webhook_url}
    wide = [name for name, at in listens.items() if used[name] and not _is_loopback(at)]
    if not wide:
        return Finding("Listening", True, "on this machine only")
    remark = f"{' and '.join(wide)}: others reach it without https; use 127.0.0.1 behind a proxy (docs/operations.md)"
    return Finding("Listening", False, remark)


def _is_loopback(listen: str) -> bool:
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


async def _telegram(settings: Settings) -> Finding:
    try:
        async with connected(settings.telegram_bot_token, settings.telegram_api_url) as bot:
            return _named(settings, bot.username)
    except TelegramError as error:
        remark = f"{type(error).__name__}. Look at TELEGRAM_BOT_TOKEN and the connection."
        return Finding("Telegram", False, remark)


def _named(settings: Settings, username: str) -> Finding:
    """Whether posters lead to the bot that answers."""
    remark, said = f"answers as @{username}", settings.telegram_bot_name
    if said and said.lower() != username.lower():
        return Finding("Telegram", False, f"{remark}, and posters lead to @{said}: set TELEGRAM_BOT_NAME={username}")
    if settings.dashboard_url and not said:
        remark += f"; set TELEGRAM_BOT_NAME={username} to make posters on the web page"
    return Finding("Telegram", True, remark)


async def _rasa(settings: Settings) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=settings.rasa_timeout, trust_env=False) as client:
            answer = await client.get(f"{settings.rasa_url}/status")
            answer.raise_for_status()
    except httpx.HTTPError as error:
        remark = f"{type(error).__name__}. The bot works with buttons only until it is back: start it with `make run`."
        return Finding("Rasa", False, remark)
    return Finding("Rasa", True, "understands")


async def _mail(settings: Settings) -> Finding:
    """Whether the mail server lets us in; without one that is well, as Telegram and the command line give links too."""
    if not settings.smtp_url:
        return Finding("E-mail", True, f"SMTP_URL is empty, so {WITHOUT_MAIL}")
    try:
        await asyncio.to_thread(Server.of(settings).greet)
    except OSError as error:
        remark = f"{type(error).__name__}. Look at SMTP_URL; until then {WITHOUT_MAIL}."
        return Finding("E-mail", False, remark)
    return Finding("E-mail", True, f"sends as {settings.mail_from}")


def _database(settings: Settings) -> list[Finding]:
    database = Database(settings.database_url)
    try:
        database.upgrade()
        rotation.check_keys(database)
        return [Finding("Database", True, database.engine.dialect.name), *_waiting(database), *_handoff(database)]
    except exc.SQLAlchemyError as error:
        return [Finding("Database", False, f"{type(error).__name__}. Look at DATABASE_URL.")]
    except encryption.KeysMissing as error:
        return [Finding("Keys", False, str(error))]
    finally:
        database.close()


def _waiting(database: Database) -> list[Finding]:
    with database.reading() as session:
        aside = session.scalar(select(func.count()).where(Inbox.state == InboxState.SET_ASIDE)) or 0
        failed = session.scalar(select(func.count()).where(Outgoing.state == OutgoingState.FAILED)) or 0
        joined = session.scalar(select(func.count()).where(Member.active, Member.person_id.is_not(None))) or 0
    return [
        Finding(
            "Inbox",
            aside == 0,
            f"{aside} updates set aside" + ("; look for update_set_aside in the log" if aside else ""),
        ),
        Finding(
            "Outbox", failed == 0, f"{failed} messages failed" + ("; look for the row ids in the log" if failed else "")
        ),
        Finding("Team", joined > 0, f"{joined} joined" + ("" if joined else "; run `wijkwijzer team add`")),
    ]


def _handoff(database: Database) -> list[Finding]:
    """Whether somebody is told when a request is stuck, and how many are."""
    with database.reading() as session:
        coordinators = len(team.reachable(session, Role.COORDINATOR))
        found = open_requests(session)
    on_top = sum(one.on_top for one in found)
    see = "; see `wijkwijzer requests`" if on_top else ""
    told = f"{coordinators} can be reached" if coordinators else NOBODY_IS_TOLD
    return [
        Finding("Coordinators", coordinators > 0, told),
        Finding("Requests", True, f"{len(found)} open, {on_top} on top{see}"),
    ]
