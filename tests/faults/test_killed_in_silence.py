"""The bot is killed while it does something about silence: what it decided is done once, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from store.states import Role, Rule
from store.tables import Member, Request, RequestChange
from tests.faults.hall import Hall
from tests.faults.processes import Deadly, until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

OFTEN = {"bot.jobs.WATCH_SECONDS": 1, "bot.jobs.SWEEP_SECONDS": 3600}
PLACES = [("before commit", 1), ("after commit", 1), ("before sendMessage", 1), ("after sendMessage", 1)]
HALF_A_RUNG = timedelta(hours=4, minutes=5)


def _changes(hall: Hall) -> Sequence[str]:
    with hall.database.reading() as session:
        return list(session.scalars(select(RequestChange.change).order_by(RequestChange.id)))


@pytest.mark.parametrize("deadly", PLACES, ids=[f"{name}, {time}" for name, time in PLACES])
async def test_a_reminder_is_sent_and_the_coordinator_is_told_whenever_the_bot_dies(hall: Hall, deadly: Deadly) -> None:
    fatma, coby, resident = hall.newcomer("Fatma"), hall.newcomer("Coby"), hall.newcomer()
    with hall.database.transaction() as session:
        hall.member(session, fatma, "Fatma")
        coordinator: Member = hall.member(session, coby, "Coby")
        coordinator.role, coordinator.wijk = Role.COORDINATOR, None
        hall.request(session, hall.talker(session, resident, hall.talks.offered))
    await hall.send_what_waits()
    bot = await hall.running_bot(OFTEN)
    await bot.arm(deadly)
    hall.move_clock(HALF_A_RUNG)
    await until(lambda: not bot.alive(), "the bot to die")
    hall.move_clock()
    await hall.running_bot(OFTEN)
    await hall.hears(fatma, "Deze vraag wacht nog.")
    await hall.quiet()
    reminders = [text for text in hall.screen(fatma) if text.startswith("Deze vraag wacht nog.")]
    assert 1 <= len(reminders) <= 2, "at most what was under way is said a second time"
    hall.move_clock(timedelta(days=1))
    await hall.hears(coby, "Gaat over")
    await hall.quiet()
    assert _changes(hall).count("reminded") == 1
    with hall.database.reading() as session:
        (request,) = session.scalars(select(Request))
    assert request.rule is Rule.COORDINATOR and request.look_at is not None
