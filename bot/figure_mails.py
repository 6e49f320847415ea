"""Sends the figures on Monday by e-mail: in words, and as the picture that Telegram shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from functools import partial
from typing import Any

import structlog
from markupsafe import Markup

from actions import figure_mails, pictures
from actions.figure_mails import Taken
from actions.mail import Mail, plain
from actions.pictures import Chart, DrawingFailed, Picture
from bot.words import Words
from store.clock import Clock
from store.database import Database

log = structlog.get_logger()
FILE = "cijfers.png"
_HTML = Markup(
    '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5">{paragraphs}{picture}</body></html>'
)
_PICTURE = Markup('<p><img src="cid:{cid}" alt="{alt}" width="540" style="max-width: 100%; height: auto"></p>')


@dataclass(frozen=True)
class FigureMails:
    """Works off what is due. `page` is the address of the web page, empty when there is none."""

    database: Database
    clock: Clock
    words: Words
    mail: Mail | None
    page: str
    in_thread: Callable[..., Awaitable[Any]]
    draw: Callable[[Picture], bytes] = pictures.drawn

    @property
    def possible(self) -> bool:
        """Whether e-mail can be sent at all."""
        return self.mail is not None

    async def send_due(self) -> int:
        """Send what is due, one after another; gives how many were sent. What fails is tried again later."""
        if self.mail is None:
            return 0
        return sum([await self._send(self.mail, number) for number in await self.in_thread(self._due)])

    async def _send(self, mail: Mail, number: int) -> bool:
        """Taking, sending and noting it are three steps: none of them keeps the database waiting for a mail server."""
        taken = await self.in_thread(self._take, number)
        if taken is None:
            return False
        try:
            await asyncio.to_thread(self._make_and_send, mail, taken)
        except OSError as error:
            log.error("figures_not_mailed", figure_mail_id=number, error=type(error).__name__)
            return False
        await self.in_thread(self._note, number)
        return True

    def _due(self) -> Sequence[int]:
        with self.database.reading() as session:
            return figure_mails.due(session, self.clock.now())

    def _take(self, number: int) -> Taken | None:
        with self.database.transaction() as session:
            return figure_mails.take(session, self.clock.now(), number)

    def _note(self, number: int) -> None:
        with self.database.transaction() as session:
            figure_mails.sent(session, self.clock.now(), number)

    def _make_and_send(self, mail: Mail, taken: Taken) -> None:
        figures = self.words.render(taken.figures)
        mail.send(letter(taken, self.words, self.page, figures.picture, self._drawn(figures.picture)))

    def _drawn(self, picture: Picture | None) -> bytes:
        """Nothing when it cannot be drawn: the sentences say the same."""
        try:
            return self.draw(picture) if picture else b""
        except DrawingFailed as failed:
            log.warning("picture_failed", why=str(failed))
            return b""


def letter(taken: Taken, words: Words, page: str, picture: Picture | None, drawn: bytes) -> EmailMessage:
    """The mail: subject, the sentences, what needs attention, where more is, and how to stop it."""
    say = partial(words.say, language=taken.figures.language)
    values = {**taken.figures.values, "page": page}
    paragraphs = [
        say("team_figures", values),
        say("mail_figures_attention", taken.attention.values),
        say("mail_figures_more", values),
    ]
    subject = say("mail_figures_subject", values)
    message = plain(taken.to, "\n\n".join((subject, *paragraphs)))
    message["Auto-Submitted"] = "auto-generated"
    cid = make_msgid(domain="wijkwijzer.invalid")
    shown = _PICTURE.format(cid=cid[1:-1], alt=alt_text(picture)) if picture and drawn else ""
    text = Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(one.splitlines())) for one in paragraphs)
    message.add_alternative(_HTML.format(title=subject, paragraphs=text, picture=shown), subtype="html")
    if shown:
        html = message.get_body(("html",))
        assert html is not None, "it was just added"
        html.add_related(drawn, "image", "png", cid=cid, filename=FILE, disposition="inline")
    return message


def alt_text(picture: Picture) -> str:
    """What the picture shows, for who does not see it."""
    return f"{picture.title}, {picture.about}. {' '.join(map(_in_words, picture.charts))}"


def _in_words(chart: Chart) -> str:
    return f"{chart.heading}: {', '.join(f'{bar.label} {bar.shown}' for bar in chart.bars)}."
