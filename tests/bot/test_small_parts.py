"""Small parts of the bot: what came in, as it is stored; the jobs; the processes; reading at start."""

from __future__ import annotations

import asyncio
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from actions import retention
from actions.audit import Checked
from actions.directory import Organisation
from bot import processes
from bot.incoming import Incoming, Kind
from bot.jobs import start_jobs
from bot.start import read_content
from store.settings import ROOT, Settings


@pytest.mark.parametrize(
    "incoming",
    [
        Incoming(1, 2, Kind.TEXT),
        Incoming(1, 2, Kind.PRESS, "a", True, 3, "q1:x", "c", 4, "Annie", "nl"),
        Incoming(1, 2, Kind.PHOTO, message_id=3, file_kind="photo", file_id="AgAC"),
        Incoming(1, 2, Kind.BLOCKED, message_id=0),
    ],
)
def test_what_came_in_is_the_same_after_it_was_stored(incoming: Incoming) -> None:
    restored = Incoming.from_json(incoming.as_json())
    assert restored == incoming or (incoming.message_id, restored.message_id) == (0, None)


def test_only_what_says_something_is_stored() -> None:
    assert Incoming(1, 2, Kind.TEXT, text="hallo").as_json() == {
        "update_id": 1,
        "chat_id": 2,
        "kind": Kind.TEXT,
        "text": "hallo",
    }


class Counting:
    """Stands in for the conversations of a bot."""

    def __init__(self) -> None:
        self.erased, self.reported, self.silent, self.offered, self.whereabouts, self.figures = 0, 0, 3, 0, 0, 0

    def waiting_chats(self) -> list[int]:
        return [7]

    def erase_some(self) -> dict[str, int]:
        self.erased += 1
        return {"talks": 2} if self.erased in (1, 2) else {}

    def check_log(self) -> Checked:
        return Checked(5, "a" * 64, 3)

    def watch(self) -> int:
        self.silent -= 1
        return self.silent

    def report_signals(self) -> int:
        self.reported += 1
        return self.reported

    def offer_times(self) -> int:
        self.offered += 1
        return self.offered

    def count_weeks(self) -> int:
        return 2

    def send_figures(self, mail: bool) -> int:
        self.figures += 1
        return self.figures

    async def read_again(self) -> int:
        return 4

    def erase_whereabouts(self) -> int:
        self.whereabouts += 1
        return self.whereabouts


class CountingMails:
    """Stands in for the figures by e-mail."""

    possible = False

    async def send_due(self) -> int:
        return 2


class CountingDirectory:
    """Stands in for the directory of a bot."""

    def __init__(self) -> None:
        self.refreshed, self.asked = 0, 0

    def refresh(self) -> None:
        self.refreshed += 1

    def ask(self) -> int:
        self.asked += 1
        return self.asked


async def test_the_jobs_take_up_what_waits_wake_delivery_erase_and_keep_the_directory(logged: list[Any]) -> None:
    conversations, noticed, woken = Counting(), list[Any](), list[bool]()

    async def at_once(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    directory, content, mails = CountingDirectory(), CountingDirectory(), CountingMails()
    jobs = start_jobs(
        conversations,  # type: ignore[arg-type]
        directory,  # type: ignore[arg-type]
        content,  # type: ignore[arg-type]
        mails,  # type: ignore[arg-type]
        noticed.append,
        lambda: woken.append(True),
        at_once,
    )
    for job in jobs.get_jobs():
        await job.func()
    jobs.shutdown(wait=False)
    await asyncio.sleep(0)
    assert noticed == [[7]] and len(woken) >= 3 and conversations.erased >= 1
    assert conversations.whereabouts >= 1
    assert directory.refreshed >= 1 and directory.asked >= 1 and content.refreshed >= 1
    assert {"event": "directory_asked", "people": 1, "log_level": "info"} in logged
    assert {"event": "requests_watched", "requests": 3, "log_level": "info"} in logged
    assert {"event": "signals_reported", "numbers": 1, "log_level": "info"} in logged
    assert {"event": "times_offered", "people": 1, "log_level": "info"} in logged
    assert {"event": "weeks_counted", "weeks": 2, "log_level": "info"} in logged
    assert {"event": "figures_sent", "people": 1, "log_level": "info"} in logged
    assert {"event": "figures_mailed", "people": 2, "log_level": "info"} in logged
    assert {"event": "sentences_read_again", "sentences": 4, "log_level": "info"} in logged
    carried_out = {"event": "retention_carried_out", "log_level": "info", **dict.fromkeys(retention.tables(), 0)}
    assert {**carried_out, "talks": 4} in logged
    assert {"event": "audit_head", "rows": 5, "head": "a" * 64, "log_level": "info"} in logged
    assert {"event": "audit_log_broken", "entry": 3, "log_level": "error"} in logged
    assert sorted(str(getattr(job.trigger, "interval", job.trigger)) for job in jobs.get_jobs()) in (
        [],
        [
            "0:00:05",
            "0:00:05",
            "0:00:05",
            "0:00:15",
            "0:00:20",
            "0:05:00",
            "0:10:00",
            "0:10:00",
            "1:00:00",
            "1:00:00",
            "1:00:00",
            "cron[hour='4']",
        ],
    )


def _settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def test_rasa_is_started_at_the_port_of_its_address() -> None:
    assert processes.rasa_command(_settings(rasa_url="http://127.0.0.1:6000")).endswith("nlu/serve --port 6000")
    assert processes.rasa_command(_settings(rasa_url="http://127.0.0.1")).endswith("--port 5005")


def test_what_runs_together_is_rasa_and_the_commands_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    with mock.patch("os.execve") as become:
        processes.run_together(_settings(), {"bot": "x"}, {"A": "b"})
    _, (*program, every), environment = become.call_args.args
    assert program == [sys.executable, "-m", "bot.together"]
    assert list(json.loads(every)) == ["rasa", "bot"]
    assert (environment["A"], environment["PYTHONUNBUFFERED"]) == ("b", "1")
    assert Path.cwd() == ROOT


def _waits_until_told(file: Path) -> str:
    """Runs until it is ended, and leaves the file as a sign that it was told to."""
    program = (
        "import pathlib, signal, sys",
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(file)!r}).touch(), sys.exit()))",
        "print('ready', flush=True)",
        "signal.pause()",
    )
    return shlex.join([sys.executable, "-c", "\n".join(program)])


def test_when_one_ends_the_others_are_ended_and_its_code_is_ours(tmp_path: Path) -> None:
    ends = f"until test -e {tmp_path}/go; do sleep 0.05; done; exit 3"
    every = json.dumps({"waits": _waits_until_told(tmp_path / "told"), "ends": ends})
    command = [sys.executable, "-m", "bot.together", every]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        while "ready" not in program.stdout.readline():
            pass
        (tmp_path / "go").touch()
        program.stdout.read()
    assert program.returncode == 3
    assert (tmp_path / "told").exists()


def test_the_wijken_of_the_organisation_become_options(organisation: Organisation) -> None:
    content = read_content(Path(ROOT / "flows"), organisation)
    titles = [option.title for option in content.response("utter_ask_wijk").variants[0].options]
    assert titles[:3] == ["Smitsveen", "De Eng", "Soesterberg"]
