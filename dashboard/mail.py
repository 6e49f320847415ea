"""Sends a link by e-mail, or in the demo prints it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from jinja2 import Template

from store.settings import Settings

TIMEOUT_SECONDS = 20
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Send = Callable[[str, str], None]


class MailRefused(OSError):
    """The mail server would have got the message, or our password, unencrypted."""


@dataclass(frozen=True)
class Mail:
    """How messages are sent: `send(to, text)`. The first line of the text is the subject."""

    send: Send

    @classmethod
    def of(cls, settings: Settings) -> Mail | None:
        """By the server of `SMTP_URL`; without one printed in the demo, and otherwise not at all."""
        if settings.smtp_url:
            return cls(Server(urlsplit(settings.smtp_url), settings.mail_from).send)
        return cls(_print) if settings.clock_file else None

    def send_link(self, template: Template, to: str, address: str) -> None:
        """Send somebody the address of a link. Raises `OSError` when the server does not take it."""
        self.send(to, template.render(address=address))


@dataclass(frozen=True)
class Server:
    """A mail server; a password and a message to another machine only go over TLS."""

    url: SplitResult
    sender: str

    def send(self, to: str, text: str) -> None:
        """Raises `OSError`, of which `smtplib.SMTPException` is one."""
        message = EmailMessage()
        message["Subject"], _, body = text.partition("\n")
        message["From"], message["To"] = self.sender, to
        message.set_content(body.strip() + "\n")
        with self._connected() as server:
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.send_message(message)

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


def _print(to: str, text: str) -> None:
    """In the demo: nothing leaves this machine."""
    print(f"E-mail to {to}:\n{text}\n", flush=True)
