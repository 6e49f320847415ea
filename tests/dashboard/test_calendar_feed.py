"""The address at which a calendar reads appointments: over HTTP, from the real web page."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import vobject
from structlog.testing import capture_logs

from actions import appointments, availability, calendar_files
from dashboard.__main__ import main
from dashboard.app import web_app
from dashboard.site import make_site
from store import encryption
from store.agenda_tables import Appointment
from store.clock import Clock
from store.database import Database
from store.encryption import new_key
from store.settings import ROOT, Settings
from tests.actions.people import Wijk
from tests.dashboard.conftest import settings_of
from tests.e2e.programs import free_port, running


@pytest.fixture
def token(database: Database) -> str:
    """Of Fatma, who has an appointment with Zwaantje."""
    with database.transaction() as session:
        wijk = Wijk(session, Clock().now())
        fatma = wijk.member("Fatma")
        mine = availability.of(session, fatma)
        mine.hours = [{"days": [0, 1, 2, 3, 4], "opens": 9 * 60, "closes": 17 * 60}]
        request = wijk.claimed(fatma, person=wijk.person("Zwaantje"))
        time = availability.free(session, wijk.now, [mine])[0]
        assert appointments.book(session, wijk.now, request, time, whereabouts="Verraadlaan 7")
        return calendar_files.new_feed(session, fatma)


def move(database: Database) -> None:
    with database.transaction() as session:
        made = session.query(Appointment).one()
        made.starts_at += timedelta(hours=1)
        made.ends_at += timedelta(hours=1)


async def test_a_calendar_reads_the_appointments(web: httpx.AsyncClient, token: str, database: Database) -> None:
    answer = await web.get(f"/agenda/{token}.ics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["Cache-Control"] == "private"
    found = vobject.readOne(answer.text)
    with database.reading() as session:
        made = session.query(Appointment).one()
    words = calendar_files.read_words(ROOT / "flows")
    assert found.vevent.summary.value == words.summary({"number": made.request_id})
    assert (found.vevent.dtstart.value, found.vevent.uid.value) == (made.starts_at, made.uid)
    assert not [word for word in ("Zwaantje", "Verraadlaan", "Fatma") if word in answer.text]


async def test_what_has_not_changed_is_not_sent_again(web: httpx.AsyncClient, token: str, database: Database) -> None:
    first = await web.get(f"/agenda/{token}.ics")
    known = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = await web.get(f"/agenda/{token}.ics", headers=known)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == "private"
    move(database)
    changed = await web.get(f"/agenda/{token}.ics", headers=known)
    assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]


async def test_a_calendar_may_ask_for_the_head_only(web: httpx.AsyncClient, token: str) -> None:
    whole, head = await web.get(f"/agenda/{token}.ics"), await web.head(f"/agenda/{token}.ics")
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Content-Length", "Content-Type")} == {
        name: whole.headers[name] for name in ("ETag", "Content-Length", "Content-Type")
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_can_be_done_but_reading(web: httpx.AsyncClient, token: str, method: str) -> None:
    assert (await web.request(method, f"/agenda/{token}.ics")).status_code == 405


@pytest.mark.parametrize("path", ["/agenda/{token}x.ics", "/agenda/{token}", "/agenda/.ics", "/agenda/", "/agenda/x"])
async def test_there_is_nothing_at_other_addresses(web: httpx.AsyncClient, token: str, path: str) -> None:
    answer = await web.get(path.format(token=token))
    assert (answer.status_code, answer.text) == (404, "Not Found")


async def test_a_database_that_is_not_there_is_tried_again_later(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    in_memory = httpx.ASGITransport(web_app(make_site(settings_of(empty), empty)))
    with capture_logs() as lines:
        async with httpx.AsyncClient(transport=in_memory, base_url="http://web") as client:
            answer = await client.get("/agenda/secret.ics")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert lines == [{"event": "calendar_interrupted", "error": "OperationalError", "log_level": "warning"}]
    empty.close()


# --- the program ------------------------------------------------------------------------------------------------


@pytest.fixture
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    yield


@pytest.mark.e2e
def test_the_program_prints_no_address(database: Database, token: str, tmp_path: Path, _bare: None, _keys: str) -> None:
    port = free_port()
    given = {"DATABASE_URL": database.url, "DASHBOARD_LISTEN": f"127.0.0.1:{port}", "ENCRYPTION_KEYS": _keys}
    command = [str(Path(sys.executable).with_name("wijkwijzer")), "dashboard"]
    with running(command, tmp_path / "printed", given) as program:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            for path in (token, "unknown"):
                answer = client.get(f"http://127.0.0.1:{port}/agenda/{path}.ics")
                assert answer.status_code == (200 if path == token else 404)
        os.kill(program.process.pid, signal.SIGINT)
        program.process.wait(20)
    assert program.printed() == ""


@pytest.mark.usefixtures("_bare")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"DASHBOARD_URL": "wijk"}, "DASHBOARD_URL must begin with https://"),
        ({"FLOWS": "nowhere"}, "nowhere/texts/nl/team_calendar.yml"),
        ({"FLOWS": "wrong"}, "'calendar_summary' needs a text"),
        ({"ORGANISATION": "nobody"}, "Set ORGANISATION to the name of a file"),
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is empty"),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL must be like smtp://"),
    ],
)
def test_what_somebody_can_mend_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    given: dict[str, str],
    told: str,
) -> None:
    file = tmp_path / "wrong" / calendar_files.TEXTS
    file.parent.mkdir(parents=True)
    file.write_text("responses: {}\n", encoding="utf-8")
    for name, value in {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "ENCRYPTION_KEYS": new_key(), **given}.items():
        monkeypatch.setenv(name, value)
    before = encryption._keys
    with pytest.raises(SystemExit) as ended:
        main()
    encryption._keys = before
    said = capsys.readouterr().err
    assert ended.value.code == 1 and said.startswith("wijkwijzer: ") and told in said
    assert len(said.splitlines()) == 1
