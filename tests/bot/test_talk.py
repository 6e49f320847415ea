"""`wijkwijzer talk`: what is played by hand can be repeated as a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.talk import play
from bot.understanding.rasa import Meaning, Parsed
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store import encryption
from store.database import Database
from store.settings import Settings
from tests.conversations import transcripts
from tests.conversations.playing import Playing
from tests.store.shared import empty, shared_sqlite
from tests.talks import Stage

__all__ = ["shared_sqlite"]
DRAUGHT = Parsed((Meaning("draught", 0.912), Meaning("cold_home", 0.061), Meaning("mould", 0.01)), "nl")
TURKISH = Parsed((Meaning("draught", 0.9),), "tr")


class RasaThat:
    """Stands in for the client: knows a few sentences, or does not answer at all."""

    def __init__(self, knows: Mapping[str, Parsed] | None) -> None:
        self.knows = knows

    async def parse(self, text: str) -> Parsed | None:
        return None if self.knows is None else self.knows.get(text, Parsed(()))

    async def close(self) -> None:
        self.knows = None


class Terminal:
    """Plays lines and keeps what was shown and written."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "played.yml"
        self.shown: list[str] = []

    def plays(
        self, *lines: str, knows: Mapping[str, Parsed] | None = None, consent: str = "", name: str = "Played"
    ) -> str:
        settings = Settings(_env_file=None)  # type: ignore[call-arg]
        with mock.patch("bot.talk.Rasa", lambda *_: RasaThat(knows)):
            play(settings, lines, self.shown.append, consent=consent, file=self.file, name=name)
        return "\n".join(self.shown)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    before = encryption._keys
    yield Terminal(tmp_path)
    encryption._keys = before


def _written(terminal: Terminal) -> list[transcripts.Talk]:
    with mock.patch.object(transcripts, "FOLDER", terminal.file.parent):
        return transcripts.read_talks()


def _differences(talk: transcripts.Talk, stage: Stage) -> list[str]:
    empty(stage.database)
    playing = Playing(stage, talk)
    return [str(played) for played in playing.steps() if not played.fits] + list(playing.rows())


@pytest.mark.parametrize(
    ("consent", "knows", "lines"),
    [
        ("yes", {"het tocht hier zo": DRAUGHT}, ["het tocht hier zo", "1", "1", "weet ik niet", "/terug", "mens"]),
        ("yes", None, ["het tocht hier zo", "1", "/help", "99", "/onbekend"]),
        ("yes", {"pencereden soguk hava giriyor": TURKISH}, ["pencereden soguk hava giriyor", "2"]),
        ("", {"hallo": Parsed((Meaning("greet", 0.99),))}, ["hallo", "1", "er lekt gas in de keuken"]),
        ("", {}, ["mens", "1", "mijn bsn is 123456782", "stop"]),
    ],
)
def test_a_talk_that_was_played_and_written_goes_the_same_way_as_a_test(
    terminal: Terminal,
    shared_sqlite: Database,
    words: Words,
    phrases: SafetyPhrases,
    consent: str,
    knows: Mapping[str, Parsed] | None,
    lines: Sequence[str],
) -> None:
    terminal.plays(*lines, knows=knows, consent=consent)
    (talk,) = _written(terminal)
    assert len(talk.steps) == len(lines) and all(step.bot for step in talk.steps)
    assert _differences(talk, Stage(shared_sqlite, words, phrases)) == []


def test_a_written_talk_that_is_spoilt_is_no_longer_the_same(
    terminal: Terminal, shared_sqlite: Database, words: Words, phrases: SafetyPhrases
) -> None:
    terminal.plays("het tocht hier zo", "1", knows={"het tocht hier zo": DRAUGHT}, consent="yes")
    spoilt = terminal.file.read_text(encoding="utf-8").replace("portaal", "own")
    terminal.file.write_text(spoilt.replace("draught 0.91", "mould 0.91"), encoding="utf-8")
    (talk,) = _written(terminal)
    assert _differences(talk, Stage(shared_sqlite, words, phrases)) != []


def test_a_second_talk_is_written_below_the_first(terminal: Terminal) -> None:
    terminal.plays("/help", name="One: with a colon")
    terminal.plays("/help", consent="yes", name="Two")
    assert [(talk.name, dict(talk.given)) for talk in _written(terminal)] == [
        ("One: with a colon", {"rasa": "down"}),
        ("Two", {"consent": "yes", "rasa": "down"}),
    ]


def test_only_what_rasa_was_rather_sure_of_is_written(terminal: Terminal) -> None:
    terminal.plays("het tocht hier zo", "/help", knows={"het tocht hier zo": DRAUGHT}, consent="yes")
    (talk,) = _written(terminal)
    assert [(step.means, step.language) for step in talk.steps] == [(("draught 0.91", "cold_home 0.06"), ""), ((), "")]


def test_without_rasa_it_says_so(terminal: Terminal) -> None:
    assert "Rasa does not answer at http://127.0.0.1:5005" in terminal.plays("/help")
    terminal.shown.clear()
    assert "Rasa" not in terminal.plays("/help", knows={})


def test_buttons_have_numbers_and_a_number_presses_one(terminal: Terminal, words: Words) -> None:
    shown = terminal.plays("1", "/slots", consent="yes")
    first, second, *_ = words.content.response("utter_ask_menu_choice").variants[0].options
    assert f"[1] {first.title}" in shown and f"[2] {second.title}" in shown
    (talk,) = _written(terminal)
    assert [(step.does, step.what) for step in talk.steps] == [("presses", first.value)]


def test_slots_are_shown_and_are_no_step(terminal: Terminal) -> None:
    assert "consent: yes" in terminal.plays("/slots", consent="yes").split("\n")[-1]
    assert not terminal.file.exists()


def test_empty_lines_are_nothing(terminal: Terminal) -> None:
    terminal.plays("", "  ", "/help", "")
    assert len(_written(terminal)[0].steps) == 1


def test_what_is_read_aloud_is_shown(terminal: Terminal, words: Words) -> None:
    shown = terminal.plays("1", "/luister", consent="yes")
    assert "(♪)" in shown


def test_the_command_reads_until_the_end_and_passes_what_was_asked(tmp_path: Path) -> None:
    said: list[str] = []
    with mock.patch("bot.talk.play") as played, mock.patch("structlog.configure"):
        played.side_effect = lambda _, lines, *__, **___: said.extend(lines)
        command = ["talk", "--given", "consent", "--write", str(tmp_path / "t.yml"), "--name", "Mine"]
        result = CliRunner().invoke(cli.app, command, input="hallo\n1\n")
    assert result.exit_code == 0, result.output
    assert said == ["hallo\n", "1\n"]
    assert played.call_args.kwargs == {"consent": "yes", "file": tmp_path / "t.yml", "name": "Mine"}


def test_control_c_ends_a_talk_as_the_end_of_input_does() -> None:
    from bot.cli_talk import _lines

    with mock.patch("sys.stdin") as stdin:
        stdin.isatty.return_value = True
        stdin.readline.side_effect = ["hallo\n", KeyboardInterrupt]
        assert list(_lines()) == ["hallo\n"]
        stdin.readline.side_effect = ["hallo\n", ""]
        assert list(_lines()) == ["hallo\n"]
