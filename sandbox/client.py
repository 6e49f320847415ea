"""A client for tests and benches: people who say and press things, over one WebSocket.

async with SandboxClient("http://127.0.0.1:8081") as sandbox:
    fatma = await sandbox.person("Fatma Voorbeeld")
    await fatma.starts()
    question = await fatma.hears("Waar tocht het?")
    await fatma.presses("Bij het raam")
"""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

Json = dict[str, Any]


class SandboxError(Exception):
    """The sandbox refused what was asked."""


class NothingHeard(AssertionError):
    """The bot did not say what was waited for, within the time."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a phone shows it. `buttons`: the labels, row by row."""

    id: int
    chat: int
    by: str
    text: str
    kind: str
    buttons: tuple[tuple[str, ...], ...]
    edited: bool
    deleted: bool
    silent: bool
    raw: Json = field(compare=False, hash=False, repr=False)

    @property
    def labels(self) -> list[str]:
        """All labels, in reading order."""
        return [label for row in self.buttons for label in row]


def message_from(raw: Json) -> Message:
    """Make a Message of what the control API shows."""
    rows = tuple(tuple(button["label"] for button in row) for row in raw["buttons"])
    return Message(raw["id"], raw["chat"], str(raw["by"]), raw["text"], raw["kind"], rows, raw["edited"],
                   raw["deleted"], raw["silent"], raw)  # fmt: skip


class Person:
    """Someone with a phone. What the bot does in their chat is kept until it is asked for."""

    def __init__(self, sandbox: SandboxClient, raw: Json) -> None:
        self.sandbox = sandbox
        self.id: int = raw["id"]
        self.name: str = raw["first_name"]
        self.messages: dict[int, Message] = {}
        self.toasts: list[str] = []
        self._new: list[Message] = []
        self._changed = asyncio.Event()

    async def does(self, action: str, **details: Any) -> Json:
        """Do something from the control API's list of actions; returns its update_id and message_id."""
        return await self.sandbox.call(action, person=self.id, **details)

    async def starts(self, payload: str | None = None) -> Json:
        """Press Start, with a start link's payload if given."""
        return await self.does("start", **({} if payload is None else {"payload": payload}))

    async def says(self, text: str, **details: Any) -> Json:
        """Type a message."""
        return await self.does("say", text=text, **details)

    async def presses(self, label: str, message: Message | None = None) -> Json:
        """Press the newest button with this label, or the one under `message`."""
        return await self.does("press", label=label, **({"message_id": message.id} if message else {}))

    async def forges(self, message_id: int, data: str) -> Json:
        """Press a button that may not exist."""
        return await self.does("press", message_id=message_id, data=data)

    async def edits(self, message_id: int, text: str) -> Json:
        """Change an own message."""
        return await self.does("edit", message_id=message_id, text=text)

    async def sends(self, kind: str, **details: Any) -> Json:
        """Send a voice, photo, document, sticker, audio, video, location or contact."""
        return await self.does(kind, **details)

    async def blocks(self) -> Json:
        """Block the bot."""
        return await self.does("block")

    async def unblocks(self) -> Json:
        """Let the bot write again."""
        return await self.does("unblock")

    async def next_messages(self, count: int = 1, timeout: float = 5.0) -> list[Message]:
        """Wait for at least `count` new or edited messages of the bot since the last call; returns all there are."""
        await self._until(lambda: len(self._new) >= count, timeout, f"{count} messages")
        new, self._new = self._new, []
        return new

    async def hears(self, part: str, timeout: float = 5.0) -> Message:
        """Wait until the bot says something that contains `part`; returns it. Earlier messages count as heard."""
        await self._until(lambda: any(part in message.text for message in self._new), timeout, repr(part))
        place = next(place for place, message in enumerate(self._new) if part in message.text)
        heard = self._new[place]
        del self._new[: place + 1]
        return heard

    async def next_toast(self, timeout: float = 5.0) -> str:
        """Wait for the bot's next answer to a pressed button; it may be empty."""
        await self._until(lambda: bool(self.toasts), timeout, "an answer to a button")
        return self.toasts.pop(0)

    async def _until(self, happened: Any, timeout: float, what: str) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not happened():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            heard = [message.text for message in self._new]
            raise NothingHeard(f"{self.name} waited {timeout} s for {what}; heard: {heard}") from None

    def hear(self, event: Json) -> None:
        """Take in an event of this person's chat."""
        kind = event["event"]
        if kind in ("message", "edited", "deleted"):
            message = message_from(event["message"])
            self.messages[message.id] = message
            if message.by == "bot" and kind != "deleted":
                self._new.append(message)
        elif kind == "answered" and event["person"] == self.id:
            self.toasts.append(event["text"])
        self._changed.set()


