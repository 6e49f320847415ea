"""The users file: who has a phone when the sandbox starts."""

from __future__ import annotations

from pathlib import Path

import yaml

from sandbox.limits import Limits
from sandbox.people import Person, person_from
from sandbox.wire import ControlError, Json
from sandbox.world import DEFAULT_TOKEN, FIRST_PERSON, Settings

DEFAULT_FILE = Path(__file__).parent / "users.yml"


def read_settings(file: Path = DEFAULT_FILE, token: str = DEFAULT_TOKEN) -> Settings:
    """Read a users file (`people`, and if wanted `limits` and `bot`); raises ControlError with what is wrong in it."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ControlError(f"cannot read {file}: {error}") from error
    data = {} if data is None else data
    if not isinstance(data, dict) or set(data) - {"people", "limits", "bot"}:
        raise ControlError(f"{file}: expected the keys people, limits and bot")
    bot = data.get("bot") or {}
    return Settings(
        token=token,
        people=_people(data.get("people") or []),
        limits=Limits().changed(data.get("limits") or {}),
        bot_name=str(bot.get("first_name", "Wijkwijzer")),
        bot_username=str(bot.get("username", "wijkwijzer_bot")),
    )


def _people(entries: list[Json]) -> tuple[Person, ...]:
    found = tuple(person_from(entry, FIRST_PERSON + place) for place, entry in enumerate(entries))
    if len({person.id for person in found}) < len(found):
        raise ControlError("two people in the users file have the same id")
    return found
