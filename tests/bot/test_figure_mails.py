"""The figures on Monday by e-mail: to a strict mail server on this machine, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from structlog.testing import capture_logs

from actions import monday
from actions.figure_mails import Taken
from actions.mail import Mail
from actions.outbox import Message
from actions.pictures import DrawingFailed, Picture
from bot.figure_mails import FigureMails, alt_text, letter
from bot.words import Words
from store.database import Database
from store.figure_tables import FigureMail
from store.settings import Settings
from tests.actions.people import Wijk, wish
from tests.actions.test_monday import FACTS, NINE, reckoned
from tests.dashboard.test_mail import COBY, SENDER, Office, certified, office
from tests.e2e.programs import free_port
from tests.talks import GivenClock

__all__ = ["office", "reckoned"]

pytestmark = [
    pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning"),
    pytest.mark.usefixtures("reckoned"),
]
PAGE = "https://wijk.example.org"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
RIGHT = "smtp://wijk:p%40ss%20word@127.0.0.1:{port}"
Mails = Callable[..., FigureMails]


async def _here(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def _settings(url: str) -> Settings:
    return Settings(_env_file=None, smtp_url=url, mail_from=SENDER)  # type: ignore[call-arg]


@pytest.fixture
def mails(database: Database, words: Words, office: tuple[Office, int]) -> Mails:
    """The sender of an installation; by default with the server of the office and a picture that is there."""

    def made(url: str = RIGHT, **other: Any) -> FigureMails:
        mail = Mail.of(_settings(url.format(port=office[1])))
        clock: Any = GivenClock(NINE)
        found = FigureMails(database, clock, words, mail, PAGE, _here, lambda picture: PNG)
        return replace(found, **other)

    return made


@pytest.fixture
def waiting(database: Database) -> None:
    """Coby gets it by e-mail; a request waits for a coordinator."""
    with database.transaction() as session:
        wijk = Wijk(session, NINE)
        wijk.request(wish())
        wijk.coordinator(email=COBY, person_id=None)
        assert monday.send(session, NINE, mail=True) == 1


def _rows(database: Database) -> list[tuple[int, bool]]:
    with database.reading() as session:
        return [(row.tries, row.sent_at is not None) for row in session.query(FigureMail)]


# --- what somebody gets -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("waiting")
async def test_the_mail_has_sentences_picture_and_where_to_go(
    mails: Mails, office: tuple[Office, int], database: Database
) -> None:
    assert await mails().send_due() == 1
    (got,) = office[0].got
    assert (got["To"], got["From"], got["Auto-Submitted"]) == (COBY, SENDER, "auto-generated")
    assert got["Subject"] == "Wijkwijzer: cijfers van de week van 9 november"
    text, html = _text(got, "plain"), _text(got, "html")
    for said in ("waren er 53 gesprekken", "Tocht", "Van 20 beloften hielden wij er 10.", "Vragen die op u wachten: 1"):
        assert said in text and said in html, said
    assert f"{PAGE}/cijfers" in text and f"{PAGE}/instellingen" in html
    assert "{" not in text and "/vandaag en /team" not in text
    assert _rows(database) == [(1, True)]
    assert await mails().send_due() == 0 and len(office[0].got) == 1


@pytest.mark.usefixtures("waiting")
async def test_the_picture_stands_in_the_mail_with_its_words(mails: Mails, office: tuple[Office, int]) -> None:
    await mails().send_due()
    (got,) = office[0].got
    html = _text(got, "html")
    (picture,) = [part for part in got.walk() if part.get_content_maintype() == "image"]
    assert picture.get_content() == PNG and picture.get_content_disposition() == "inline"
    assert re.search(r'src="cid:([^"]+)"', html)[1] == picture["Content-ID"].strip("<>")  # type: ignore[index]
    alt = re.search(r'alt="([^"]+)"', html)[1]  # type: ignore[index]
    assert alt.startswith("Week van 9 november, Alle wijken. ") and "Tocht 20" in alt and "gehouden 10" in alt
    assert [part.get_content_type() for part in got.walk() if part.is_multipart()] == [
        "multipart/alternative",
        "multipart/related",
    ]


@pytest.mark.usefixtures("waiting")
async def test_without_a_picture_the_sentences_go_alone(mails: Mails, office: tuple[Office, int]) -> None:
    def fails(picture: Picture) -> bytes:
        raise DrawingFailed("no program")

    with capture_logs() as lines:
        assert await mails(draw=fails).send_due() == 1
    assert [line["event"] for line in lines] == ["picture_failed"]
    (got,) = office[0].got
    assert "cid:" not in _text(got, "html") and "53 gesprekken" in _text(got, "plain")


@pytest.mark.usefixtures("waiting")
async def test_without_a_web_page_the_mail_says_whom_to_tell(mails: Mails, office: tuple[Office, int]) -> None:
    await mails(page="").send_due()
    text = _text(office[0].got[0], "plain")
    assert "http" not in text and "Zeg het tegen wie Wijkwijzer voor u beheert." in text


def test_words_that_look_like_html_stay_words(words: Words) -> None:
    told = {**FACTS, "topics_told": [["<b>Tocht</b>", 20]], "topic_told": "<b>Tocht</b>"}
    taken = Taken(1, COBY, Message("team_figures", told, picture=told), Message("x", {"items": [], "waits": False}))
    picture = words.render(taken.figures).picture
    assert picture is not None and "<b>Tocht</b> 20" in alt_text(picture)
    html = _text(letter(taken, words, PAGE, picture, PNG), "html")
    assert "&lt;b&gt;Tocht&lt;/b&gt;" in html and "<b>" not in html


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


# --- what goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    "url",
    [
        "smtp://wijk:wrong@127.0.0.1:{port}",
        "smtp://127.0.0.1:{port}",
        "smtps://127.0.0.1:{port}",
        "smtp://127.0.0.1:9",
    ],
)
async def test_what_is_refused_is_tried_again_later_and_told_to_the_operator(
    mails: Mails, office: tuple[Office, int], database: Database, url: str
) -> None:
    with capture_logs() as lines:
        assert await mails(url).send_due() == 0
    assert [line["event"] for line in lines] == ["figures_not_mailed"] and COBY not in str(lines)
    assert _rows(database) == [(1, False)]
    clock = GivenClock(NINE)
    assert await mails(clock=clock).send_due() == 0
    clock.move(minutes=10)
    assert await mails(clock=clock).send_due() == 1
    assert _rows(database) == [(2, True)] and len(office[0].got) == 1


async def test_who_is_refused_keeps_nobody_else_waiting(
    mails: Mails, office: tuple[Office, int], database: Database
) -> None:
    with database.transaction() as session:
        wijk = Wijk(session, NINE)
        wijk.coordinator("Away", email="away@elsewhere.example.com", person_id=None)
        wijk.coordinator(email=COBY, person_id=None)
        assert monday.send(session, NINE, mail=True) == 2
    with capture_logs():
        assert await mails().send_due() == 1
    assert [got["To"] for got in office[0].got] == [COBY]
    assert sorted(_rows(database)) == [(1, False), (1, True)]


@pytest.mark.usefixtures("waiting")
async def test_a_process_that_dies_after_sending_repeats_at_most_one_mail(
    mails: Mails, office: tuple[Office, int], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(self: FigureMails, number: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(FigureMails, "_note", dies)
        await mails().send_due()
    clock = GivenClock(NINE)
    assert await mails(clock=clock).send_due() == 0, "the one who restarts waits as well"
    clock.move(minutes=10)
    assert await mails(clock=clock).send_due() == 1
    clock.move(days=1)
    assert await mails(clock=clock).send_due() == 0 and len(office[0].got) == 2


@pytest.mark.usefixtures("waiting")
async def test_two_processes_send_it_once(mails: Mails, office: tuple[Office, int]) -> None:
    sent = await asyncio.gather(*(mails(in_thread=asyncio.to_thread).send_due() for _ in range(4)))
    assert sorted(sent) == [0, 0, 0, 1] and len(office[0].got) == 1


@pytest.mark.usefixtures("waiting")
async def test_it_goes_over_tls_only_where_the_certificate_is_vouched_for(
    mails: Mails, database: Database, tmp_path: Path
) -> None:
    with Starttls(tmp_path) as (got, port), capture_logs() as lines:
        assert await mails(f"smtp://127.0.0.1:{port}").send_due() == 0
    assert got == [] and lines[0]["error"] == "SSLCertVerificationError" and _rows(database) == [(1, False)]


class Starttls:
    """A server that offers STARTTLS with a certificate of its own making."""

    def __init__(self, folder: Path) -> None:
        certificate, key = certified(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.office, self.port = Office(), free_port()
        self.kept = Controller(self.office, hostname="127.0.0.1", port=self.port, tls_context=context)

    def __enter__(self) -> tuple[list[EmailMessage], int]:
        self.kept.start()
        return self.office.got, self.port

    def __exit__(self, *_error: object) -> None:
        self.kept.stop()


@pytest.mark.usefixtures("waiting")
async def test_without_a_server_nothing_is_sent_and_the_demo_prints_it(
    mails: Mails, tmp_path: Path, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    assert not mails(mail=None).possible and await mails(mail=None).send_due() == 0
    assert _rows(database) == [(0, False)]
    demo: dict[str, Any] = {"clock_file": tmp_path / "clock", "telegram_api_url": "http://127.0.0.1:1"}
    printing = Mail.of(Settings(_env_file=None, **demo))  # type: ignore[call-arg]
    assert await mails(mail=printing).send_due() == 1
    printed = capsys.readouterr().out
    assert f"E-mail to {COBY}:\nWijkwijzer: cijfers van de week van 9 november\n" in printed and PAGE in printed
