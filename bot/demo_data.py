"""Demo data: a year of talks in invented wijken, played through the real flows by people that do not exist.

Everything that is counted happened: each update is understood, each flow walked, each request taken up by functions of
`actions`, on a clock that is moved by hand. Only Telegram and Rasa are not there. Afterwards nobody can be reached.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from actions import appointments, people, retention, signals, silence, sources, waiting_list, weeks
from actions.directory import load_organisation
from actions.opening_hours import AMSTERDAM, local_day
from actions.outbox import Message
from actions.quiet_hours import BEGUN
from bot import demo_world as world
from bot.demo_talks import Household, Talks
from bot.demo_team import Team
from bot.live_directory import DirectoryFile
from bot.start import read_content
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.agenda_tables import Appointment
from store.database import Database
from store.figure_tables import FigureWeek
from store.settings import TELEGRAM, Settings
from store.states import OutgoingState
from store.tables import DirectoryChange, Event, Member, Outgoing, Person, Poster, Request, SignalReport

FIRST_RESIDENT = world.NOBODY + 1000
YEAR = timedelta(days=364)
MOST_RESIDENTS = 5000
WORK = (9, 12, 15)
"""The hours at which the team begins three hours of work, from Monday to Friday."""
AROUND = (*WORK, 18)
"""The hours at which what is due by itself happens; on Saturday and Sunday only at the first."""
MINUTES = 170
"""Within so many minutes of that everybody has done their work, and what is due is sent."""
FRIDAY = 4
ASKED = (f"{BEGUN}:", "plan:")
"""What the subject of a question begins with that was sent on its own."""
COPIED = 0.55
"""Of the talks of new people: how many are such as somebody had before."""
BY_POSTER, COMES_BACK, ANSWERS_LATER = 0.5, 0.25, 0.65
Act = Callable[[Session, datetime], None]


class DemoDataRefused(RuntimeError):
    """No demo data here; the message says why, and what to do."""


@dataclass(order=True)
class _Planned:
    at: datetime
    number: int
    act: Act = field(compare=False)


class _Kept(NamedTuple):
    """What was counted of a talk, so long after it began."""

    after: timedelta
    name: str
    detail: str
    flow: str
    wijk: str | None
    first: bool


def _kept(one: Event, began: datetime) -> _Kept:
    return _Kept(one.at - began, one.name, one.detail, one.flow, one.wijk, one.first)


@dataclass
class Year:
    """A year that is played; what is going to happen waits in order of time."""

    database: Database
    talks: Talks
    team: Team
    random: Random
    wijken: tuple[str, ...]
    until: datetime
    length: timedelta
    tell: Callable[[str], None]
    households: dict[int, Household] = field(default_factory=dict)
    plans: list[_Planned] = field(default_factory=list)
    talks_held: int = 0
    kept: dict[tuple[str, int, bool], list[list[_Kept]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def play(self, residents: int) -> None:
        """Let everybody come, and everything happen that follows."""
        begins = _at(local_day(self.until - self.length), 7)
        with self.database.transaction() as session:
            self.team.join(session, begins, self.wijken)
            posters = self._hang_posters(session, begins)
        for number in range(residents):
            self._move_in(number, begins, posters)
        for day in _days(begins, self.until):
            for hour in AROUND if day.weekday() <= FRIDAY else AROUND[:1]:
                self._plan(_at(day, hour), self._go_round)
        self._plan(
            self.until - timedelta(days=world.COACH_AWAY_DAYS), lambda session, _: self.team.coach_stops(session)
        )
        self._run()

    def _run(self) -> None:
        month = (0, 0)
        while self.plans and self.plans[0].at < self.until:
            planned = heapq.heappop(self.plans)
            if (planned.at.year, planned.at.month) != month:
                month = (planned.at.year, planned.at.month)
                self.tell(f"{month[0]}-{month[1]:02}: {self.talks_held} talks so far")
            with self.database.transaction(durable=False) as session:
                planned.act(session, planned.at)

    def _plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self.plans, _Planned(at, next(self.numbers), act))

    # --- residents ----------------------------------------------------------------------------------------------

    def _hang_posters(self, session: Session, now: datetime) -> dict[str, list[str]]:
        hung: dict[str, list[str]] = {wijk: [] for wijk in self.wijken}
        for number, wijk in enumerate(self.wijken):
            for place in world.POSTERS if number == 0 else world.POSTERS[:2]:
                hung[wijk].append(sources.make(session, now, wijk, f"{world.PLACE}{place}", self.random).code)
        return hung

    def _move_in(self, number: int, begins: datetime, posters: dict[str, list[str]]) -> None:
        shares = [world.SHARES[min(place, len(world.SHARES) - 1)] for place in range(len(self.wijken))]
        wijk = self.random.choices(self.wijken, shares)[0]
        poster = self.random.choice(posters[wijk]) if self.random.random() < BY_POSTER else ""
        name = f"{self.random.choice(world.NAMES)} {world.SURNAME}"
        who = Household(FIRST_RESIDENT + number, name, wijk, poster)
        self.households[who.chat_id] = who
        comes = self._some_moment(begins)
        self._comes(who, comes)
        if self.random.random() < COMES_BACK:
            self._comes(who, comes + timedelta(days=self.random.uniform(20, 150)))

    def _comes(self, who: Household, at: datetime) -> None:
        topic = self._topic(who, at)
        self._plan(at, lambda session, now: self._talk(session, now, who, topic))

    def _talk(self, session: Session, now: datetime, who: Household, topic: str) -> None:
        """A talk that led to no request may happen again, to somebody new of that wijk in that season."""
        alike = self.kept.setdefault((who.wijk, _season(local_day(now)), bool(who.poster)), [])
        if alike and self.random.random() < COPIED and people.find(session, who.chat_id) is None:
            self._copy(session, now, who, self.random.choice(alike))
        else:
            before = session.scalar(select(func.max(Event.id))) or 0
            self.talks.begin(session, now, who, topic)
            session.flush()
            events = session.scalars(select(Event).where(Event.id > before).order_by(Event.id)).all()
            if all(one.request_id is None for one in events):
                alike.append(
                    [_Kept(one.at - now, one.name, one.detail, one.flow, one.wijk, one.first) for one in events]
                )
        self.talks_held += 1

    def _copy(self, session: Session, now: datetime, who: Household, kept: Sequence[_Kept]) -> None:
        person = people.find_or_create(session, now, who.chat_id, who.name)
        person.source = who.poster or None
        for one in kept:
            detail = who.poster if one.name == sources.CAME else one.detail
            told = {"flow": one.flow, "wijk": one.wijk, "first": one.first, "source": person.source}
            session.add(Event(at=now + one.after, name=one.name, detail=detail, **told))

    def _some_moment(self, begins: datetime) -> datetime:
        """A moment in the day or the evening; in winter people come twice as often as in summer."""
        while True:
            day = local_day(begins + timedelta(days=self.random.randrange(self.length.days)))
            if self.random.random() < (1 if _season(day) == 0 else 0.4 if _season(day) == 2 else 0.6):
                return _at(day, self.random.choice((9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21))) + self._minutes(59)

    def _topic(self, who: Household, at: datetime) -> str:
        more = world.MORE_IN.get(self.wijken.index(who.wijk), {})
        season = _season(local_day(at))
        weights = [share[season] * more.get(topic, 1) for topic, share in world.COMES_IN.items()]
        return self.random.choices(list(world.COMES_IN), weights)[0]

    def _minutes(self, most: int) -> timedelta:
        return timedelta(minutes=self.random.randint(1, most))

    # --- what happens by itself -----------------------------------------------------------------------------------

    def _go_round(self, session: Session, now: datetime) -> None:
        """What the bot does of its own accord since the last time, and in working hours what the team does."""
        here = now.astimezone(AMSTERDAM)
        day, hour = here.date(), here.hour
        while silence.watch(session, now):
            pass
        if hour == AROUND[0]:
            appointments.withdraw_late(session, now)
            waiting_list.offer(session, now)
            appointments.erase_whereabouts(session, now)
        if hour == AROUND[0] and day.weekday() == 0:
            signals.report(session, now)
            retention.erase_old(session, now)
        if hour in WORK and day.weekday() <= FRIDAY:
            self.team.work(session, min(now + self._minutes(MINUTES), self.until))
        session.flush()
        self._deliver(session, min(now + timedelta(minutes=MINUTES), self.until))

    def _deliver(self, session: Session, now: datetime) -> None:
        """What is due has arrived; who is asked something on its own may answer."""
        due = (Outgoing.state == OutgoingState.WAITING) & (Outgoing.due_at <= now)
        sent = {"state": OutgoingState.SENT, "telegram_message_id": Outgoing.id, "sent_at": now}
        numbers = session.scalars(select(Outgoing.id).where(due).order_by(Outgoing.id)).all()
        if not numbers:
            return
        session.execute(update(Outgoing).where(Outgoing.id.in_(numbers)).values(**sent))
        by_itself = or_(*(Outgoing.subject.startswith(kind, autoescape=True) for kind in ASKED))
        asked = Outgoing.id.in_(numbers) & by_itself
        for row in session.scalars(select(Outgoing).where(asked).order_by(Outgoing.id)).all():
            if (
                row.chat_id in self.households
                and Message.from_json(row.content).opens
                and self.random.random() < ANSWERS_LATER
            ):
                self._plan(now + self._minutes(1200), self._answers(row.id))

    def _answers(self, number: int) -> Act:
        def answer(session: Session, now: datetime) -> None:
            asked = session.get(Outgoing, number)
            if asked is not None:
                self.talks.follow_up(session, now, self.households[asked.chat_id], asked)

        return answer


def make(
    settings: Settings,
    database: Database,
    now: datetime,
    *,
    residents: int = 400,
    seed: int = 7,
    length: timedelta = YEAR,
    tell: Callable[[str], None] = lambda _: None,
) -> int:
    """Play the year that ends at `now`, in place of demo data that is there already; gives how many talks there were.

    The same seed and moment give the same year. Raises `DemoDataRefused`.
    """
    if not 1 <= residents <= MOST_RESIDENTS:
        raise DemoDataRefused(f"--residents is a number from 1 to {MOST_RESIDENTS}.")
    check(settings, database)
    clear(database)
    organisation = load_organisation(settings.directory, settings.organisation)
    words = Words(
        read_content(settings.flows, organisation), organisation.wijk_names(), complexes=organisation.complexes
    )
    directory = DirectoryFile(settings.directory, settings.organisation, words).read()
    words.directory = lambda: directory
    random = Random(seed)
    with asyncio.Runner() as runner:
        talks = Talks(words, SafetyPhrases.read(settings.flows / "texts"), random, runner)
        wijken = tuple(organisation.wijk_names())
        year = Year(database, talks, Team(random, directory), random, wijken, now, length, tell)
        year.play(residents)
    _finish(database, now)
    tell(f"Counted: {year.talks_held} talks of {residents} residents.")
    return year.talks_held


def check(settings: Settings, database: Database) -> None:
    """Raises `DemoDataRefused` where anything is that was not made here, or Telegram is near what was."""
    with database.reading() as session:
        if _is_foreign(session):
            raise DemoDataRefused(
                "This database holds people, requests or figures that are not demo data. Nothing was changed."
                " Set DATABASE_URL to an empty database."
            )
        if settings.telegram_api_url == TELEGRAM and _count(session, Person, Person.id.is_not(None)):
            raise DemoDataRefused(
                "TELEGRAM_API_URL is Telegram's own and there are people in this database. Nothing was changed."
                " Set DATABASE_URL to an empty database, or look at the data with `make demo-data`."
            )


def _is_foreign(session: Session) -> bool:
    """Whether there is anything that this module did not make: somebody with a real chat, or rows of nobody here."""
    people = session.execute(select(Person.id, Person.chat_id)).all()
    ours = {number for number, chat_id in people if chat_id >= world.NOBODY}  # sealed: the database cannot compare
    hung = Poster.place.startswith(world.PLACE, autoescape=True)
    if len(ours) < len(people) or _count(session, Poster, ~hung):
        return True
    if not set(session.scalars(select(Member.person_id))) <= ours:
        return True
    return not ours and any(_count(session, table) for table in (Event, FigureWeek, DirectoryChange, Outgoing))


def clear(database: Database) -> None:
    """Take the demo data out; to be called when `check` finds nothing else, so that all of this is of it."""
    with database.transaction() as session:
        for table in (Outgoing, DirectoryChange, Poster, Request, Member, Person, Event, FigureWeek, SignalReport):
            session.execute(delete(table))


def _finish(database: Database, now: datetime) -> None:
    """Nobody can be reached, nothing is due, and the figures are counted."""
    with database.transaction() as session:
        session.execute(delete(Outgoing))
        session.execute(update(Person).values(reachable=False, messages_stopped=True))
        session.execute(update(Request).values(look_at=None, contact=None))
        session.execute(update(Appointment).values(whereabouts=None))
        session.execute(delete(FigureWeek))
        weeks.settle(session, now)


def _count(session: Session, table: type, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), AMSTERDAM)


def _days(first: datetime, until: datetime) -> Iterator[date]:
    day = local_day(first)
    while day <= local_day(until):
        yield day
        day += timedelta(days=1)


def _season(day: date) -> int:
    """0 is winter, 1 spring, 2 summer, 3 autumn: the places in `demo_world.COMES_IN`."""
    seasons = (world.WINTER, world.SPRING, world.SUMMER)
    return next((place for place, months in enumerate(seasons) if day.month in months), len(seasons))
