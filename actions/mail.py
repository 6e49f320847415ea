"""Sends e-mail, or in the demo prints it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from store.settings import Settings

TIMEOUT_SECONDS = 20
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Send = Callable[[EmailMessage], None]


class MailRefused(OSError):
    """The mail server would have got the message, or our password, unencrypted."""


@dataclass(frozen=True)
class Mail:
    """How messages are sent; whoever makes a message says to whom, and who it comes from is filled in here."""

    send: Send
    """Raises `OSError` when the server does not take it."""

    @classmethod
    def of(cls, settings: Settings) -> Mail | None:
        """By the server of `SMTP_URL`; without one printed in the demo, and otherwise not at all."""
        if settings.smtp_url:
            return cls(Server.of(settings).send)
        return cls(_print) if settings.clock_file else None


def plain(to: str, text: str) -> EmailMessage:
    """A message in plain text, of which the first line is the subject."""
    message = EmailMessage()
    message["Subject"], _, body = text.partition("\n")
    message["To"] = to
    message.set_content(body.strip() + "\n")
    return message


@dataclass(frozen=True)
class Server:
    """A mail server; a password and a message to another machine only go over TLS."""

    url: SplitResult
    sender: str

    @classmethod
    def of(cls, settings: Settings) -> Server:
        """That of `SMTP_URL`, which must be set."""
        return cls(urlsplit(settings.smtp_url), settings.mail_from)

    def send(self, message: EmailMessage) -> None:
        """Raises `OSError`, of which `smtplib.SMTPException` is one."""
        message["From"] = self.sender
        with self._connected() as server:
            self._log_in(server)
            server.send_message(message)

    def greet(self) -> None:
        """Find out whether it lets us in, without sending anything; raises `OSError` when it does not."""
        with self._connected() as server:
            self._log_in(server)

    def _log_in(self, server: smtplib.SMTP) -> None:
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))

    def _connected(self) -> AbstractContextManager[smtplib.SMTP]:
        host, secure = self.url.hostname or "", ssl.create_default_context()
        if self.url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self.url.port or 465, timeout=TIMEOUT_SECONDS, context=secure)
        server = smtplib.SMTP(host, self.url.port or 587, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
        elif host not in LOOPBACK:
            server.close()
            raise MailRefused(f"{host} offers no encryption")
        return server


def _print(message: EmailMessage) -> None:
    """In the demo: nothing leaves this machine."""
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    print(f"E-mail to {message['To']}:\n{message['Subject']}\n\n{text}", flush=True)
