"""Links by e-mail: to a strict mail server on this machine, printed in the demo; nobody learns who is known."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from structlog.testing import capture_logs

from actions import mail, sign_in
from actions.mail import Mail, MailRefused, Server, plain
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.dashboard.conftest import HTTPS, House, house_of
from tests.e2e.programs import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # it is on the loopback
SENDER = "wijkwijzer@example.org"
COBY = "coby@example.org"
NOT_THERE = "smtp://127.0.0.1:9"


class Office:
    """A mail server that takes mail for example.org, from who knows the password."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not address.casefold().endswith("@example.org"):
            return "550 not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        found = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(found, EmailMessage) and not found.defects
        self.got.append(found)
        return "250 OK"


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"wijk", b"p@ss word")
    return AuthResult(success=right, handled=False)  # so that the server says no by itself


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    """The server, and its port. It demands a password, and keeps to the RFC's line lengths."""
    found, port = Office(), free_port()
    demands: dict[str, Any] = {"authenticator": _knows, "auth_required": True, "auth_require_tls": False}
    kept = Controller(found, hostname="127.0.0.1", port=port, **demands)
    kept.start()
    yield found, port
    kept.stop()


def _house(database: Database, port: int, password: str = "p%40ss%20word") -> House:
    house = house_of(database, smtp_url=f"smtp://wijk:{password}@127.0.0.1:{port}", mail_from=SENDER)
    house.member(email="Coby@Example.org")
    return house


async def test_somebody_gets_a_link_that_signs_in(database: Database, office: tuple[Office, int]) -> None:
    house = _house(database, office[1])
    browser = house.browser()
    assert 'name="email"' in (await browser.opens("/aanmelden")).text
    answer = await browser.sends("/aanmelden", {"email": f" {COBY} "})
    assert answer.status_code == 200 and "Kennen wij dit adres?" in answer.text
    (got,) = office[0].got
    assert (got["To"], got["From"], got["Subject"]) == ("Coby@Example.org", SENDER, "Uw link voor Wijkwijzer")
    body = got.get_content()
    link = next(line for line in body.splitlines() if line.startswith("https://"))
    assert link.startswith(f"{HTTPS}/aanmelden/") and "1 keer, 10 minuten" in body and "{{" not in body
    assert (await browser.sends(link.removeprefix(HTTPS), {})).headers["Location"] == "/"


@pytest.mark.parametrize(
    "email",
    ["nobody@example.org", "", "coby@example.org\r\nBcc: all@example.org", "<script>@x.nl", "'; DROP--", "a" * 9000],
)
async def test_the_answer_does_not_tell_whether_an_address_is_known(
    database: Database, office: tuple[Office, int], email: str
) -> None:
    house = _house(database, office[1])
    known = await house.browser().sends("/aanmelden", {"email": COBY})
    unknown = await house.browser().sends("/aanmelden", {"email": email})
    assert (unknown.status_code, unknown.text, unknown.headers) == (known.status_code, known.text, known.headers)
    assert len(office[0].got) == 1


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.WIJKVERBINDER}])
async def test_who_may_not_sign_in_gets_no_mail(
    database: Database, office: tuple[Office, int], change: dict[str, Any]
) -> None:
    house = _house(database, office[1])
    with database.transaction() as session:
        for name, value in change.items():
            setattr(session.query(Member).one(), name, value)
    assert (await house.browser().sends("/aanmelden", {"email": COBY})).status_code == 200
    assert office[0].got == []


async def test_nobody_can_fill_a_mailbox(database: Database, office: tuple[Office, int]) -> None:
    house = _house(database, office[1])
    for _ in range(sign_in.LINKS_BY_MAIL + 2):
        assert (await house.browser().sends("/aanmelden", {"email": COBY})).status_code == 200
    assert len(office[0].got) == sign_in.LINKS_BY_MAIL
    house.later(minutes=10)
    await house.browser().sends("/aanmelden", {"email": COBY})
    assert len(office[0].got) == sign_in.LINKS_BY_MAIL + 1


async def test_who_asks_very_often_is_held_back(database: Database) -> None:
    house = house_of(database, Mail(lambda message: None))
    answers = [await house.browser().sends("/aanmelden", {"email": "x@y.nl"}) for _ in range(house.site.asked.most + 1)]
    assert [one.status_code for one in answers] == [200] * house.site.asked.most + [429]


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("smtp://wijk:wrong@127.0.0.1:{port}", COBY),
        ("smtp://127.0.0.1:{port}", COBY),
        ("smtp://wijk:p%40ss%20word@127.0.0.1:{port}", "coby@elsewhere.example.com"),
        ("smtps://127.0.0.1:{port}", COBY),
        (NOT_THERE, COBY),
    ],
)
async def test_a_mail_that_is_not_taken_is_told_to_the_operator_without_the_address(
    database: Database, office: tuple[Office, int], url: str, to: str
) -> None:
    house = house_of(database, smtp_url=url.format(port=office[1]), mail_from=SENDER)
    house.member(email=to)
    with capture_logs() as lines:
        answer = await house.browser().sends("/aanmelden", {"email": to})
    assert answer.status_code == 200 and office[0].got == []
    assert [line["event"] for line in lines] == ["mail_not_sent"] and to not in str(lines)


def test_nothing_goes_to_another_machine_unencrypted(
    office: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(urlsplit(f"smtp://wijk:p%40ss%20word@127.0.0.1:{office[1]}"), SENDER)
    server.send(plain(COBY, "One\ntwo"))
    monkeypatch.setattr(mail, "LOOPBACK", ())
    with pytest.raises(MailRefused):
        server.send(plain(COBY, "One\ntwo"))
    assert len(office[0].got) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    port = free_port()
    kept = Controller(Office(), hostname="127.0.0.1", port=port, tls_context=context)
    kept.start()
    try:
        with pytest.raises(ssl.SSLCertVerificationError):
            Server(urlsplit(f"smtp://127.0.0.1:{port}"), SENDER).send(plain(COBY, "One\ntwo"))
    finally:
        kept.stop()


def certified(folder: Path) -> tuple[Path, Path]:
    """One that signs itself."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    day = timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC) - day).not_valid_after(datetime.now(UTC) + day)
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    files[1].write_bytes(written)
    return files


async def test_without_a_server_the_demo_prints_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = {"clock_file": str(tmp_path / "clock"), "telegram_api_url": "http://127.0.0.1:1"}
    house = house_of(database, **demo)
    house.member(email=COBY)
    await house.browser().sends("/aanmelden", {"email": COBY})
    printed = capsys.readouterr().out
    assert f"E-mail to {COBY}:" in printed and f"{HTTPS}/aanmelden/" in printed


async def test_without_a_server_nobody_can_ask_for_mail(house: House) -> None:
    assert house.site.mail is None
    assert 'name="email"' not in (await house.browser().opens("/aanmelden")).text
    assert (await house.browser().sends("/aanmelden", {"email": COBY})).status_code == 403


async def test_another_site_cannot_ask_for_mail(database: Database, office: tuple[Office, int]) -> None:
    house = _house(database, office[1])
    answer = await house.browser().sends("/aanmelden", {"email": COBY}, {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and office[0].got == []
