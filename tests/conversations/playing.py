"""Plays a transcript on a stage and says where it differs. Everything is stored and read back between the steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import appointment_hours, availability, people, signals, sources, team
from actions.directory import Complex, load_organisation
from actions.opening_hours import local_day
from actions.signals import Complaint
from bot.dialogue.content import Content
from bot.incoming import Kind
from bot.rehearsal import SECONDS_A_STEP, SHOWS_CHOICE, begin
from bot.start import read_content
from bot.understanding.masking import mask
from store.settings import ROOT
from store.states import Role
from store.tables import Inbox, Member, Outgoing, Person, Poster, Request, Signal
from store.tables import Talk as TalkRow
from tests.conversations.transcripts import RESIDENT, Step, Talk
from tests.talks import RecordedMeanings, Someone, Stage, keys

TABLES = {
    "people": Person,
    "talks": TalkRow,
    "inbox": Inbox,
    "outgoing": Outgoing,
    "requests": Request,
    "signals": Signal,
}
REQUEST_FIELDS = (
    *("state", "urgency", "wijk", "topics", "reach", "by_whom", "contact", "exit", "coach"),
    *("rule", "outcome", "measures", "on_top"),
)


@dataclass
class Played:
    """What one step brought: text keys for who did it, and for each other person that heard something."""

    step: Step
    bot: tuple[str, ...]
    others: dict[str, tuple[str, ...]]

    @property
    def fits(self) -> bool:
        return self.bot == self.step.bot and self.others == self.step.others

    def __str__(self) -> str:
        expected = f"bot: {list(self.step.bot)}, others: {_plain(self.step.others)}"
        given = f"bot: {list(self.bot)}, others: {_plain(self.others)}"
        return f"{self.step.where}: {self.step.does} '{self.step.what}'\n  expected {expected}\n  but got  {given}"


class Playing:
    """One talk under way."""

    def __init__(self, stage: Stage, talk: Talk) -> None:
        self.stage, self.talk = stage, talk
        self.people: dict[str, Someone] = {RESIDENT: stage.person(1, "Voorbeeld")}
        self._given()

    def _given(self) -> None:
        """Rows as the first words would have left them: cheaper than saying those in every talk."""
        for name, role in self.talk.given.get("team", {}).items():
            self._join(name, role)
        self._open(self.talk.given.get("hours", {}))
        self._take_off(self.talk.given.get("days_off", {}))
        self._hang(self.talk.given.get("posters", {}))
        self._build(self.talk.given.get("complexes", {}))
        self._let_count(self.talk.given.get("counting", {}))
        if "consent" in self.talk.given:
            begin(self.people[RESIDENT], self.talk.given["consent"])
            self.people[RESIDENT].hears()
        if self.talk.given.get("rasa") == "down":
            assert isinstance(self.stage.rasa, RecordedMeanings)
            self.stage.rasa.down = True

    def _open(self, hours: Mapping[str, str]) -> None:
        """When members of the team can have appointments: `fatma: di 10-12`."""
        with self.stage.database.transaction() as session:
            for name, notation in hours.items():
                appointment_hours.set_hours(availability.of(session, self._member(session, name)), notation)

    def _take_off(self, days: Mapping[str, int]) -> None:
        """For so many days from today somebody has no appointments."""
        today = local_day(self.stage.clock.now())
        with self.stage.database.transaction() as session:
            for name, number in days.items():
                theirs = availability.of(session, self._member(session, name))
                for ahead in range(number):
                    appointment_hours.set_day_off(theirs, today + timedelta(days=ahead), today, off=True)

    def _member(self, session: Session, name: str) -> Member:
        person = people.find_or_create(session, self.stage.clock.now(), self.someone(name).chat_id, name)
        member = team.member_of(session, person)
        assert member is not None, "only who is of the team has hours"
        return member

    def _hang(self, posters: Mapping[str, str]) -> None:
        now = self.stage.clock.now()
        with self.stage.database.transaction() as session:
            session.add_all(Poster(code=code, wijk=wijk, place="hal", created_at=now) for code, wijk in posters.items())

    def _build(self, complexes: Mapping[str, str]) -> None:
        """Flats that the organisation's own file does not have, by the wijk in which they stand."""
        if complexes:
            built = tuple(Complex(key, key.capitalize(), wijk) for key, wijk in complexes.items())
            content = _with_complexes(built)
            self.stage.words.content = self.stage.conversations.understanding.content = content
            self.stage.words.complexes = built

    def _let_count(self, neighbours: Mapping[str, int]) -> None:
        """So many other households in Smitsveen let such a complaint count along."""
        now = self.stage.clock.now()
        with self.stage.database.transaction() as session:
            for topic, number in neighbours.items():
                for one in range(number):
                    person = people.find_or_create(session, now, 500 + one, "Voorbeeld")
                    signals.count_along(session, now, person, Complaint(topic, "smitsveen"))

    def _join(self, name: str, role: str) -> None:
        """A name with a wijk, or with another role than that of a wijkverbinder."""
        given = (Role(role), None) if role in list(Role) else (Role.WIJKVERBINDER, role)
        now, someone = self.stage.clock.now(), self.someone(name)
        with self.stage.database.transaction() as session:
            payload = team.invite(session, now, someone.name, *given).payload
            team.join(session, now, people.find_or_create(session, now, someone.chat_id, someone.name), payload)

    def someone(self, name: str) -> Someone:
        return self.people.setdefault(name, self.stage.person(len(self.people) + 1, name.capitalize()))

    def steps(self) -> Iterator[Played]:
        """Play step by step, giving what each brought."""
        for step in self.talk.steps:
            yield self._play(step)

    def _play(self, step: Step) -> Played:
        self.stage.clock.move(seconds=SECONDS_A_STEP)
        who = self.someone(step.who)
        bot = _without_choice(step, tuple(keys(self._do(who, step))))
        heard = {name: tuple(keys(other.hears())) for name, other in self.people.items() if other is not who}
        return Played(step, bot, {name: said for name, said in heard.items() if said})

    def _do(self, who: Someone, step: Step) -> list[Any]:
        match step.does:
            case "waits":
                return self._wait(who, step)
            case "says":
                self.stage.rasa.languages_of[step.what] = step.language
                return who.says(step.what, *step.means)
            case "presses":
                return who.chooses(step.what) if step.what not in _MADE_UP else who.sends(**_MADE_UP[step.what])
            case "edits":
                return who.edits(who.said.index(step.was) + 1, mask(step.what)[0])
            case _:
                return who.sends(kind=Kind(step.what))

    def _wait(self, who: Someone, step: Step) -> list[Any]:
        """Time goes by: silence is noticed, what is past its term erased, what many report told, what is due comes."""
        self.stage.wait(**step.what)
        self.stage.conversations.erase_some()
        self.stage.conversations.report_signals()
        self.stage.deliver()
        return who.hears()

    # --- what remains ---------------------------------------------------------------------------------------

    def rows(self) -> Iterator[str]:
        """What remains and should not, or the other way round."""
        rows = self.talk.rows
        if "slots" in rows:
            slots = dict(self.people[RESIDENT].conversation().slots)
            if slots != rows["slots"]:
                yield f"{self.talk.where}: slots are {slots}"
        for table, number in rows.get("count", {}).items():
            with self.stage.database.reading() as session:
                found = session.scalar(select(func.count()).select_from(TABLES[table]))
            if found != int(number):
                yield f"{self.talk.where}: {found} rows in '{table}'"
        yield from self._came(rows.get("came", {}))
        yield from self._requests(rows.get("requests", []))

    def _came(self, expected: Mapping[str, int]) -> Iterator[str]:
        """How many came by each poster; by one that is not named nobody did."""
        with self.stage.database.reading() as session:
            found = {one.poster.code: one.people for one in sources.listed(session) if one.people}
        if found != dict(expected):
            yield f"{self.talk.where}: by posters came {found}"

    def _requests(self, expected: list[Mapping[str, Any]]) -> Iterator[str]:
        with self.stage.database.reading() as session:
            stored = list(session.scalars(select(Request).order_by(Request.id)))
            if len(stored) != len(expected):
                yield f"{self.talk.where}: {len(stored)} requests are stored"
            for row, fields in zip(stored, expected, strict=False):
                yield from self._request(row, fields)

    def _request(self, row: Request, fields: Mapping[str, Any]) -> Iterator[str]:
        for name in REQUEST_FIELDS:
            if name in fields and str(getattr(row, name)) != str(fields[name]):
                yield f"{self.talk.where}: {name} of the request is '{getattr(row, name)}'"
        if "summary" in fields and not self._words_are(row.summary, fields["summary"]):
            yield f"{self.talk.where}: the request says '{row.summary}'"

    def _words_are(self, text: str, lines: list[str]) -> bool:
        """Whether a text consists of these responses, one a line, in any of their wordings."""
        said = text.split("\n") if text else []
        return len(said) == len(lines) and all(self._is(key, line) for key, line in zip(lines, said, strict=True))

    def _is(self, key: str, line: str) -> bool:
        variants = self.stage.words.content.response(key).variants
        patterns = (re.sub(r"(\\ )?\\\{\w+\\\}", ".*", re.escape(variant.text)) for variant in variants)
        return any(re.fullmatch(pattern, line) for pattern in patterns)


@lru_cache
def _with_complexes(complexes: tuple[Complex, ...]) -> Content:
    return read_content(ROOT / "flows", replace(load_organisation(ROOT / "directory", "soest"), complexes=complexes))


def _without_choice(step: Step, said: tuple[str, ...]) -> tuple[str, ...]:
    """An answered question shows what was chosen: the same each time, so that transcripts leave it out."""
    return said[:-1] if step.does in ("presses", "says") and said[-1:] == (SHOWS_CHOICE,) else said


_MADE_UP = {"made up": {"kind": Kind.PRESS, "data": "q1:'; drop", "callback_id": "c"}}


def _plain(heard: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {who: list(said) for who, said in heard.items()}
