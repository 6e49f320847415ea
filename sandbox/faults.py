"""Faults on request: errors, cut connections, slow and withheld answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sandbox.journal import Signal
from sandbox.wire import BotApiError, ConnectionCut, ControlError, Json, forbidden, number, too_many_requests

KINDS = {
    "too_many_requests": "429 with retry_after = seconds",
    "forbidden": "403: blocked by the user",
    "server_error": "a 5xx answer (code: 500 or 502)",
    "error": "an error of your own (code, description)",
    "slow": "carried out after so many seconds",
    "slow_answer": "carried out at once, answered after so many seconds",
    "lost_answer": "carried out, then the connection is cut",
    "refused": "the connection is cut, nothing is carried out",
    "hold": "carried out, the answer is withheld until released",
    "hold_before": "withheld until released, then carried out",
}
BEFORE = ("too_many_requests", "forbidden", "server_error", "error", "slow", "refused", "hold_before")


@dataclass(slots=True)
class Fault:
    """One fault: for which method and chat (None: all), and how many times still (None: always)."""

    id: int
    kind: str
    method: str | None = None
    chat: int | None = None
    count: int | None = None
    seconds: float = 1.0
    code: int = 500
    description: str = ""
    skip: int = 0
    hits: int = 0
    holding: int = 0
    released: bool = False
    release: Signal = field(default_factory=Signal)

    def fits(self, method: str, chat: int | None) -> bool:
        """Say whether this call meets the fault."""
        return self.method in (None, method) and self.chat in (None, chat)

    def shown(self) -> Json:
        """Return the fault as the control API shows it."""
        names = ("id", "kind", "method", "chat", "count", "seconds", "code", "description", "skip", "hits", "holding")
        return {name: getattr(self, name) for name in names}


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._next = 1
        self.rules: dict[int, Fault] = {}

    def add(self, wanted: Json) -> Fault:
        """Set a fault; raises ControlError when it is not understood."""
        settable = ("kind", "method", "chat", "count", "seconds", "code", "description", "skip")
        unknown = set(wanted) - set(settable)
        if unknown:
            raise ControlError(f"unknown field of a fault: {', '.join(sorted(unknown))}; known: {', '.join(settable)}")
        if wanted.get("kind") not in KINDS:
            raise ControlError(f"unknown kind of fault; known: {', '.join(KINDS)}")
        for name in ("chat", "count", "seconds", "code", "skip"):
            if wanted.get(name) is not None:
                number(wanted, name, 0)
        given = {name: value for name, value in wanted.items() if value is not None}
        method = given.get("method") or None
        fault = Fault(self._next, **{**given, "method": str(method).lower() if method else None})
        self._next += 1
        self.rules[fault.id] = fault
        return fault

    def take(self, method: str, chat: int | None) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        for fault in list(self.rules.values()):
            if not fault.fits(method, chat):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.count is not None:
                if fault.count <= 0:
                    continue
                fault.count -= 1
            fault.hits += 1
            return fault
        return None

    def release(self, fault_id: int) -> int:
        """Let go what a fault withholds, and take the fault away; returns how many calls went on."""
        fault = self.rules.pop(fault_id, None)
        if fault is None:
            raise ControlError(f"there is no fault {fault_id}", 404)
        fault.released = True
        fault.release.fire()
        return fault.holding

    def clear(self) -> None:
        """Take all faults away and let go what they withhold."""
        for fault in list(self.rules):
            self.release(fault)

    def shown(self) -> list[Json]:
        """Return all faults as the control API shows them."""
        return [fault.shown() for fault in self.rules.values()]


async def before(fault: Fault) -> None:
    """Do what a fault does before the call is carried out."""
    if fault.kind == "too_many_requests":
        raise too_many_requests(max(1, int(fault.seconds)))
    if fault.kind == "forbidden":
        raise forbidden(fault.description or "bot was blocked by the user")
    if fault.kind == "server_error":
        raise BotApiError(fault.code, fault.description or _server_error(fault.code))
    if fault.kind == "error":
        raise BotApiError(fault.code, fault.description or "Bad Request: a fault that was asked for")
    if fault.kind == "refused":
        raise ConnectionCut
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "hold_before":
        await _held(fault)


async def after(fault: Fault) -> None:
    """Do what a fault does between carrying out and answering."""
    if fault.kind == "lost_answer":
        raise ConnectionCut
    if fault.kind == "slow_answer":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "hold":
        await _held(fault)


async def _held(fault: Fault) -> None:
    if fault.released:
        return
    fault.holding += 1
    try:
        await fault.release.wait(None)
    finally:
        fault.holding -= 1


def _server_error(code: int) -> str:
    return "Bad Gateway" if code == 502 else "Internal Server Error"
