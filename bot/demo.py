"""The demo: sandbox, Rasa, bot and web page on this machine, with an example team that joins by itself."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import httpx
import structlog
from sqlalchemy.orm import Session

from actions import appointment_hours, availability, sign_in, team
from actions.opening_hours import opens_next
from actions.working_time import OFFICE
from bot import demo_data
from bot.processes import DASHBOARD, python_module, run_together
from store import encryption
from store.clock import Clock
from store.database import Database
from store.settings import Settings
from store.states import Role

TOKEN = "110201543:SANDBOX-not-a-secret"
BOT_NAME = "wijkwijzer_bot"
"""As the sandbox calls it."""
START_SECONDS = 60
TEAM = {
    "Fatma Voorbeeld": (Role.WIJKVERBINDER, "smitsveen", "di, do 10-12, wo 13-16"),
    "Joop Voorbeeld": (Role.WIJKVERBINDER, "smitsveen", "ma, vr 13-16"),
    "Petra Voorbeeld": (Role.PROFESSIONAL, None, "ma-vr 9-12"),
    "Coby Voorbeeld": (Role.COORDINATOR, None, ""),
    "Kees Voorbeeld": (Role.ENERGY_COACH, None, "wo 10-16"),
}
"""Everybody's role, wijk and hours for appointments."""
EMAIL = "coby@example.org"
"""Of the coordinator; what is sent to it is printed."""


def run_demo(port: int, folder: Path, *, year: bool = False) -> NoReturn:
    """Start everything and print the address to open; ends with Ctrl-C.

    Each start begins with an empty wijk, or with a `year` behind it.
    """
    _clear(folder)
    settings = demo_settings(port, folder)
    if year:
        play_year(settings)
    commands = {
        "sandbox": python_module("sandbox", "--port", str(port), "--clock-file", str(settings.clock_file)),
        "bot": python_module("bot", "bot"),
        "dashboard": python_module(DASHBOARD),
        "demo": python_module("bot.demo", str(port), str(folder)),
    }
    run_together(settings, commands, _environment(settings))


def demo_settings(port: int, folder: Path) -> Settings:
    """Settings that know nothing of `.env`: a database, a key and a clock of the demo's own, in its folder."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        telegram_bot_token=TOKEN,
        telegram_bot_name=BOT_NAME,
        telegram_api_url=f"http://127.0.0.1:{port}",
        telegram_webhook_url="",
        database_url=f"sqlite:///{folder / 'demo.db'}",
        rasa_url=f"http://127.0.0.1:{port + 1000}",
        encryption_keys=(folder / "key").read_text(encoding="utf-8"),
        clock_file=folder / "clock",
        dashboard_url=f"http://127.0.0.1:{port + 2000}",
        dashboard_listen=f"127.0.0.1:{port + 2000}",
    )


def play_year(settings: Settings, residents: int = 400) -> None:
    """Put a year of demo data in the demo's database, with this team in it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    encryption.configure(settings.encryption_keys)
    database = Database(settings.database_url)
    database.upgrade()
    print("A year of talks is played first; that takes some minutes at most.", flush=True)
    demo_data.make(settings, database, Clock(settings.clock_file).now(), residents=residents, tell=_say)
    database.close()


def _say(line: str) -> None:
    print(f"    {line}", flush=True)


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("demo.db*"):
        file.unlink()
    (folder / "clock").write_text(_at_work(datetime.now(UTC)).isoformat(), encoding="utf-8")
    (folder / "key").write_text(encryption.new_key(), encoding="utf-8")


def _at_work(now: datetime) -> datetime:
    """Now, or the next morning at which the team works: at night and on Sundays they would get no cards to show."""
    return opens_next(OFFICE, now) or now


def _environment(settings: Settings) -> Mapping[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": settings.telegram_bot_token,
        "TELEGRAM_BOT_NAME": settings.telegram_bot_name,
        "TELEGRAM_API_URL": settings.telegram_api_url,
        "TELEGRAM_WEBHOOK_URL": "",
        "DATABASE_URL": settings.database_url,
        "RASA_URL": settings.rasa_url,
        "ENCRYPTION_KEYS": settings.encryption_keys,
        "CLOCK_FILE": str(settings.clock_file),
        "DASHBOARD_URL": settings.dashboard_url,
        "DASHBOARD_LISTEN": settings.dashboard_listen,
    }


async def bring_team(settings: Settings) -> None:
    """Invite the example team and let their phones open the links; returns when the bot has welcomed them."""
    patience = START_SECONDS + 5
    async with httpx.AsyncClient(base_url=settings.telegram_api_url, trust_env=False, timeout=patience) as sandbox:
        people = {f"{p['first_name']} {p.get('last_name', '')}".strip(): p for p in await _people(sandbox)}
        database = Database(settings.database_url)
        database.upgrade()
        for name, (role, wijk, hours) in TEAM.items():
            with database.transaction() as session:
                now, first_name = Clock(settings.clock_file).now(), name.split()[0]
                invited = _link(session, now, first_name, role, wijk)
                if role is Role.COORDINATOR:
                    sign_in.set_email(session, invited.member, EMAIL)
                if hours:
                    appointment_hours.set_hours(availability.of(session, invited.member), hours)
            answer = await sandbox.post(
                f"/sandbox/people/{people[name]['id']}/start", json={"payload": invited.payload}
            )
            answer.raise_for_status()
            await sandbox.get(f"/sandbox/chats/{people[name]['id']}/wait?by=bot&timeout={START_SECONDS}")
        database.close()


def _link(session: Session, now: datetime, name: str, role: Role, wijk: str | None) -> team.Invitation:
    """A start link for somebody new, or for who has a played year behind them."""
    known = next((one for one in team.everybody(session) if one.name == name), None)
    return team.renew_link(session, now, known) if known else team.invite(session, now, name, role, wijk)


async def _people(sandbox: httpx.AsyncClient) -> list[dict[str, str]]:
    """The people on the page, as soon as the sandbox is there."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            answer = await sandbox.get("/sandbox/people")
            found: list[dict[str, str]] = answer.json()
            return found
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)


async def _wait_for_rasa(settings: Settings) -> bool:
    until = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while time.monotonic() < until:
            try:
                answer = await client.post(f"{settings.rasa_url}/model/parse", json={"text": "hallo"})
                answer.raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.5)
            else:
                return True
    return False


async def _open(port: int, folder: Path) -> None:
    settings = demo_settings(port, folder)
    encryption.configure(settings.encryption_keys)
    await bring_team(settings)
    print("The team has joined. Rasa is starting; buttons work already.", flush=True)
    understands = await _wait_for_rasa(settings)
    print("Rasa understands sentences now." if understands else "Rasa did not start; only buttons work.", flush=True)
    print(f"\n    Open http://127.0.0.1:{port}\n\n    Ctrl-C ends the demo.\n", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_open(int(sys.argv[1]), Path(sys.argv[2])))
