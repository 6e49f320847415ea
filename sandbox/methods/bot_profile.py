"""Methods about the bot itself: its name, what it says about itself, its commands."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.params import Params
from sandbox.people import Person
from sandbox.wire import Json, bad_request
from sandbox.world import World

COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
DEFAULT_SCOPE = "default"


def get_me(world: World, _params: Params) -> Json:
    """getMe."""
    return {**world.bot.user, "can_join_groups": True, "can_read_all_group_messages": False,
            "supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False}  # fmt: skip


def agree(_world: World, _params: Params) -> bool:
    """logOut, close and setChatMenuButton: nothing to do here."""
    return True


def _key(params: Params) -> tuple[str, str]:
    scope = params.mapping("scope") or {"type": DEFAULT_SCOPE}
    name = f"chat:{scope.get('chat_id')}" if scope.get("type") == "chat" else str(scope.get("type"))
    return name, params.text("language_code")


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = params.data("commands")
    if not isinstance(commands, list) or len(commands) > 100 or not all(isinstance(c, dict) for c in commands):
        raise bad_request("can't parse list of bot commands")
    world.bot.commands[_key(params)] = [_checked(command) for command in commands]
    world.journal.write("commands")
    return True


def _checked(command: Json) -> Json:
    name = COMMAND.fullmatch(str(command.get("command", "")))
    if name is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command.get("description", ""))) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name[1], "description": command["description"]}


def get_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands."""
    return world.bot.commands.get(_key(params), [])


def delete_commands(world: World, params: Params) -> bool:
    """deleteMyCommands."""
    world.bot.commands.pop(_key(params), None)
    world.journal.write("commands")
    return True


def commands_for(world: World, person: Person) -> list[Json]:
    """Return the commands that someone's menu shows: the narrowest scope first, then their language."""
    for scope in (f"chat:{person.id}", "all_private_chats", DEFAULT_SCOPE):
        for language in (person.language_code, ""):
            if (scope, language) in world.bot.commands:
                return world.bot.commands[scope, language]
    return []


def _setter(store: str, field: str, most: int) -> Callable[[World, Params], bool]:
    def change(world: World, params: Params) -> bool:
        if len(params.text(field)) > most:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        getattr(world.bot, store)[params.text("language_code")] = params.text(field)
        world.journal.write("profile")
        return True

    return change


def _getter(store: str, field: str) -> Callable[[World, Params], Json]:
    def read(world: World, params: Params) -> Json:
        default = world.bot.first_name if field == "name" else ""
        texts: dict[str, str] = getattr(world.bot, store)
        return {field: texts.get(params.text("language_code")) or texts.get("") or default}

    return read


METHODS = {
    "getMe": get_me,
    "logOut": agree,
    "close": agree,
    "setChatMenuButton": agree,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("names", "name", 64),
    "getMyName": _getter("names", "name"),
    "setMyDescription": _setter("descriptions", "description", 512),
    "getMyDescription": _getter("descriptions", "description"),
    "setMyShortDescription": _setter("short_descriptions", "short_description", 120),
    "getMyShortDescription": _getter("short_descriptions", "short_description"),
}
