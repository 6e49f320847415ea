"""The methods of the Bot API, by their names in lower case (Telegram does not look at case)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.methods import bot_profile, chats, editing, incoming, media, sending
from sandbox.params import Params
from sandbox.world import World

Method = Callable[[World, Params], Any]
SlowMethod = Callable[[World, Params], Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (sending, media, editing, chats, bot_profile, incoming)
    for name, method in module.METHODS.items()
}
SLOW_METHODS: dict[str, SlowMethod] = {name.lower(): method for name, method in incoming.SLOW_METHODS.items()}
