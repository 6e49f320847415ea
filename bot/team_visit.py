"""One update of a member of the team, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from actions import outbox
from actions.outbox import Button, Message, queue
from actions.roles import PAGE_ONLY
from actions.team_settings import takes_requests
from bot.incoming import Incoming
from bot.words import Words
from store.tables import Member, Outgoing

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class TeamVisit:
    """One update within its transaction: who, when, and what came in.

    `dashboard_url` is the address of the web page, or empty when there is none.
    """

    words: Words
    session: Session
    now: datetime
    member: Member
    incoming: Incoming
    dashboard_url: str = ""

    def tell(self, key: str, rows: Rows = (), subject: str | None = None, /, **values: object) -> None:
        """Say something to the member."""
        message = Message(key, values, buttons=rows)
        queue(self.session, self.now, self.incoming.chat_id, message, subject=subject)

    def show(self, key: str, rows: Rows = (), /, **values: object) -> None:
        """Put other words and buttons in place of the message whose button was pressed, or say them."""
        pressed = self.pressed()
        if pressed is None:
            return self.tell(key, rows, **values)
        message = Message(key, values, buttons=rows)
        queue(self.session, self.now, self.incoming.chat_id, message, edits=pressed, subject=pressed.subject)
        return None

    def help(self) -> None:
        """Say what can be done here."""
        self.tell("team_help", requests=requests_of(self.member))

    def pressed(self) -> Outgoing | None:
        """The message whose button was pressed."""
        return outbox.find(self.session, self.incoming.chat_id, self.incoming.message_id or 0)


def requests_of(member: Member) -> str:
    """Whether requests are theirs, as texts tell it apart: "yes", "no" (only appointments) or "page" (neither)."""
    if member.role in PAGE_ONLY:
        return "page"
    return "yes" if takes_requests(member) else "no"
