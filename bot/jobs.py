"""What APScheduler wakes: it only looks whether something is due, so that a missed tick costs seconds (D5)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from actions import retention
from actions.opening_hours import AMSTERDAM
from bot.conversations import Conversations
from bot.figure_mails import FigureMails
from bot.live_content import LiveContent
from bot.live_directory import LiveDirectory

log = structlog.get_logger()
SWEEP_SECONDS = 20
WAKE_SECONDS = 5
WATCH_SECONDS = 15
ERASE_AT = 4
"""The hour of the night, by the Dutch clock."""
REFRESH_SECONDS = 5
ASK_HOURS = 1
SIGNAL_HOURS = 1
COUNT_HOURS = 1
APPOINTMENT_MINUTES = 10
FIGURE_MINUTES = 5
READ_AGAIN_MINUTES = 10


def start_jobs(
    conversations: Conversations,
    directory: LiveDirectory,
    content: LiveContent,
    figure_mails: FigureMails,
    notify: Callable[[Collection[int]], None],
    wake: Callable[[], None],
    in_thread: Callable[..., Awaitable[Any]],
) -> AsyncIOScheduler:
    """Start the interval jobs; the caller shuts the scheduler down."""

    async def sweep() -> None:
        """Take up what a process left behind that died, or that crashed and may be tried again."""
        notify(await in_thread(conversations.waiting_chats))

    async def look_for_due() -> None:
        wake()

    async def erase() -> None:
        """What is past its term goes, in parts between which messages are handled; the log notes the audit log's head.

        The head stands in a place then that who can write in the database cannot reach (`wijkwijzer audit verify`).
        """
        erased = Counter(dict.fromkeys(retention.tables(), 0))
        while some := await in_thread(conversations.erase_some):
            erased.update(some)
        log.info("retention_carried_out", **erased)
        checked = await asyncio.to_thread(conversations.check_log)  # it reads all of it: nobody shall wait for that
        log.info("audit_head", rows=checked.rows, head=checked.head)
        if checked.broken is not None:
            log.error("audit_log_broken", entry=checked.broken)

    async def watch() -> None:
        """Silence about requests: remind, widen, tell the coordinator. What follows is sent at once."""
        looked_at = 0
        while done := await in_thread(conversations.watch):
            looked_at += done
        if looked_at:
            log.info("requests_watched", requests=looked_at)
            wake()

    async def refresh_directory() -> None:
        await in_thread(directory.refresh)

    async def refresh_content() -> None:
        """In a thread of its own: reading all texts takes a second, and of the database it needs only to look."""
        await asyncio.to_thread(content.refresh)

    async def ask_directory() -> None:
        """Whoever is responsible for a record is asked about it, in the hours for that."""
        if asked := await in_thread(directory.ask):
            log.info("directory_asked", people=asked)

    async def report_signals() -> None:
        """What many households report is told to the team, in the hours for that."""
        if told := await in_thread(conversations.report_signals):
            log.info("signals_reported", numbers=told)

    async def look_after_appointments() -> None:
        """Who waits for a time is offered one, in the hours for that; where an appointment was is erased."""
        await in_thread(conversations.erase_whereabouts)
        if asked := await in_thread(conversations.offer_times):
            log.info("times_offered", people=asked)
            wake()

    async def count_weeks() -> None:
        """The figures grow by the weeks that are over."""
        if counted := await in_thread(conversations.count_weeks):
            log.info("weeks_counted", weeks=counted)

    async def send_figures() -> None:
        """Coordinators get the figures of the week when the first working day of a week begins."""
        if sent := await in_thread(conversations.send_figures, figure_mails.possible):
            log.info("figures_sent", people=sent)
            wake()
        if mailed := await figure_mails.send_due():
            log.info("figures_mailed", people=mailed)

    async def read_again() -> None:
        """What somebody said about sentences is held against what a model makes of them that was trained since."""
        if read := await conversations.read_again():
            log.info("sentences_read_again", sentences=read)

    scheduler = AsyncIOScheduler()
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(sweep, "interval", seconds=SWEEP_SECONDS, **options)
    scheduler.add_job(look_for_due, "interval", seconds=WAKE_SECONDS, **options)
    scheduler.add_job(watch, "interval", seconds=WATCH_SECONDS, **options)
    # At start as well: the last nights may have been missed.
    at_night = CronTrigger(hour=ERASE_AT, timezone=AMSTERDAM)
    scheduler.add_job(erase, at_night, next_run_time=datetime.now(UTC), **options)
    scheduler.add_job(refresh_directory, "interval", seconds=REFRESH_SECONDS, **options)
    scheduler.add_job(refresh_content, "interval", seconds=REFRESH_SECONDS, **options)
    scheduler.add_job(ask_directory, "interval", hours=ASK_HOURS, next_run_time=datetime.now(UTC), **options)
    scheduler.add_job(count_weeks, "interval", hours=COUNT_HOURS, next_run_time=datetime.now(UTC), **options)
    scheduler.add_job(report_signals, "interval", hours=SIGNAL_HOURS, next_run_time=datetime.now(UTC), **options)
    scheduler.add_job(
        look_after_appointments,
        "interval",
        minutes=APPOINTMENT_MINUTES,
        next_run_time=datetime.now(UTC),
        **options,
    )
    scheduler.add_job(send_figures, "interval", minutes=FIGURE_MINUTES, next_run_time=datetime.now(UTC), **options)
    scheduler.add_job(read_again, "interval", minutes=READ_AGAIN_MINUTES, **options)
    scheduler.start()
    return scheduler
