"""The state of a talk: what was answered, what was said and done. Nothing else; the place in a flow follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Mark:
    """One thing that happened in a run of a flow.

    `what` is `slot` (answered), `said` or `done` (an action); `name` is the slot
    or step; `message` is the number of the message that held the answer.
    """

    what: str
    name: str
    message: int | None = None


@dataclass(frozen=True)
class Run:
    """A flow that is being played, with its trail in order."""

    flow: str
    trail: tuple[Mark, ...] = ()

    def has(self, what: str, name: str) -> bool:
        return any(mark.what == what and mark.name == name for mark in self.trail)

    def with_mark(self, mark: Mark) -> Run:
        return replace(self, trail=(*self.trail, mark))

    def said_anew(self, slots: frozenset[str]) -> Run:
        """Without what was said after the first of these answers: another answer may need other words."""
        places = [place for place, mark in enumerate(self.trail) if mark.what == "slot" and mark.name in slots]
        first = min(places, default=len(self.trail))
        later = tuple(mark for mark in self.trail[first:] if mark.what != "said")
        return replace(self, trail=(*self.trail[:first], *later))

    def without_slots(self, slots: frozenset[str]) -> Run:
        kept = tuple(mark for mark in self.trail if not (mark.what == "slot" and mark.name in slots))
        return replace(self, trail=kept)


@dataclass(frozen=True)
class Question:
    """The question that waits for an answer; `number` goes up with each asking and stands in its buttons."""

    number: int
    slot: str


NUMBERED_FROM = datetime(2026, 1, 1, tzinfo=UTC)
Counted = tuple[str, str | None]
"""When something happened first in a talk (ISO, with zone), and in which wijk."""
Ranking = tuple[tuple[str, float], ...]
"""Intents with the classifier's confidence in each, best first."""


@dataclass(frozen=True)
class Sentence:
    """A typed sentence and what was made of it."""

    text: str
    ranking: Ranking


