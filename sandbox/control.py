"""The control API, under /sandbox: what the page, tests and benches do here."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.faults import KINDS as FAULT_KINDS
from sandbox.methods.bot_profile import commands_for
from sandbox.people import person_from, view
from sandbox.person_media import ALL_ACTIONS
from sandbox.wire import ControlError, Json, number
from sandbox.world import World

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def act(world: World, data: Json) -> Json:
    """Let `person` do `do`; returns the update_id and message_id that came of it."""
    action = ALL_ACTIONS.get(str(data.get("do")))
    if action is None:
        raise ControlError(f"unknown action {data.get('do')!r}; known: {', '.join(ALL_ACTIONS)}", 404)
    return action(world, world.person(int(number(data, "person", 0))), data)


def create_person(world: World, data: Json) -> Json:
    """Add someone."""
    fields = {name: value for name, value in data.items() if name != "do"}
    return world.person_view(world.add_person(person_from(fields, world.free_person_id())))


def people(world: World) -> list[Json]:
    """Return everyone, each with the command menu of their phone."""
    return [{**world.person_view(person), "commands": commands_for(world, person)}
            for person in world.people.values()]  # fmt: skip


def history(world: World, chat: int, after: int = 0) -> list[Json]:
    """Return the messages of a chat with an id above `after`, oldest first."""
    found = []
    for message in reversed(world.chat(chat).messages.values()):
        if message.id <= after:
            break
        found.append(view(message))
    return found[::-1]


def state(world: World) -> Json:
    """Return everything that the page needs to begin."""
    groups = [world.group_view(chat) for chat in world.chats.values() if not chat.private]
    shown = [person.id for person in world.people.values() if person.on_page] + [group["id"] for group in groups]
    return {
        "seq": world.journal.seq,
        "bot": {"first_name": world.bot.names.get("", world.bot.first_name), "username": world.bot.username,
                "description": world.bot.descriptions.get("", "")},
        "people": people(world),
        "groups": groups,
        "messages": {str(chat): history(world, chat) for chat in shown},
        "clock": clock_view(world),
        "faults": world.faults.shown(),
    }  # fmt: skip


def clock_view(world: World) -> Json:
    """Return the demo's time."""
    return {"now": world.clock.now().isoformat(), "movable": world.clock.movable}


def move_clock(world: World, data: Json) -> Json:
    """Move the clock: `to` an ISO date-time (Dutch time when it has no offset), on by `hours`, `days`, or `back`."""
    if data.get("back"):
        world.clock.back()
    elif "to" in data:
        world.clock.move_to(_moment(data["to"]))
    else:
        on = timedelta(hours=number(data, "hours", 0), days=number(data, "days", 0))
        world.clock.move_to(world.clock.now() + on)
    world.journal.write("clock", clock=clock_view(world))
    return clock_view(world)


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ControlError(f"{text!r} is not an ISO date-time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def set_limits(world: World, data: Json) -> Json:
    """Change limits; the others stay."""
    world.pace.set(world.pace.limits.changed(data))
    return limits(world)


def limits(world: World) -> Json:
    """Return the limits that are set."""
    return {name: getattr(world.pace.limits, name) for name in world.pace.limits.__dataclass_fields__}


def add_fault(world: World, data: Json) -> Json:
    """Set a fault."""
    fault = world.faults.add(data)
    world.journal.write("faults", faults=world.faults.shown())
    return fault.shown()


def clear_faults(world: World) -> Json:
    """Take all faults away, also those of updates."""
    world.faults.clear()
    world.updates.duplicates = 0
    world.updates.flush()
    world.journal.write("faults", faults=[])
    return {"faults": []}


def release_fault(world: World, number: int) -> Json:
    """Take one fault away and let go what it withholds."""
    released = world.faults.release(number)
    world.journal.write("faults", faults=world.faults.shown())
    return {"released": released}


def update_faults(world: World, data: Json) -> Json:
    """Spoil the updates: `duplicate` or `reorder` the next so many, `gap` in their ids, `replay` the last so many."""
    known = {"duplicate", "reorder", "gap", "replay"}
    if not data or set(data) - known or not all(isinstance(n, int) and n >= 0 for n in data.values()):
        raise ControlError(f"give whole numbers for one or more of: {', '.join(sorted(known))}")
    updates = world.updates
    updates.duplicates = data.get("duplicate", updates.duplicates)
    if "reorder" in data:
        updates.reorder(data["reorder"])
    updates.skip_ids(data.get("gap", 0))
    return {"replayed": updates.replay(data.get("replay", 0))}


async def wait_for_messages(world: World, chat: int, after: int, count: int, seconds: float, by: str) -> list[Json]:
    """Wait until a chat has `count` messages after id `after` (by "bot" or anyone), at most so many seconds."""
    room = world.chat(chat)
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        found = [message for message in history(world, chat, after) if by in ("", str(message["by"]))]
        left = ends - asyncio.get_running_loop().time()
        if len(found) >= count or left <= 0 or world.updates.stopped:
            return found
        await room.signal.wait(left)


async def wait_for_events(world: World, chat: int, after: int, seconds: float) -> list[Json]:
    """Wait for what happens in a chat after event number `after`: also edits, deletions and answers to buttons."""
    room = world.chat(chat)
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        found = [event for event in room.events if event["seq"] > after]
        left = ends - asyncio.get_running_loop().time()
        if found or left <= 0 or world.updates.stopped:
            return found
        await room.signal.wait(left)


def reset(world: World, _data: Json) -> Json:
    """Go back to the start."""
    world.reset()
    return {"seq": world.journal.seq}


def faults(world: World) -> Json:
    """Return the faults that are set, and the kinds that there are, each with what it does."""
    return {"faults": world.faults.shown(), "kinds": FAULT_KINDS}
