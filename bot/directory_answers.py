"""What somebody of the team answers to "Klopt dit nog?", and to the question for the right number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from actions import directory_changes
from actions.directory_changes import NUMBER
from actions.outbox import Message, queue
from actions.services import Service
from actions.telephone import national
from bot.incoming import Incoming
from bot.words import Words
from store.tables import Member

PRESSED = re.compile(r"dir:(yes|no):([a-z0-9_]{1,40})", re.ASCII)

MOST_NUMBERS = 3


@dataclass(frozen=True)
class DirectoryAnswers:
    """One update of a member, within its transaction."""

    words: Words
    session: Session
    now: datetime
    member: Member
    incoming: Incoming

    def press(self) -> None:
        """*Ja* or *Nee, wijzig*; a question that is old, or not asked of this person, changes nothing."""
        found = PRESSED.fullmatch(self.incoming.data)
        row = directory_changes.asked_by(self.session, self.incoming.chat_id, self.incoming.message_id)
        service = self._service(found[2]) if found else None
        if found is None or row is None or service is None or row.subject != f"{directory_changes.QUESTION}{found[2]}":
            return self._tell("team_service_old")
        shown = "team_service_right" if found[1] == "yes" else "team_service_wrong"
        edited = Message(shown, {"service": service.key})
        queue(self.session, self.now, self.incoming.chat_id, edited, edits=row)
        if found[1] == "yes":
            return directory_changes.confirm(self.session, self.now, self.member, service)
        directory_changes.deny(self.session, self.now, self.member, service)
        return self._tell("team_service_number", service)

    def number(self, key: str) -> None:
        """What was typed is the right number, at most `MOST_NUMBERS` on a line each, or the word for none."""
        service = self._service(key)
        if service is None:
            return self._tell("team_service_old")
        typed = self.incoming.text.strip().strip(".!").lower()
        none = typed in self.words.say("words_for_no_number", {}).split(", ")
        numbers = [] if none else [national(part) for part in re.split(r"[\n,]", typed)]
        good = [number for number in numbers if number is not None]
        if len(good) < len(numbers) or len(good) > MOST_NUMBERS:
            return self._tell("team_service_no_number", service)
        directory_changes.change_numbers(self.session, self.now, self.member, service, good)
        values = {"service_name": service.name, "service_numbers": ", ".join(good)}
        queue(self.session, self.now, self.incoming.chat_id, Message("team_service_changed", values))
        return None

    def _service(self, key: str) -> Service | None:
        directory = self.words.directory()
        return directory.service(key) if key in directory else None

    def _tell(self, text: str, service: Service | None = None) -> None:
        """With a service a reply to it is taken for its number."""
        values = {"service_name": service.name} if service else {}
        subject = f"{NUMBER}{service.key}" if service else None
        queue(self.session, self.now, self.incoming.chat_id, Message(text, values), subject=subject)