class SandboxClient:
    """One connection to a sandbox, for any number of people."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        # The sandbox speaks plain http: loading certificates would only cost time.
        self.http = httpx.AsyncClient(base_url=self.address, timeout=70, trust_env=False, verify=False)
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._people: dict[int, Person] = {}
        self._calls: dict[int, asyncio.Future[Json]] = {}
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        """Connect."""
        where = self.address.replace("http", "ws", 1) + "/sandbox/events?by=bot"
        self._socket = await connect(where, max_size=None, compression=None, proxy=None)
        self._reader = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        if self._socket is not None and self._reader is not None:
            await self._socket.close()
            await self._reader
        await self.http.aclose()

    async def person(self, name: str, **details: Any) -> Person:
        """Add someone: `role`, `language_code`, `username`, `id`, `start`, `on_page`."""
        person = Person(self, await self.call("create_person", first_name=name, **details))
        self._people[person.id] = person
        return person

    async def known_person(self, number: int) -> Person:
        """Return someone who is there already, such as from the users file."""
        if number not in self._people:
            found = [raw for raw in await self.get("/sandbox/people") if raw["id"] == number]
            if not found:
                raise SandboxError(f"there is nobody with id {number}")
            self._people[number] = Person(self, found[0])
        return self._people[number]

    async def call(self, action: str, **details: Any) -> Json:
        """Do an action over the WebSocket."""
        if self._socket is None:
            raise SandboxError("use `async with SandboxClient(...)`")
        number = next(self._numbers)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        await self._socket.send(json.dumps({"call": number, "do": action, **details}))
        return await answer

    async def get(self, path: str, **query: Any) -> Any:
        """Ask the control API something."""
        return _checked(await self.http.get(path, params=query))

    async def history(self, chat: int, after: int = 0) -> list[Message]:
        """Return the messages of a chat, oldest first."""
        return [message_from(raw) for raw in await self.get(f"/sandbox/chats/{chat}/messages", after=after)]

    async def limits(self, **limits: float) -> Json:
        """Set limits; 0 takes one away."""
        return _object(await self.http.put("/sandbox/limits", json=limits))

    async def fault(self, kind: str, **details: Any) -> int:
        """Set a fault; returns its number."""
        return int(_object(await self.http.post("/sandbox/faults", json={"kind": kind, **details}))["id"])

    async def release(self, fault: int) -> Json:
        """Take a fault away and let go what it withholds."""
        return _object(await self.http.delete(f"/sandbox/faults/{fault}"))

    async def no_faults(self) -> Json:
        """Take all faults away."""
        return _object(await self.http.delete("/sandbox/faults"))

    async def updates(self, **faults: int) -> Json:
        """Spoil updates: `duplicate`, `reorder`, `gap`, `replay` so many."""
        return _object(await self.http.post("/sandbox/updates", json=faults))

    async def clock(self, **move: Any) -> Json:
        """Move the clock: `hours`, `days`, `to` an ISO date-time, or `back=True`."""
        return _object(await self.http.put("/sandbox/clock", json=move))

    async def reset(self) -> None:
        """Go back to the start; people that were added are gone."""
        self._people.clear()
        await self.call("reset")

    async def _read(self, socket: ClientConnection) -> None:
        async for line in socket:
            data: Json = json.loads(line)
            if "event" in data:
                person = self._people.get(data["chat"])
                if person is not None:
                    person.hear(data)
            else:
                self._finish(data)
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(SandboxError("the connection was closed"))

    def _finish(self, data: Json) -> None:
        answer = self._calls.pop(data["call"])
        if answer.done():
            return  # its caller gave up waiting
        if "error" in data:
            answer.set_exception(SandboxError(data["error"]))
        else:
            answer.set_result(data["result"])


def _checked(response: httpx.Response) -> Any:
    data = response.json()
    if response.is_error:
        raise SandboxError(data.get("error", response.text))
    return data


def _object(response: httpx.Response) -> Json:
    data: Json = _checked(response)
    return data
