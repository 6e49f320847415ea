"""`python -m benchmarks.hearing`: what the bot hears in the sentences of nlu/evaluation, with all that it listens with.

The report of the classifier (`make nlu-report`) says what Rasa makes of one sentence. This says what the resident
meets: phrases, classifier, parts, thresholds and the open question together.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from actions.directory import load_organisation
from benchmarks.figures import machine
from benchmarks.house import running_rasa
from bot.dialogue.content import Content
from bot.dialogue.conversation import Conversation, Heard, Question
from bot.incoming import Incoming, Kind
from bot.start import read_content
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import WISHES, Understanding
from store.settings import ROOT, Settings

EVALUATION = ROOT / "nlu" / "evaluation"
PAGE = ROOT / "docs" / "understanding.md"
BEGIN, END = "<!-- heard: begin -->", "<!-- heard: end -->"
DANGERS = ("gas_smell", "carbon_monoxide", "suicide", "violence", "fire")
PRESSING = (*DANGERS, "cut_off", "eviction", "no_money")
CODES = {"dutch": "nl", "turkish": "tr", "arabic": "ar", "polish": "pl", "english": "en"}
ENDS = ("right", "beside", "asked", "nothing", "wrong")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INTENTS = {wish: intent for intent, wish in WISHES.items()}


@dataclass(frozen=True)
class Case:
    """A labelled sentence and what the bot heard in it."""

    text: str
    meant: tuple[str, ...]
    hard: bool
    heard: Heard

    @property
    def taken(self) -> frozenset[str]:
        """What the bot acts on without asking."""
        if self.heard.danger:
            return frozenset([self.heard.danger.intent] if self.heard.danger.certain else [])
        wish = (INTENTS.get(self.heard.wish, ""),) if self.heard.wish else ()
        return frozenset((*self.heard.intents, *wish))

    @property
    def asked(self) -> frozenset[str]:
        """What the bot asks about: also what it offers to look at after a danger."""
        if self.heard.danger:
            return frozenset((self.heard.danger.intent, *self.heard.intents)) - self.taken
        return frozenset(self.heard.doubt)

    @property
    def nothing(self) -> bool:
        return not (self.taken or self.asked)


class Ear:
    """The understanding of one installation."""

    def __init__(self, url: str) -> None:
        settings = Settings(_env_file=None)  # type: ignore[call-arg]
        organisation = load_organisation(settings.directory, settings.organisation)
        self.content: Content = read_content(settings.flows, organisation)
        phrases = SafetyPhrases.read(settings.flows / "texts")
        self.understanding = Understanding(self.content, phrases, Rasa(url, timeout=10))

    async def hear(self, text: str, slot: str = "") -> Heard:
        """What is heard in a sentence, with or without an open question."""
        question = Question(1, slot) if slot else None
        talk = Conversation(started=True, open=question)
        return await self.understanding.understand(Incoming(1, 1, Kind.TEXT, text=text, message_id=1), talk, NOW)


def _read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((EVALUATION / f"{name}.yml").read_text(encoding="utf-8"))
    return entries


async def cases(ear: Ear, name: str, every: int = 1) -> list[Case]:
    """The sentences of a file, heard without an open question.

    With `every` only one in so many of those that are neither pressing nor about several things.
    """
    sentences = _read(name)
    telling = [one for one in sentences if len(one["intents"]) > 1 or set(PRESSING) & set(one["intents"])]
    others = [one for one in sentences if one not in telling][::every]
    return [
        Case(one["text"], tuple(one["intents"]), bool(one.get("hard")), await ear.hear(one["text"]))
        for one in telling + others
    ]


def pressing_table(found: Sequence[Case]) -> Iterator[str]:
    """How many of each danger and crisis are acted on, asked about and missed."""
    yield "| intent | sentences | acted on | asked about | missed | found or asked |"
    yield "|---|---|---|---|---|---|"
    for intent in PRESSING:
        of_it = [case for case in found if intent in case.meant]
        taken = sum(intent in case.taken for case in of_it)
        asked = sum(intent in case.asked - case.taken for case in of_it)
        share = (taken + asked) / max(1, len(of_it))
        yield f"| {intent} | {len(of_it)} | {taken} | {asked} | {len(of_it) - taken - asked} | {share:.3f} |"


def costs_table(found: Sequence[Case]) -> Iterator[str]:
    """What the care costs everybody else."""
    other = [case for case in found if not set(PRESSING) & set(case.meant)]

    def share(what: str, count: int) -> str:
        return f"| {what} | {count} of {len(other)} | {count / len(other):.3f} |"

    yield "| sentences about something else | | share |"
    yield "|---|---|---|"
    yield share("danger text without asking", sum(set(DANGERS) & case.taken != set() for case in other))
    yield share("asked about a danger", sum(bool(set(DANGERS) & case.asked) for case in other))
    yield share("asked about a crisis", sum(bool(set(PRESSING) - set(DANGERS) & case.asked) for case in other))
    yield share("taken for a crisis", sum(bool(set(PRESSING) - set(DANGERS) & case.taken) for case in other))


def ways_table(groups: Mapping[str, Sequence[Case]]) -> Iterator[str]:
    """How each group of sentences ends."""
    yield "| sentences | | right at once | right, beside another | asked, right among them | not understood | wrong |"
    yield "|---|---|---|---|---|---|---|"
    for name, group in groups.items():
        ends = [_end(case) for case in group]
        shares = [
            f"{ends.count(end) / max(1, len(ends)):.3f}" for end in ("right", "beside", "asked", "nothing", "wrong")
        ]
        yield f"| {name} | {len(group)} | " + " | ".join(shares) + " |"


def _end(case: Case) -> str:
    """`right`: only what was meant; `beside`: that and more. An own question about it counts as asked."""
    meant = set(case.meant)
    if case.taken & meant:
        return "right" if case.taken <= meant else "beside"
    if case.asked & meant:
        return "asked"
    return "nothing" if case.nothing else "wrong"


def several_table(found: Sequence[Case]) -> Iterator[str]:
    """Messages with more than one topic."""
    several = [case for case in found if len(case.meant) > 1]
    every = sum(set(case.meant) <= case.taken | case.asked for case in several)
    some = sum(bool(set(case.meant) & (case.taken | case.asked)) for case in several)
    extra = sum(len(case.taken - set(case.meant)) for case in several)
    worst = sum(case.meant[0] in case.taken | case.asked for case in several)
    yield f"Of {len(several)} messages with several topics: all found in {every}, at least one in {some}, "
    yield f"the most urgent one in {worst}; {extra} topics too many."


async def context(ear: Ear, name: str) -> list[Context]:
    """The answers of a file, heard with their question open."""
    return [Context.of(one, await ear.hear(one["text"], one["slot"])) for one in _read(name)]


async def context_lines(ear: Ear, name: str) -> list[str]:
    """Answers to an open question: a line, and those that were read wrongly."""
    answers = await context(ear, name)
    mixed = [answer for answer in answers if answer.beside]
    right, heard = sum(answer.right for answer in answers), sum(answer.heard_beside for answer in mixed)
    return [
        f"Answers to an open question ({name}.yml): {right} of {len(answers)} read as meant; of {len(mixed)} with "
        f"something else in them, that was heard too in {heard}.",
        *(answer.told for answer in answers if not answer.right),
        *(f"beside: {answer.told}" for answer in mixed if not answer.heard_beside),
    ]


@dataclass(frozen=True)
class Context:
    """A typed answer, what it should be read as, and what was heard."""

    slot: str
    text: str
    value: str | None
    beside: frozenset[str]
    heard: Heard

    @classmethod
    def of(cls, one: dict[str, Any], heard: Heard) -> Context:
        return cls(one["slot"], one["text"], one["value"], frozenset(one.get("intents", ())), heard)

    @property
    def right(self) -> bool:
        """A danger goes first, and the question is asked again; that is right when there was one."""
        if self.heard.danger and self.beside & set(DANGERS):
            return True
        wished = self.value == "skipped" and self.heard.wish == "skip"
        return wished or self.value == (self.heard.answer.value if self.heard.answer else None)

    @property
    def heard_beside(self) -> bool:
        danger = (self.heard.danger.intent,) if self.heard.danger else ()
        wish = INTENTS.get(self.heard.wish, "")
        return self.beside <= {*self.heard.intents, *self.heard.doubt, *danger, wish}

    @property
    def told(self) -> str:
        read = self.heard.answer.value if self.heard.answer else None
        beside = (*self.heard.intents, *self.heard.doubt, self.heard.danger and self.heard.danger.intent)
        return f"{self.slot}: {self.text} -> {read} {beside}, meant {self.value} {sorted(self.beside)}"


async def report(url: str) -> tuple[str, list[str]]:
    """The section for the document, and what went wrong."""
    ear = Ear(url)
    found = {name: await cases(ear, name) for name in CODES}
    dutch = found["dutch"]
    known, *wrong = await context_lines(ear, "in_context")
    fresh, *wrong_too = await context_lines(ear, "in_context_fresh")
    wrong += wrong_too
    groups = {"Dutch": dutch, "of these, hard": [case for case in dutch if case.hard]}
    groups |= {name.capitalize(): group for name, group in found.items() if name != "dutch"}
    lines = [
        f"Measured on {machine()}.",
        "",
        *pressing_table(dutch),
        "",
        *costs_table(dutch),
        "",
        *ways_table(groups),
        "",
        " ".join(several_table(dutch)),
        "",
        f"{known}  ",
        fresh,
        "",
        *language_lines(found),
    ]
    wrong += [
        f"several: {_told(case)}"
        for case in dutch
        if len(case.meant) > 1 and not set(case.meant) <= case.taken | case.asked
    ]
    wrong += [
        f"{case.text} -> {sorted(case.taken)} asked {sorted(case.asked)}, meant {case.meant}" for case in missed(dutch)
    ]
    return "\n".join(lines), wrong


def _told(case: Case) -> str:
    return f"{case.text} -> {sorted(case.taken)} asked {sorted(case.asked)}, meant {case.meant}"


def missed(found: Sequence[Case]) -> list[Case]:
    """Dangers and crises that were not found, and danger texts shown for nothing."""
    return [
        case
        for case in found
        if any(i in PRESSING and i not in case.taken | case.asked for i in case.meant)
        or (set(DANGERS) & case.taken) - set(case.meant)
    ]


def language_lines(found: dict[str, list[Case]]) -> Iterator[str]:
    for name, code in CODES.items():
        named = [case.heard.language for case in found[name]]
        other = sum(one not in ("", code) for one in named)
        yield f"{name.capitalize()}: named {named.count(code)} of {len(named)}, taken for another language {other}.  "


def write(text: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> None:
    """Measure, print, and with `--write` put it into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hearing", description=__doc__)
    parser.add_argument("--url", help="a running Rasa; without it one is started")
    parser.add_argument("--write", action="store_true", help=f"put it into {PAGE.relative_to(ROOT)}")
    parser.add_argument("--wrong", action="store_true", help="show what went wrong")
    given = parser.parse_args()
    if given.url:
        text, wrong = asyncio.run(report(given.url))
    else:
        with running_rasa() as rasa:
            text, wrong = asyncio.run(report(rasa.url))
    print(text)
    if given.wrong:
        print("\n".join(wrong))
    if given.write:
        write(text)


if __name__ == "__main__":
    main()
