"""`wijkwijzer talk`: a talk in the terminal, with the real flows, texts and understanding, and without Telegram."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

from actions.directory import load_organisation
from bot.live_directory import DirectoryFile
from bot.rehearsal import SECONDS_A_STEP, SHOWS_CHOICE, Answered, Someone, Stage, begin
from bot.start import read_content
from bot.transcript import Transcript
from bot.understanding.rasa import WARM_UP, Parsed, Rasa
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store import encryption
from store.database import Database
from store.settings import Settings

SLOTS = "/slots"
RESIDENT = "Voorbeeld"
Show = Callable[[str], None]


@dataclass
class Listening:
    """Asks Rasa and remembers what it made of the last sentence; when `down`, Rasa is not asked."""

    rasa: Rasa
    down: bool = False
    heard: Parsed | None = None

    async def parse(self, text: str) -> Parsed | None:
        self.heard = None if self.down else await self.rasa.parse(text)
        return self.heard

    async def look(self) -> None:
        """Find out whether Rasa answers; for the whole talk, so that it can be repeated."""
        self.down = await self.rasa.parse(WARM_UP) is None


@dataclass
class Talking:
    """One talk in a terminal: what is typed goes in, bubbles and numbered buttons come out."""

    resident: Someone
    rasa: Listening
    transcript: Transcript
    show: Show
    buttons: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """Do what a line says: `/slots`, the number of a button, or something said."""
        if line == SLOTS:
            return self._slots()
        self.resident.stage.clock.move(seconds=SECONDS_A_STEP)
        if line.isdecimal() and 1 <= int(line) <= len(self.buttons):
            choice = self.buttons[int(line) - 1]
            answers = self.resident.chooses(choice)
            self.transcript.presses(choice, answers)
        else:
            self.rasa.heard = None
            answers = self.resident.says(line)
            self.transcript.says(line, self.rasa.heard, answers)
        return self.tell(answers)

    def tell(self, answers: Iterable[Answered]) -> None:
        """Show bubbles with their buttons; a number stands for the latest button with that meaning."""
        shown = [answer for answer in answers if answer.key != SHOWS_CHOICE]
        choices = [choice for answer in shown for choice in answer.choices()]
        self.buttons = list(dict.fromkeys(choices))
        for answer in shown:
            self.show("\n" + indent(_words(answer), "  "))
            for row in answer.rendered.rows:
                self.show("    " + "   ".join(self._button(answer, title, data) for title, data in row))

    def _button(self, answer: Answered, title: str, data: str) -> str:
        choice = next(choice for choice, given in answer.choices().items() if given == data)
        return f"[{self.buttons.index(choice) + 1}] {title}"

    def _slots(self) -> None:
        for name, value in sorted(self.resident.conversation().slots.items()):
            self.show(f"    {name}: {value}")


def _words(answer: Answered) -> str:
    """The text of a bubble; what would be read aloud is shown."""
    aloud = "\n".join(spoken.text for spoken in answer.rendered.aloud)
    return f"(♪) {aloud}" if aloud else answer.rendered.text


@contextmanager
def talking(settings: Settings, consent: str, name: str, show: Show) -> Iterator[Talking]:
    """A talk with a database of its own that is gone afterwards; `consent` starts past the welcome."""
    encryption.configure(encryption.new_key())
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        database = Database(f"sqlite:///{folder}/talk.db")
        database.upgrade()
        rasa = Listening(Rasa(settings.rasa_url, settings.rasa_timeout))
        runner.run(rasa.look())
        stage = _stage(settings, database, rasa)
        stage.run = runner.run
        given = {**({"consent": consent} if consent else {}), **({"rasa": "down"} if rasa.down else {})}
        yield Talking(stage.person(1, RESIDENT), rasa, Transcript(name, given), show)
        runner.run(rasa.rasa.close())
        database.close()


def _stage(settings: Settings, database: Database, rasa: Listening) -> Stage:
    organisation = load_organisation(settings.directory, settings.organisation)
    content = read_content(settings.flows, organisation)
    words = Words(content, organisation.wijk_names(), complexes=organisation.complexes)
    source = DirectoryFile(settings.directory, settings.organisation, words)
    phrases = SafetyPhrases.read(settings.flows / "texts")
    return Stage(database, words, phrases, rasa, source)


def play(settings: Settings, lines: Iterable[str], show: Show, *, consent: str, file: Path | None, name: str) -> None:
    """Play a talk until the lines end, and write it if there is a file for it."""
    with talking(settings, consent, name, show) as talk:
        if talk.rasa.down:
            show(f"Rasa does not answer at {settings.rasa_url}: only buttons, their words and commands are understood.")
        if consent:
            begin(talk.resident, consent)
            talk.tell(talk.resident.hears())
        for line in lines:
            if line.strip():
                talk.hear(line.strip())
        if file and talk.transcript.steps:
            talk.transcript.append_to(file, talk.resident.stage)
            show(f"Written to {file}: {len(talk.transcript.steps)} steps.")
