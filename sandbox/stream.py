"""/sandbox/events: everything that happens over one WebSocket, and actions over the same line.

Ask with `?after=SEQ` for what was missed, `?chats=1,2` or `?by=bot` for less. To act, send
`{"call": 7, "do": "say", "person": 5000001, "text": "hallo"}`; the answer is `{"call": 7, "result": {...}}` or
`{"call": 7, "error": "..."}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox import control
from sandbox.journal import Listener, encode
from sandbox.wire import ControlError, Json
from sandbox.world import World

ABOUT_MESSAGES = ("message", "edited", "deleted")
OTHER_CALLS: dict[str, Callable[[World, Json], object]] = {
    "create_person": control.create_person,
    "reset": control.reset,
}


async def events(socket: WebSocket) -> None:
    """Serve one listener until it goes away."""
    world: World = socket.app.state.world
    await socket.accept()
    listener = Listener(_wanted(socket))
    _catch_up(world, listener, socket.query_params.get("after"))
    world.journal.listeners.add(listener)
    sender = asyncio.create_task(_send(socket, listener))
    try:
        while not sender.done():
            listener.offer(encode(_answer(world, await socket.receive_text())))
    except WebSocketDisconnect:
        pass  # going away is how a listener says that it has heard enough
    finally:
        world.journal.listeners.discard(listener)
        sender.cancel()


def _wanted(socket: WebSocket) -> Callable[[Json], bool]:
    chats = {int(chat) for chat in socket.query_params.get("chats", "").split(",") if chat.lstrip("-").isdigit()}
    only_bot = socket.query_params.get("by") == "bot"

    def wants(event: Json) -> bool:
        if chats and event["chat"] is not None and event["chat"] not in chats:
            return False
        if not only_bot:
            return True
        if event["event"] in ABOUT_MESSAGES:
            return bool(event["message"]["by"] == "bot")
        return str(event["event"]) != "pressed"

    return wants


def _catch_up(world: World, listener: Listener, after: str | None) -> None:
    if after is None or not after.isdigit():
        return
    missed = world.journal.since(int(after))
    if missed is None:
        listener.offer(encode({"event": "resync", "seq": world.journal.seq, "chat": None}))
        return
    for event in filter(listener.wants, missed):
        listener.offer(encode(event))


async def _send(socket: WebSocket, listener: Listener) -> None:
    while not listener.overrun:
        for line in await listener.lines():
            await socket.send_text(line)
    await socket.close(code=1013, reason="too slow")


def _answer(world: World, line: str) -> Json:
    try:
        data = json.loads(line)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {"call": None, "error": "expected a JSON object"}
    call = data.pop("call", None)
    try:
        other = OTHER_CALLS.get(str(data.get("do")))
        return {"call": call, "result": other(world, data) if other else control.act(world, data)}
    except ControlError as error:
        return {"call": call, "error": error.description}
