"""Runs the sandbox: one process, one port, loopback unless told otherwise."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import uvicorn
from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.botapi import BotApi, webhook_reply
from sandbox.connections import Connections
from sandbox.wire import ConnectionCut
from sandbox.world import World

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    b"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
SAFETY_HEADERS = [
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class SignedConvertor(Convertor[int]):
    """A chat id in a path: groups have negative ids."""

    regex = "-?[0-9]+"

    def convert(self, value: str) -> int:
        """Return the id."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the id as it stands in a path."""
        return str(value)


register_url_convertor("signed", SignedConvertor())


def application(world: World, connections: Connections) -> ASGIApp:
    """Return the whole program as an ASGI app."""
    from sandbox.routes import control_app

    bot_api, control = BotApi(world), control_app(world)
    world.webhook.reply = partial(webhook_reply, world)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/bot", "/file/bot")):
            await control(scope, receive, _with_headers(send, SAFETY_HEADERS))
            return
        try:
            await bot_api(scope, receive, send)
        except ConnectionCut:
            await connections.cut(scope["client"])

    return app


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return sending


class Server(uvicorn.Server):
    """uvicorn's server, which tells when it can be reached and ends the long waits when it stops."""

    def __init__(
        self, config: uvicorn.Config, world: World, connections: Connections, ready: Callable[[str], None]
    ) -> None:
        super().__init__(config)
        self._world = world
        self._connections = connections
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell the address."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: nobody is kept waiting for what will not come."""
        self._world.stop()
        await self._world.webhook.stop()
        await super().shutdown(sockets)

    async def drop_everyone(self) -> None:
        """Stop at once, without uvicorn's waits: what a test has not heard by now, it does not want."""
        self._world.stop()
        await self._world.webhook.stop()
        for server in self.servers:
            server.close()
        await self._connections.cut_all()


def make_server(world: World, host: str, port: int, ready: Callable[[str], None]) -> Server:
    """Return a server for this world; port 0 takes a free one."""
    connections = Connections()
    config: Any = uvicorn.Config(
        application(world, connections), host=host, port=port, http=connections.protocol(), log_level="warning",
        access_log=False, lifespan="off", ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        timeout_keep_alive=120, server_header=False, date_header=False, proxy_headers=False, backlog=4096,
    )  # fmt: skip
    return Server(config, world, connections, ready)


@contextlib.asynccontextmanager
async def running(world: World, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Run the sandbox inside this process, for tests; gives its address."""
    address: list[str] = []
    server = make_server(world, host, port, address.append)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    try:
        yield address[0]
    finally:
        await server.drop_everyone()
