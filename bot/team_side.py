"""What a wijkverbinder or professional does in Telegram: press cards, talk with residents, close."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from actions import directory_changes, handoffs, people, relay
from actions.handoffs import Claim
from actions.outbox import Button, Message, queue, subject_of
from bot.directory_answers import DirectoryAnswers
from bot.incoming import FILES, Incoming, Kind
from bot.words import Words
from store.tables import Member, Request

log = structlog.get_logger()
_PRESSED = re.compile(r"(claim|close|case):(\d{1,18})(?::(\d{1,18}))?", re.ASCII)


@dataclass(frozen=True)
class TeamSide:
    """What happens with an update of a member of the team."""

    words: Words
    refresh_directory: Callable[[], None]

    def handle(self, session: Session, now: datetime, member: Member, incoming: Incoming) -> None:
        """Answer one update within its transaction."""
        match incoming.kind:
            case Kind.PRESS:
                self._press(session, now, member, incoming)
            case Kind.BLOCKED:
                people.lose(session, incoming.chat_id)
            case Kind.UNBLOCKED:
                return
            case _ if incoming.text.startswith("/"):
                _tell(session, now, incoming, "team_help")
            case _ if incoming.reply_to and (key := _asked_number(session, incoming)):
                self._directory(session, now, member, incoming).number(key)
            case _:
                self._pass_on(session, now, member, incoming)

    def _directory(self, session: Session, now: datetime, member: Member, incoming: Incoming) -> DirectoryAnswers:
        return DirectoryAnswers(self.words, session, now, member, incoming)

    def _press(self, session: Session, now: datetime, member: Member, incoming: Incoming) -> None:
        if incoming.data.startswith("dir:"):
            return self._directory(session, now, member, incoming).press()
        found = _PRESSED.fullmatch(incoming.data)
        if found is None:
            return _tell(session, now, incoming, "team_help")
        act, request_id = found[1], int(found[2])
        if act == "claim":
            return self._claim(session, now, member, incoming, request_id)
        if act == "close":
            return self._close(session, now, member, incoming, request_id)
        return self._copy_to_case(session, now, member, incoming, request_id, int(found[3] or 0))

    def _claim(self, session: Session, now: datetime, member: Member, incoming: Incoming, request_id: int) -> None:
        result, found = handoffs.claim(session, now, member, request_id)
        if result is Claim.GONE or found is None:
            log.warning("claim_refused", request_id=request_id, member_id=member.id)
            return _tell(session, now, incoming, "utter_request_gone")
        if result is Claim.TAKEN and found.claimed_by is member:
            _tell(session, now, incoming, "utter_already_yours")
        elif result is Claim.TAKEN and found.claimed_by is not None:
            _tell(session, now, incoming, "utter_already_claimed", name=found.claimed_by.name)
        return None

    def _close(self, session: Session, now: datetime, member: Member, incoming: Incoming, request_id: int) -> None:
        if handoffs.close(session, now, member, request_id) is None:
            log.warning("close_refused", request_id=request_id, member_id=member.id)
            _tell(session, now, incoming, "utter_request_gone")

    def _copy_to_case(
        self, session: Session, now: datetime, member: Member, incoming: Incoming, request_id: int, message_id: int
    ) -> None:
        """Somebody with several cases said for whom the message was."""
        chosen = next((case for case in handoffs.claimed_by(session, member) if case.id == request_id), None)
        if chosen is None or not message_id:
            return _tell(session, now, incoming, "team_no_case")
        chat = incoming.chat_id
        return relay.to_resident(session, now, chosen, member, chat, message_id, "", is_file=True)

    def _pass_on(self, session: Session, now: datetime, member: Member, incoming: Incoming) -> None:
        cases = handoffs.claimed_by(session, member)
        if not cases and (key := _asked_number(session, incoming)):
            return self._directory(session, now, member, incoming).number(key)
        if not cases:
            return _tell(session, now, incoming, "team_no_case")
        case = _meant(session, incoming, cases)
        if case is None:
            return _ask_which(session, now, incoming, cases)
        is_file = incoming.kind in FILES
        chat = incoming.chat_id
        return relay.to_resident(session, now, case, member, chat, incoming.message_id, incoming.text, is_file)


def _asked_number(session: Session, incoming: Incoming) -> str | None:
    return directory_changes.number_asked(session, incoming.chat_id, incoming.reply_to)


def _meant(session: Session, incoming: Incoming, cases: list[Request]) -> Request | None:
    """The case that a message replies to, or the only one there is."""
    if incoming.reply_to is not None:
        replied = handoffs.request_of(subject_of(session, incoming.chat_id, incoming.reply_to))
        return next((case for case in cases if case.id == replied), None)
    return cases[0] if len(cases) == 1 else None


def _ask_which(session: Session, now: datetime, incoming: Incoming, cases: list[Request]) -> None:
    rows = tuple(
        (Button("button_case", f"case:{case.id}:{incoming.message_id}", {"number": case.id, "wijk": case.wijk}),)
        for case in cases
    )
    queue(session, now, incoming.chat_id, Message("utter_which_case", buttons=rows))


def _tell(session: Session, now: datetime, incoming: Incoming, key: str, **values: object) -> None:
    queue(session, now, incoming.chat_id, Message(key, values))
