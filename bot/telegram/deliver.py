"""Sending what is due: chats side by side, the messages of one chat in order.

One loop does all the writing. Each turn is one transaction that records what
has become of earlier messages and claims the next ones; a message that is sent
alone takes two, and under load many share one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import groupby

import structlog
from structlog.typing import FilteringBoundLogger
from telegram import Bot
from telegram.error import TelegramError

from bot.speech import Speech, SpeechFailed
from bot.telegram.claims import LEASE, Claim, Uncertain, Unreachable, claim, record
from bot.telegram.connect import AT_ONCE
from bot.telegram.drawn import Drawn
from bot.telegram.edge import InThread
from bot.telegram.outcomes import (
    ANEW,
    BEING_MADE,
    PUT_BACK,
    SENT,
    UNREACHABLE,
    WITHDRAWN,
    Claimed,
    Outcome,
    Verdict,
    judge,
    unrenderable,
)
from bot.telegram.pacing import Pacing
from bot.telegram.sending import RENDER_ERRORS, HandedOver, Parcel, Render, hand_over, parcel
from store.clock import Clock
from store.database import DATABASE_TROUBLE, Database
from store.states import OutgoingState

POLL_SECONDS = 5.0
SOON = 1.0
GATHER_SECONDS = 0.003
TROUBLE_SECONDS = 1.0
SECONDS_AHEAD = 2


class Deliverer:
    """Sends the outbox. Several may work on one PostgreSQL database; each has its own pacing."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        render: Render,
        clock: Clock,
        pacing: Pacing,
        in_thread: InThread = asyncio.to_thread,
        log: FilteringBoundLogger | None = None,
        *,
        speech: Speech | None = None,
        drawn: Drawn | None = None,
        on_unreachable: Unreachable | None = None,
        on_uncertain: Uncertain | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._bot = bot
        self._render = render
        self._clock = clock
        self._pacing = pacing
        self._in_thread = in_thread
        self._log: FilteringBoundLogger = log or structlog.get_logger()
        self._speech = speech
        self._drawn = drawn
        self._on_unreachable = on_unreachable
        self._on_uncertain = on_uncertain
        self._monotonic = monotonic
        self._sleep = sleep
        self._event = asyncio.Event()
        self._asked = False
        self._stopping = False
        self._wait = 0.0
        self._outcomes: list[Outcome] = []
        self._under_way: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None
        self._lines = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """Something may be due: look at once. From the event loop's own thread only."""
        self._asked = True
        self._event.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then finish what is being sent, give back the rest and return."""
        stopping = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set() and not self._broken:
                await self._turn()
                await self._rest()
        finally:
            stopping.cancel()
        await self._finish()

    async def drain(self) -> None:
        """Send everything that is due now and return when it has been recorded."""
        await self._turn()
        while self._tasks or self._outcomes:
            await self._rest()
            await self._turn()
        self._raise_broken()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _rest(self) -> None:
        """Until woken, or until something is due. Outcomes that are close together are recorded together."""
        try:
            await asyncio.wait_for(self._event.wait(), self._wait)
        except TimeoutError:
            return
        if not self._asked and self._tasks:
            await self._sleep(GATHER_SECONDS)

    async def _turn(self) -> None:
        self._event.clear()
        self._asked = False
        outcomes, self._outcomes = self._outcomes, []
        now, slow = self._monotonic(), self._pacing.not_ready(self._monotonic(), SOON)
        recorded = Counter(one.row.chat_id for one in outcomes)
        still = self._under_way - recorded
        room = SECONDS_AHEAD * self._pacing.messages_per_second - still.total()
        try:
            claimed = await self._in_thread(self._record_and_claim, outcomes, room, frozenset(still) | slow)
        except DATABASE_TROUBLE as error:
            self._outcomes = outcomes + self._outcomes
            self._wait = TROUBLE_SECONDS
            self._log.warning("delivery_interrupted", error=type(error).__name__)
            return
        self._under_way = still
        self._wait = self._longest_rest(claimed, bool(slow))
        self._start(claimed, now)

    def _record_and_claim(self, outcomes: Sequence[Outcome], room: int, busy: frozenset[int]) -> Claim:
        with self._database.transaction(durable=False) as session:
            now = self._clock.now()
            record(session, now, outcomes, self._on_unreachable, self._on_uncertain)
            nothing = room <= 0 or self._stopping
            return Claim() if nothing else claim(session, now, room, busy, self._on_uncertain)

    def _longest_rest(self, claimed: Claim, slow: bool) -> float:
        longest = SOON if slow else POLL_SECONDS
        if claimed.next_due is None:
            return longest
        return min(longest, max(0.0, (claimed.next_due - self._clock.now()).total_seconds()))

    def _start(self, claimed: Claim, now: float) -> None:
        for row_id, state in claimed.given_up:
            self._log.warning("message_given_up", outgoing_id=row_id, state=state.value)
        self._under_way.update(row.chat_id for row in claimed.rows)
        for _, rows in groupby(sorted(claimed.rows, key=lambda row: (row.chat_id, row.id)), lambda row: row.chat_id):
            task = asyncio.create_task(self._send_in_order(tuple(rows), now + LEASE.total_seconds()))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._broken = error
            self._event.set()

    async def _send_in_order(self, rows: Sequence[Claimed], lease_ends: float) -> None:
        sent: dict[int, int] = {}
        for place, row in enumerate(rows):
            outcome = await self._send(row, sent, lease_ends)
            self._report(outcome)
            if outcome.verdict.holds_chat:
                rest = UNREACHABLE if outcome.verdict is UNREACHABLE else PUT_BACK
                for later in rows[place + 1 :]:
                    self._report(Outcome(later, rest))
                return
            if outcome.telegram_message_id:
                sent[row.id] = outcome.telegram_message_id

    async def _send(self, row: Claimed, sent: dict[int, int], lease_ends: float) -> Outcome:
        target = row.target or sent.get(row.edits_id or 0)
        if row.edits_id and target is None:
            return Outcome(row, ANEW if row.comes_anew else WITHDRAWN)  # what it would change never arrived
        try:
            ready = parcel(row.content, self._render)
        except RENDER_ERRORS as error:
            return self._judged(row, unrenderable(error))
        spoken = self._spoken(ready)
        if spoken is None:
            return Outcome(row, BEING_MADE)
        ready = await self._with_picture(spoken)
        await self._pace(row.chat_id, edit=row.edits_id is not None or bool(ready.message.deletes))
        async with self._lines:
            if self._stopping or self._monotonic() >= lease_ends:
                return Outcome(row, PUT_BACK)
            return await self._hand_over(row, ready, target)

    def _spoken(self, ready: Parcel) -> Parcel | None:
        """With its sound, if it is to be read aloud; None while that is being made."""
        aloud = ready.rendered.aloud if ready.rendered else ()
        if not aloud or self._speech is None:
            return ready
        try:
            voice = self._speech.find(aloud)
        except SpeechFailed:
            return ready
        return replace(ready, voice=voice) if voice else None

    async def _with_picture(self, ready: Parcel) -> Parcel:
        """With its picture, once that is drawn; without it when that cannot be done."""
        picture = ready.rendered.picture if ready.rendered else None
        if picture is None or self._drawn is None:
            return ready
        return replace(ready, picture=await self._drawn.find(picture))

    async def _hand_over(self, row: Claimed, ready: Parcel, target: int | None) -> Outcome:
        try:
            handed = await hand_over(self._bot, row.chat_id, ready, target, silent=row.silent)
        except TelegramError as error:
            outcome = self._judged(row, judge(error, row))
        else:
            self._note_voice(ready, handed)
            outcome = Outcome(row, SENT, handed.number)
        if ready.message.leave and outcome.verdict.state is not OutgoingState.WAITING:
            await self._leave(row)
        return outcome

    def _note_voice(self, ready: Parcel, handed: HandedOver) -> None:
        if self._speech and ready.rendered and ready.voice:
            self._speech.note_sent(ready.rendered.aloud, ready.voice, handed.voice_id)

    async def _leave(self, row: Claimed) -> None:
        try:
            await self._bot.leave_chat(row.chat_id)
        except TelegramError as error:
            self._log.info("chat_not_left", outgoing_id=row.id, error=type(error).__name__)

    async def _pace(self, chat_id: int, *, edit: bool) -> None:
        """Wait until the chat may get it; what changes or takes away a message is an `edit`, and costs less."""
        while (wait := self._pacing.ready_at(chat_id, now := self._monotonic(), edit=edit) - now) > 0:
            await self._sleep(wait)
        self._pacing.took(chat_id, now, edit=edit)

    def _judged(self, row: Claimed, verdict: Verdict) -> Outcome:
        if verdict is SENT:
            return Outcome(row, verdict)
        if verdict.hold:
            self._pacing.pause(row.chat_id, self._monotonic(), verdict.hold)
        write = self._log.error if verdict.loud else self._log.info
        key = row.content.get("key", "") if isinstance(row.content, dict) else ""
        write("message_not_sent", outgoing_id=row.id, key=key, state=verdict.state.value, why=verdict.why)
        return Outcome(row, verdict)

    def _report(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._event.set()

    async def _finish(self) -> None:
        self._stopping = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._turn()
        self._raise_broken()

    def _raise_broken(self) -> None:
        """An error that nobody foresaw must not stay unseen; the row's lease ends and its attempts are counted."""
        if self._broken:
            raise self._broken