@dataclass(frozen=True)
class Conversation:
    """A talk with one person.

    `language` is the one that the person writes; texts that are not there in it are said in Dutch. `runs` are the
    flows under way, the last one on top. `topics` are the intents that this talk was about, `kept` those still to be
    offered. `counted` is what happened in this talk already (`Happened.key`). `took_up` is the sentence that began a
    flow in the last turn: the next turn may show that it was not meant. `covered`: somebody is looking at the screen,
    and the talk is not shown until the person takes it up again.
    """

    started: bool = False
    language: str = "nl"
    slots: Mapping[str, Any] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    topics: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    open: Question | None = None
    asked: int = 0
    misunderstood: int = 0
    last_heard: datetime | None = None
    took_up: Sentence | None = None
    counted: Mapping[str, Counted] = field(default_factory=dict)
    covered: bool = False

    @property
    def over(self) -> bool:
        return not self.runs

    @property
    def unkept(self) -> bool:
        """Whether it holds what somebody told us without saying that it may be kept."""
        told = self.slots.keys() - {"consent"} or self.topics or self.kept or self.took_up
        return self.slots.get("consent") != "yes" and bool(told)

    def slot_of(self, message: int) -> str | None:
        """The slot that was answered in that message, if it can still be corrected."""
        marks = self.runs[-1].trail if self.runs else ()
        return next((mark.name for mark in marks if mark.what == "slot" and mark.message == message), None)

    def with_top(self, run: Run) -> Conversation:
        return replace(self, runs=(*self.runs[:-1], run))

    def as_json(self) -> dict[str, Any]:
        return {
            "started": self.started,
            "language": self.language,
            "slots": dict(self.slots),
            "runs": [[run.flow, [[m.what, m.name, m.message] for m in run.trail]] for run in self.runs],
            "topics": list(self.topics),
            "kept": list(self.kept),
            "open": [self.open.number, self.open.slot] if self.open else None,
            "asked": self.asked,
            "misunderstood": self.misunderstood,
            "happened": {key: list(one) for key, one in self.counted.items()},
            "covered": self.covered,
            "last_heard": self.last_heard.isoformat() if self.last_heard else None,
            "took_up": [self.took_up.text, [list(one) for one in self.took_up.ranking]] if self.took_up else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Conversation:
        heard = stored["last_heard"]
        return cls(
            started=stored["started"],
            language=stored["language"],
            slots=stored["slots"],
            runs=tuple(Run(flow, tuple(Mark(*mark) for mark in trail)) for flow, trail in stored["runs"]),
            topics=tuple(stored["topics"]),
            kept=tuple(stored["kept"]),
            open=Question(*stored["open"]) if stored["open"] else None,
            asked=stored["asked"],
            misunderstood=stored["misunderstood"],
            last_heard=datetime.fromisoformat(heard) if heard else None,
            took_up=_sentence(stored.get("took_up")),
            covered=stored.get("covered", False),
            counted={key: (at, wijk) for key, (at, wijk) in stored.get("happened", {}).items()},
        )


def begun(now: datetime) -> Conversation:
    """A talk that begins.

    Its questions are numbered on from the moment, as nobody is asked one each second: a button of an earlier talk that
    was erased then fits none of them.
    """
    return Conversation(asked=max(0, int((now - NUMBERED_FROM).total_seconds())))


def _sentence(stored: Any) -> Sentence | None:
    return Sentence(stored[0], tuple((name, confidence) for name, confidence in stored[1])) if stored else None


@dataclass(frozen=True)
class Answer:
    """A value for a slot, checked; `message` is where it was written, if it was typed."""

    slot: str
    value: Any
    message: int | None = None


@dataclass(frozen=True)
class Danger:
    """A safety intent; `certain` acts at once, otherwise one question is asked first."""

    intent: str
    certain: bool


@dataclass(frozen=True)
class Heard:
    """What somebody meant, as far as it was understood. At most the fields that apply are set.

    `wish` is one of back, skip, stop, repeat, restart, help, listen, human. `line` is the
    number of a summary line to change or leave out. `remark` is a text key that
    answers what came in (a voice note, an old button) without changing anything.
    `doubt` holds one or two intents to choose from, when it is not clear which
    of them was meant. `ranking` is what the classifier made of the sentence, and
    `language` the one that it is written in, empty when that is not clear.
    `begins` is a flow that goes before everything else; `answer` is the answer to its first question, when that was
    sent on its own.
    `known` fills slots that have no answer yet, so that they are not asked; `told` is what somebody says now, and goes
    before an earlier answer.
    """

    at: datetime
    danger: Danger | None = None
    wish: str = ""
    answer: Answer | None = None
    corrects: bool = False
    intents: tuple[str, ...] = ()
    line: int | None = None
    remark: str = ""
    refused: str = ""
    doubt: tuple[str, ...] = ()
    ranking: Ranking = ()
    language: str = ""
    begins: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """Say the response `key`; with `question` it is asked, `nav` names the buttons below it.

    With `aloud` what was said last is read aloud; `key` is for when that cannot be done.
    """

    key: str
    values: Mapping[str, Any]
    question: int | None = None
    nav: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    aloud: bool = False


@dataclass(frozen=True)
class Acting:
    """The organisation must do `name` now; `resume` goes on with what it gave."""

    name: str
    step: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """Something worth counting, and the flow in which it happened; `detail` is a flow, slot or intent."""

    name: str
    detail: str = ""
    flow: str = ""

    @property
    def key(self) -> str:
        """What it is told apart by from others of the same talk."""
        return self.part_of(self.name)

    def part_of(self, whole: str) -> str:
        """The key of the event of that name about the same."""
        return "/".join((whole, self.flow, self.detail))


Event = Said | Acting | Happened


@dataclass(frozen=True)
class Done:
    """What an action gave: slots, whether what lay beneath it is finished too, and whether all must be forgotten."""

    slots: Mapping[str, Any] = field(default_factory=dict)
    ends_talk: bool = False
    forgets: bool = False
