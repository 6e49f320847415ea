"""The bot is killed at each commit and each request, just before and just after; then it is started again.

Nothing may be lost, no answer taken twice, and at most what was under way is said a second time (decision 0016).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update

from store.states import OutgoingState, RequestState
from store.tables import Event, Member, Outgoing, Person, Request, RequestChange
from tests.faults.hall import Hall
from tests.faults.processes import NEVER, BotProcess, Deadly

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

MOST_TIMES = 40
FREE = {
    "bot.jobs.WAKE_SECONDS": 3600,  # what only looks round would be counted with the step
    "bot.jobs.SWEEP_SECONDS": 3600,
    "bot.jobs.WATCH_SECONDS": 3600,
    "bot.telegram.deliver.POLL_SECONDS": 3600.0,
    "actions.waiting_time.FEWEST": 10_000,  # how long it takes would be told otherwise as there are more requests
}
ALWAYS_PASSED = {
    "before commit",
    "after commit",
    "before getUpdates",
    "after getUpdates",
    "before answerCallbackQuery",
    "before sendMessage",
    "after sendMessage",
}


@dataclass
class Case:
    """A resident and two wijkverbinders, new for each death."""

    hall: Hall
    resident: int
    members: tuple[int, int]

    def screens(self) -> dict[int, list[str]]:
        """What each has been told, as it now stands on their phones."""
        return {chat: self.hall.screen(chat) for chat in (self.resident, *self.members)}

    def requests(self) -> list[Request]:
        with self.hall.database.reading() as session:
            mine = select(Request).join(Person, Request.person_id == Person.id).where(Person.chat_id == self.resident)
            return list(session.scalars(mine))

    def changes(self, change: str) -> int:
        number = self.requests()[0].id
        return self.hall.count(RequestChange, RequestChange.request_id == number, RequestChange.change == change)


Step = Callable[[Case], None]
Later = Callable[[Case], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """One step of somebody: what is ready, what they do, what must be so afterwards, and the step after it."""

    prepare: Callable[[Hall, Case], None]
    step: Step
    check: Callable[[Case], None]
    later: Later
    passes: frozenset[str] = frozenset()


# --- a resident answers a question ------------------------------------------------------------------------------


def _asked(hall: Hall, case: Case) -> None:
    with hall.database.transaction() as session:
        hall.talker(session, case.resident, hall.talks.asked)


def _answers(case: Case) -> None:
    number = case.hall.talks.asked["open"][0]
    case.hall.does(case.resident, "press", message_id=1, data=f"q{number}:portaal")


def _one_answer(case: Case) -> None:
    talk = case.hall.conversation(case.resident)
    marks = [mark.name for run in talk.runs for mark in run.trail if mark.what == "slot"]
    assert marks.count("tenure") == 1
    assert (talk.slots["tenure"], talk.open and talk.open.slot) == ("portaal", "draught_place")
    assert talk.asked == case.hall.talks.asked["asked"] + 1


async def _next_answer(case: Case) -> None:
    case.hall.presses(case.resident, "Bij het raam")
    await case.hall.hears(case.resident, "Hoe warm is het nu binnen?")


# --- a resident approves what is sent on ------------------------------------------------------------------------


def _approving(hall: Hall, case: Case) -> None:
    with hall.database.transaction() as session:
        hall.talker(session, case.resident, hall.talks.approving)
        for chat, name in zip(case.members, ("Fatma", "Joop"), strict=True):
            hall.member(session, chat, name)


def _approves(case: Case) -> None:
    number = case.hall.talks.approving["open"][0]
    case.hall.does(case.resident, "press", message_id=1, data=f"q{number}:yes")


def _one_request(case: Case) -> None:
    assert [one.state for one in case.requests()] == [RequestState.OFFERED]
    assert (case.changes("requested"), case.changes("offered")) == (1, 1)


async def _is_claimed(case: Case) -> None:
    case.hall.presses(case.members[0], "Ik pak dit op")
    await case.hall.hears(case.resident, "Fatma pakt uw vraag op.")


# --- a wijkverbinder claims a card ------------------------------------------------------------------------------


def _offered(hall: Hall, case: Case) -> None:
    with hall.database.transaction() as session:
        person = hall.talker(session, case.resident, hall.talks.offered)
        for chat, name in zip(case.members, ("Fatma", "Joop"), strict=True):
            hall.member(session, chat, name)
        hall.request(session, person)


def _claims(case: Case) -> None:
    case.hall.presses(case.members[0], "Ik pak dit op")


def _one_claim(case: Case) -> None:
    (request,) = case.requests()
    assert request.state is RequestState.CLAIMED
    assert (case.changes("claimed"), case.changes("opened")) == (1, 1)


async def _is_closed(case: Case) -> None:
    case.hall.presses(case.members[0], "Sluiten")
    await case.hall.quiet()
    case.hall.presses(case.members[0], "Opgelost")
    await case.hall.quiet()
    assert case.requests()[0].state is RequestState.CLOSED


SCENARIOS = {
    "a resident answers": Scenario(_asked, _answers, _one_answer, _next_answer),
    "a resident approves": Scenario(_approving, _approves, _one_request, _is_claimed),
    "a wijkverbinder claims": Scenario(
        _offered, _claims, _one_claim, _is_closed, frozenset({"before editMessageText", "after editMessageText"})
    ),
}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
async def test_a_death_at_any_place_loses_nothing_and_doubles_no_answer(hall: Hall, scenario: Scenario) -> None:
    undisturbed, deadly_places = await _enumerate(hall, scenario)
    assert set(undisturbed.passed) >= ALWAYS_PASSED | scenario.passes
    assert set(deadly_places) >= ALWAYS_PASSED | scenario.passes
    plays = 1 + len(deadly_places) + len(set(undisturbed.passed))
    assert hall.count(Event, Event.name == "answered", Event.detail == "tenure") in (0, plays)


@dataclass(frozen=True)
class Seen:
    """An undisturbed step: the screens afterwards, in order of resident and wijkverbinders, and the places passed."""

    screens: tuple[list[str], ...]
    passed: list[str]


async def _enumerate(hall: Hall, scenario: Scenario) -> tuple[Seen, list[str]]:
    """Play the step undisturbed, then with a death the first time it passes a place, the second, until it survives."""
    bot = await hall.running_bot(FREE)
    case, passed, _ = await _play(hall, scenario, bot, NEVER)
    undisturbed = Seen(tuple(case.screens().values()), passed)
    await _go_on(scenario, case, bot)
    places: list[str] = []
    for name in dict.fromkeys(undisturbed.passed):
        for time in range(1, MOST_TIMES):
            case, passed, survived = await _play(hall, scenario, bot, (name, time))
            if not survived:
                bot = await _restart(hall)
                await hall.quiet()
            _check(scenario, case, undisturbed, passed)
            await _go_on(scenario, case, bot)
            if survived:
                break
            places.append(name)
        else:
            raise AssertionError(f"it never survived; deaths at {places}")
    return undisturbed, places


async def _play(hall: Hall, scenario: Scenario, bot: BotProcess, deadly: Deadly) -> tuple[Case, list[str], bool]:
    """One step with a death at that place: the case, the places that were passed, and whether the bot lived."""
    case = Case(hall, hall.newcomer(), (hall.newcomer("Fatma"), hall.newcomer("Joop")))
    await asyncio.to_thread(scenario.prepare, hall, case)
    await hall.send_what_waits()
    await bot.arm(deadly)
    scenario.step(case)
    lived = await hall.quiet_or_dead(bot)
    passed = bot.passed()
    if lived and await bot.disarm():
        return case, passed, True
    return case, bot.passed(), False


async def _restart(hall: Hall) -> BotProcess:
    """After a death its hold on a chat lasts a minute; the clock need not be waited for."""
    hall.move_clock()
    return await hall.running_bot(FREE)


async def _go_on(scenario: Scenario, case: Case, bot: BotProcess) -> None:
    """The next step works; then these wijkverbinders leave the stage."""
    await scenario.later(case)
    await case.hall.quiet()
    with case.hall.database.transaction() as session:
        session.execute(update(Member).values(active=False))


def _check(scenario: Scenario, case: Case, undisturbed: Seen, passed: Sequence[str]) -> None:
    where = f"death at place {len(passed)}: {passed[-1]}"
    scenario.check(case)
    for screen, wanted in zip(case.screens().values(), undisturbed.screens, strict=True):
        _check_screen(screen, wanted, where)
    doubles = sum(len(screen) for screen in case.screens().values()) - sum(map(len, undisturbed.screens))
    assert doubles <= sum(place == "before sendMessage" for place in passed), where
    assert case.hall.count(Outgoing, Outgoing.state.in_((OutgoingState.FAILED, OutgoingState.UNCERTAIN))) == 0, where


def _check_screen(screen: list[str], wanted: list[str], where: str) -> None:
    """Everything is there, nothing more than twice, and in order whichever of two you look at."""
    extra = Counter(screen) - Counter(wanted)
    assert _without_repeats(screen) == wanted, where
    assert _without_repeats(screen[::-1])[::-1] == wanted, where
    assert all(times == 1 for times in extra.values()), where


def _without_repeats(texts: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(texts))
