"""The command line: what it prints, what it refuses in one line, and its exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import exc
from telegram.error import TelegramError
from typer.testing import CliRunner, Result

from actions import handoffs, people, sources, team
from bot import cli
from bot.doctor import NOBODY_IS_TOLD, WITHOUT_MAIL
from store import encryption
from store.database import Database
from store.encryption import KeysMissing
from store.settings import Settings, SettingsError
from store.states import Urgency
from store.yaml_lines import ContentError
from tests.bot.telegram_and_rasa import running
from tests.talks import START


class House:
    """An installation of its own, and its command line."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        for name in Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.chdir(folder)
        self.url = f"sqlite:///{folder / 'house.db'}"
        self.sets(DATABASE_URL=self.url, ENCRYPTION_KEYS=encryption.new_key(), TELEGRAM_BOT_TOKEN="42:right")
        self.sets(TELEGRAM_API_URL="http://127.0.0.1:1", RASA_URL="http://127.0.0.1:1")

    def sets(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(name, value)

    def run(self, *command: str) -> Result:
        return CliRunner().invoke(cli.app, list(command))

    def says(self, *command: str, exit_code: int = 0) -> str:
        result = self.run(*command)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result.output

    def refuses(self, *command: str) -> str:
        """What `main` would print in one line."""
        failed = self.run(*command).exception
        assert isinstance(failed, cli._readable()), repr(failed)
        return str(failed)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    before = encryption._keys
    yield House(tmp_path, monkeypatch)
    encryption._keys = before


@pytest.fixture
def connected(house: House) -> Iterator[House]:
    with running() as address:
        house.sets(TELEGRAM_API_URL=address, RASA_URL=address)
        yield house


def payload_of(printed: str) -> str:
    address, _, payload = printed.strip().partition("?start=")
    assert address == "https://t.me/wijkwijzer_bot"
    return payload


def joins(house: House, payload: str) -> None:
    database = Database(house.url)
    with database.transaction() as session:
        person = people.find_or_create(session, START, 5, "Fatma")
        assert not isinstance(team.join(session, START, person, payload), team.JoinRefused)
    database.close()


# --- posters --------------------------------------------------------------------------------------------------

POSTER = ("poster", "--wijk", "smitsveen", "--place", "flat Voorbeeld, hal")


def _scanned(house: House, times: int) -> None:
    """So many new people come by the only poster."""
    database = Database(house.url)
    with database.transaction() as session:
        (found,) = sources.listed(session)
        for chat_id in range(times):
            person = people.find_or_create(session, START, 100 + chat_id)
            sources.note_arrival(session, START, person, found.poster)
    database.close()


def test_a_poster_is_written_as_pdf_and_png_and_listed(connected: House) -> None:
    link, pdf, png = connected.says(*POSTER, "--to", "print").splitlines()
    code = link.removeprefix("https://t.me/wijkwijzer_bot?start=w_")
    assert (pdf, png) == (f"print/poster-smitsveen-{code}.pdf", f"print/poster-smitsveen-{code}.png")
    assert Path(pdf).is_file() and Path(png).is_file()
    listed = connected.says("poster", "list")
    assert listed.startswith(f"{code}  smitsveen") and listed.endswith("fewer than 5  flat Voorbeeld, hal\n")


def test_a_poster_is_of_a_member_of_the_team(connected: House) -> None:
    connected.says("team", "add", "Fatma", "--wijk", "smitsveen")
    with mock.patch("bot.poster.write", return_value=()):
        connected.says(*POSTER, "--member", "1")
        assert "  member 1    fewer than 5" in connected.says("poster", "list")
        connected.says("team", "remove", "1")
        assert "there is no member 1." in connected.refuses(*POSTER, "--member", "1")
        assert "there is no member 9." in connected.refuses(*POSTER, "--member", "9")


@pytest.mark.parametrize(("times", "shown"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5 "), (12, "12 ")])
def test_how_many_came_by_a_poster_is_shown_from_five_on(house: House, times: int, shown: str) -> None:
    with mock.patch("bot.poster.write", return_value=()):
        house.says(*POSTER, "--bot-name", "wijkwijzer_bot")
    _scanned(house, times)
    assert f"  {shown}" in house.says("poster", "list")


@pytest.mark.parametrize("name", ["wijkwijzer_bot", "@wijkwijzer_bot"])
def test_with_the_name_of_the_bot_telegram_is_not_asked(house: House, name: str) -> None:
    house.sets(TELEGRAM_BOT_TOKEN="")
    with mock.patch("bot.poster.write", return_value=()):
        assert house.says(*POSTER, "--bot-name", name).startswith("https://t.me/wijkwijzer_bot?start=w_")


@pytest.mark.parametrize(
    ("options", "remark"),
    [
        (("--place", "hal"), "--wijk must be one of: smitsveen, de_eng, soesterberg"),
        (("--wijk", "zeist", "--place", "hal"), "--wijk must be one of: smitsveen, de_eng, soesterberg"),
        (("--wijk", "smitsveen", "--bot-name", "a_bot"), "at most 80 characters"),
        (("--wijk", "smitsveen", "--bot-name", "a_bot", "--place", "x" * 81), "at most 80 characters"),
        (("--wijk", "smitsveen", "--bot-name", "a bot", "--place", "hal"), "--bot-name is 4 to 32 letters"),
        (("--wijk", "smitsveen", "--bot-name", "a_bot", "--place", "hal", "--to", "house.db"), "--to"),
        (("--wijk", "smitsveen", "--place", "hal"), "TELEGRAM_BOT_TOKEN"),
    ],
)
def test_a_poster_that_cannot_be_made_is_told_and_nothing_is_stored(
    house: House, options: tuple[str, ...], remark: str
) -> None:
    house.sets(TELEGRAM_BOT_TOKEN="")
    assert remark in house.refuses("poster", *options)
    assert house.says("poster", "list") == ""


# --- keys, database, backup -----------------------------------------------------------------------------------


def test_a_new_key_can_be_used(house: House) -> None:
    house.sets(ENCRYPTION_KEYS=house.says("keys", "new").strip())
    assert house.says("db", "upgrade") == "The database is up to date.\n"


def test_keys_are_rotated_and_a_lost_one_is_refused(connected: House) -> None:
    connected.says("team", "add", "Fatma", "--wijk", "smitsveen")
    old_key, new = os.environ["ENCRYPTION_KEYS"], encryption.new_key()
    connected.sets(ENCRYPTION_KEYS=f"{new},{old_key}")
    assert connected.says("keys", "rotate") == "2 values are now encrypted with the first key.\n"
    connected.sets(ENCRYPTION_KEYS=new)
    assert "Fatma" in connected.says("team", "list")
    connected.sets(ENCRYPTION_KEYS=old_key)
    assert "cannot be read with the present ENCRYPTION_KEYS" in connected.refuses("team", "list")


def test_without_a_key_nothing_starts(house: House) -> None:
    house.sets(ENCRYPTION_KEYS="")
    assert "wijkwijzer keys new" in house.refuses("db", "upgrade")


def test_a_backup_is_written_once(house: House) -> None:
    file = house.folder / "copy.db"
    assert house.says("backup", str(file)).startswith(f"Copied to {file}")
    assert "exists already" in house.refuses("backup", str(file))


def test_a_folder_for_copies_is_made_when_it_is_not_there(house: House) -> None:
    """Every day a copy, and none that goes by the name of the folder and is in the way from then on."""
    folder = house.folder / "copies"
    for _ in range(2):
        assert f"Copied to {folder}/wijkwijzer-" in house.says("backup", str(folder))
        (copy,) = folder.iterdir()
        copy.unlink()
    folder.rmdir()
    folder.touch()
    assert str(folder) in house.refuses("backup", str(folder))


# --- check and doctor -----------------------------------------------------------------------------------------


def test_the_content_of_the_house_is_in_order_and_mistakes_are_counted(house: House) -> None:
    with mock.patch("bot.content.checks.check_content", return_value=[]):
        assert house.says("check") == "Flows and texts are in order.\n"
    with mock.patch("bot.content.checks.check_content", return_value=["a.yml:1: wrong."]):
        assert house.says("check", exit_code=1) == "a.yml:1: wrong.\n1 things to mend.\n"


def test_a_well_house_is_well_but_for_its_team(connected: House) -> None:
    lines = connected.says("doctor", exit_code=1).splitlines()
    assert lines == [
        "ok   Telegram: answers as @wijkwijzer_bot",
        "ok   Rasa: understands",
        "ok   Database: sqlite",
        "ok   Inbox: 0 updates set aside",
        "ok   Outbox: 0 messages failed",
        "FAIL Team: 0 joined; run `wijkwijzer team add`",
        f"FAIL Coordinators: {NOBODY_IS_TOLD}",
        "ok   Requests: 0 open, 0 on top",
        f"ok   E-mail: SMTP_URL is empty, so {WITHOUT_MAIL}",
        "ok   Listening: on this machine only",
    ]
    joins(connected, payload_of(connected.says("team", "add", "Nadia", "--role", "coordinator")))
    assert "FAIL" not in connected.says("doctor")


def test_what_is_not_there_is_told_with_what_to_do(house: House) -> None:
    printed = house.says("doctor", exit_code=1)
    assert "FAIL Telegram: NetworkError. Look at TELEGRAM_BOT_TOKEN" in printed
    assert "FAIL Rasa: ConnectError. The bot works with buttons only" in printed
    assert "42:right" not in printed


# --- main -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        SettingsError("RASA_TIMEOUT: wrong"),
        ContentError("a.yml:1: wrong"),
        KeysMissing("no key"),
        TelegramError("gone"),
        exc.OperationalError("SELECT", {}, Exception("gone")),
    ],
)
def test_what_somebody_can_mend_is_told_in_a_line_without_a_traceback(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with mock.patch.object(cli, "app", side_effect=error), pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert printed.startswith("wijkwijzer: ") and "Traceback" not in printed


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with mock.patch.object(cli, "app", side_effect=LookupError("bug")), pytest.raises(LookupError):
        cli.main()


def test_rasa_and_the_bot_are_run_with_these_settings(house: House) -> None:
    with mock.patch("bot.processes.run_together") as started:
        house.says("run")
    settings, commands, _ = started.call_args.args
    assert settings.database_url == house.url and set(commands) == {"bot"}


def test_the_web_page_is_run_with_them_where_it_has_an_address(house: House) -> None:
    house.sets(DASHBOARD_URL="https://wijk.example.org")
    with mock.patch("bot.processes.run_together") as started:
        house.says("run")
    assert set(started.call_args.args[1]) == {"bot", "dashboard"}


def test_the_web_page_is_a_program_of_its_own(house: House) -> None:
    with mock.patch("os.execv") as become:
        house.says("dashboard")
    become.assert_called_once_with(sys.executable, [sys.executable, "-m", "dashboard"])


def test_the_demo_is_run_at_the_port_and_in_the_folder_that_was_asked(house: House) -> None:
    with mock.patch("bot.demo.run_demo") as started:
        house.says("demo", "--port", "8090", "--folder", "some")
    started.assert_called_once_with(8090, (house.folder / "some").resolve(), year=False)


def test_the_bot_is_run_with_these_settings(house: House) -> None:
    class Service:
        def __init__(self, settings: Any) -> None:
            self.settings = settings

        async def run(self) -> None:
            assert self.settings.database_url == house.url
            raise KeysMissing("was run")

    with mock.patch("bot.service.Service", Service), mock.patch("bot.logs.configure_logs"):
        assert house.refuses("bot") == "was run"


def test_there_is_help() -> None:
    printed = CliRunner().invoke(cli.app, ["--help"]).output
    assert "team" in printed and "doctor" in printed


def test_triage_why_gives_the_reasons_of_a_request_in_words(house: House) -> None:
    wish = handoffs.Wish(
        "smitsveen",
        ("cut_off",),
        Urgency.CRISIS,
        "here",
        "own_wijk",
        "x",
        None,
        "municipality",
        "no",
        ("cut_off", "gone"),
    )
    house.says("db", "upgrade")
    database = Database(house.url)
    with database.transaction() as session:
        person = people.find_or_create(session, START, 7, "Sanne")
        number = handoffs.request(session, START, person, wish).request.id
    told = house.says("triage", "why", str(number))
    assert told.splitlines()[0] == f"Request {number}: crisis, exit municipality, energy coach no"
    assert "- cut_off: Gas, stroom, warmte of water is dicht of gaat dicht." in told
    assert "- gone: gone" in told, "a row that was taken out is named by its id"
    assert "There is no request 99." in house.run("triage", "why", "99").output
    assert house.run("triage", "why", "99").exit_code == 1
    database.close()
