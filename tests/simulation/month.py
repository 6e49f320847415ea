"""A month of 300 requests: who there is, what they ask and when, and what is known at the end.

22 March to 30 April 2027 holds Good Friday, Easter Monday, the night in which the clock skips an hour and King's Day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import sources
from actions.handoffs import Wish
from actions.opening_hours import AMSTERDAM, is_holiday
from store.database import Database
from store.states import Measures, PromiseState, Role, Urgency
from store.tables import Promise
from tests.simulation.figures import Waits, counts, counts_table, still_with, times_table, waits
from tests.simulation.helpers import Coordinator, Helper, Nature
from tests.simulation.invariants import Broken
from tests.simulation.players import DAY, HOUR, Player
from tests.simulation.residents import Resident
from tests.simulation.world import World

Kind = TypeVar("Kind")
FIRST_DAY, LAST_DAY = date(2027, 3, 22), date(2027, 4, 30)
AFTERWARDS = timedelta(weeks=6)
"""How long time runs on at most, while only the coordinator does something."""
REQUESTS, SEED = 300, 1
URGENCIES = {Urgency.CRISIS: 8, Urgency.SOON: 30, Urgency.NORMAL: 60, Urgency.INFO: 2}
WIJKEN = {"smitsveen": 45, "de_eng": 20, "soesterberg": 35}
LANGUAGES: dict[str | None, int] = {None: 80, "tr": 11, "ar": 9}
WHOM = {"own_wijk": 80, "other_wijk": 8, "professional": 12}
REACHES = {"here": 45, "telephone": 35, "home": 12, "community_centre": 5, "walk": 3}
TOPICS = ("draught", "high_bill", "payment_arrears", "mould", "unopened_letters")
FIRST_CHAT = 1000
RETURNS, BY_POSTER = 0.1, 0.15
HOURS = [*(1 for _ in range(7)), 6, *(16 for _ in range(10)), *(22 for _ in range(4)), 8, 4]
"""How many of a hundred or so messages come in each hour of the day: few at night, most by day and in the evening."""

TEAM = (
    Nature("Fatma", "smitsveen", languages=("tr",), capacity=16, takes=0.8, reacts=HOUR / 2),
    Nature("Driss", "smitsveen", hours="ma-vr 17-20, za 10-14", languages=("ar",), capacity=8),
    Nature("Joke", "de_eng", hours="ma-do 9-13", away=(date(2027, 4, 1), date(2027, 4, 12))),
    Nature("Wim", "de_eng", takes=0.0, declines=0.0, too_heavy=0.0),
    Nature("Karel", "soesterberg", hours="di-za 10-18", capacity=12, too_heavy=0.06),
    Nature("Sabah", "soesterberg", hours="ma, wo, vr 9-12:30, 13-17", languages=("ar",), capacity=12),
    Nature("Petra", None, Role.PROFESSIONAL, languages=("tr",), capacity=16),
    Nature("Ruben", None, Role.PROFESSIONAL, capacity=16, away=(date(2027, 4, 19), date(2027, 5, 3))),
)
COORDINATOR = Nature("Coby", None, Role.COORDINATOR, capacity=30, reacts=2 * HOUR)
LEAVES, LEAVES_ON = "Karel", date(2027, 4, 14)
BLOCKS, BLOCKS_ON = "Sabah", date(2027, 4, 20)


@dataclass(frozen=True)
class Simulated:
    """What is known at the end of the month, and when time has run on; as text it is the tables."""

    waits: Sequence[Waits]
    month: Mapping[str, int]
    later: Mapping[str, int]
    still_with: Mapping[str, int]

    def __str__(self) -> str:
        left = ", ".join(f"{name} {count}" for name, count in sorted(self.still_with.items()))
        told = f"Not closed at the end of the month, and with whom: {left}."
        return "\n\n".join((times_table(self.waits), counts_table(self.month, self.later), told))


def simulate(database: Database, seed: int = SEED, requests: int = REQUESTS) -> Simulated:
    """Play the month on an empty database, let time run on, and look what became of it; raises `Broken`."""
    world = play(database, seed, requests)
    with database.reading() as session:
        found, month, left = waits(session), counts(session), still_with(session)
    run_on(world)
    with database.reading() as session:
        return Simulated(found, month, counts(session), left)


def play(database: Database, seed: int = SEED, requests: int = REQUESTS) -> World:
    """Play the month on an empty database until its last evening; raises `Broken` as soon as an invariant is."""
    world = World(database, Random(seed), _moment(FIRST_DAY, 6))
    with database.transaction() as session:
        posters = _team(session, world)
    for chat, arrivals in _who_comes(world, requests):
        _comes(world, chat, arrivals, posters)
    world.plan(_moment(FIRST_DAY + DAY, 3), world.erase_old)
    world.run(_moment(LAST_DAY, 20))
    return world


def run_on(world: World) -> None:
    """Let time run on, while only the coordinator does something, until no promise is open; raises `Broken`."""
    for phone in world.phones.values():
        if isinstance(phone, Player) and not isinstance(phone, Coordinator):
            phone.gone = True
    limit = world.now + AFTERWARDS
    while left := _open_promises(world.database):
        if world.now >= limit:
            raise Broken(f"{left} promises are open after {AFTERWARDS.days} days")
        world.run(world.now + DAY)


def _open_promises(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).where(Promise.state == PromiseState.OPEN)
        return session.scalar(query) or 0


def _team(session: Session, world: World) -> list[str]:
    """Everybody joins; gives the codes of the posters that two of them hung up."""
    helpers = {nature.name: Helper.joins(session, world, place, nature) for place, nature in enumerate(TEAM, start=1)}
    Coordinator.joins(session, world, FIRST_CHAT - 1, COORDINATOR)
    for helper in helpers.values():
        if helper.nature.away is not None:
            world.plan(_moment(helper.nature.away[0], 8), helper.goes_away)
    world.plan(_moment(LEAVES_ON, 22), helpers[LEAVES].leaves)
    world.plan(_moment(BLOCKS_ON, 21), helpers[BLOCKS].blocks)
    hung = (helpers["Fatma"], helpers["Driss"])
    return [
        sources.make(session, world.now, one.nature.wijk or "", "Buurthuis", world.random, one.member_id).code
        for one in hung
    ]


def _who_comes(world: World, requests: int) -> Iterator[tuple[int, list[datetime]]]:
    """Chats, and when each of them asks something; some come back."""
    moments = sorted(_arrivals(world.random, requests))
    chat = FIRST_CHAT
    while moments:
        mine = [moments.pop(0)]
        if moments and world.random.random() < RETURNS:
            mine.append(moments.pop(world.random.randrange(len(moments))))
        yield chat, mine
        chat += 1


def _arrivals(random: Random, requests: int) -> Iterator[datetime]:
    days = [FIRST_DAY + timedelta(days=ahead) for ahead in range((LAST_DAY - FIRST_DAY).days + 1)]
    weights = [4 if day.weekday() == 6 or is_holiday(day) else 6 if day.weekday() == 5 else 10 for day in days]
    for day in random.choices(days, weights, k=requests):
        hour = random.choices(range(24), HOURS)[0]
        moment = _moment(day, hour, random.randrange(60))
        yield min(moment, _moment(LAST_DAY, 19))


def _comes(world: World, chat: int, arrivals: list[datetime], posters: list[str]) -> None:
    random = world.random
    poster = random.choice(posters) if random.random() < BY_POSTER else ""
    resident = Resident(world, chat, name="Voorbeeld", poster=poster)
    for moment in arrivals:
        resident.plan(moment, resident.asks(_wish(random)))
    ends = (resident.erase, resident.lose, resident.block, resident.stop_messages)
    end = random.choices((*ends, None), (3, 2, 2, 4, 89))[0]
    if end is not None:
        resident.plan(arrivals[0] + timedelta(hours=random.uniform(1, 20 * 24)), end)


def _wish(random: Random) -> Wish:
    measures = random.choices((None, *Measures), (85, 8, 7))[0]
    return Wish(
        wijk=_one(random, WIJKEN),
        topics=(random.choice(TOPICS),),
        urgency=_one(random, URGENCIES),
        reach=_one(random, REACHES),
        by_whom=_one(random, WHOM),
        summary="Een voorbeeld.",
        language=_one(random, LANGUAGES),
        measures=measures,
    )


def _one(random: Random, shares: Mapping[Kind, int]) -> Kind:
    return random.choices(list(shares), list(shares.values()))[0]


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), AMSTERDAM)
