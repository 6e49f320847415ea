"""Open connections: one write per answer, and cutting one when a fault asks for it."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

CUT_SECONDS = 0.01


class GatheringTransport:
    """A transport that gathers what is written in one turn of the loop and sends it at once.

    uvicorn writes the head and the body of an answer apart, and each WebSocket message by itself; every write is a
    system call, which is most of what an answer costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []
        self._loop = asyncio.get_running_loop()

    def write(self, data: bytes) -> None:
        """Send soon."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def writelines(self, parts: list[bytes]) -> None:
        """Send soon."""
        self.write(b"".join(parts))

    def close(self) -> None:
        """Send what is left, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Connections:
    """Knows the open connections by their client's address, so that one can be cut."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """Return uvicorn's HTTP protocol, which also registers its connections here."""
        connections = self.open

        class Registering(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
            def connection_made(self, transport: asyncio.Transport) -> None:
                connections[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(GatheringTransport(transport))

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Registering

    async def cut(self, client: tuple[str, int]) -> None:
        """Cut a connection without an answer."""
        transport = self.open.get((client[0], client[1]))
        if transport is not None:
            transport.abort()
        await asyncio.sleep(CUT_SECONDS)  # uvicorn must see that it is gone before the app returns

    async def cut_all(self) -> None:
        """Cut every connection."""
        await asyncio.sleep(0)  # who was let go just now, gets an answer
        for transport in list(self.open.values()):
            transport.abort()
        await asyncio.sleep(CUT_SECONDS)
