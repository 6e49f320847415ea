"""What became of a message: Telegram's answers judged, as a pure table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.edge import seconds_to_wait
from bot.telegram.request import NOT_SENT
from store.states import OutgoingState

MAX_ATTEMPTS = 8
LONGEST_HOLD = 120.0
OFFLINE_HOLD = 5.0
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
EDIT_TOO_LATE = ("message to edit not found", "message can't be edited")
GONE_ALREADY = ("message to delete not found", "message can't be deleted", "message identifiers are not specified")
"""Nothing more can be taken away: it is gone, or too old."""


@dataclass(frozen=True)
class Claimed:
    """A row that this process may send until `lease`; `target` is the Telegram message that it edits, when known.

    A `silent` one makes no sound: it is for somebody who may be watched, or who was erased.
    """

    id: int
    chat_id: int
    content: Any
    repeatable: bool
    attempts: int
    lease: datetime
    edits_id: int | None = None
    target: int | None = None
    silent: bool = False

    @property
    def deletes(self) -> bool:
        """Whether it takes messages away."""
        return isinstance(self.content, dict) and "deletes" in self.content

    @property
    def comes_anew(self) -> bool:
        """Whether it is a change that is sent as a message of its own when what it changes is gone."""
        return isinstance(self.content, dict) and self.content.get("anew", False)


@dataclass(frozen=True)
class Verdict:
    """The row's next state. WAITING means again, not within `hold` seconds; `attempted`: it counts as a try.

    With `later`, in seconds, it is due again then, and what comes after it in the chat goes first. `anew`: what it
    would change is gone, and it is sent as a message of its own.
    """

    state: OutgoingState
    hold: float = 0.0
    later: float = 0.0
    anew: bool = False
    attempted: bool = False
    loud: bool = False
    why: str = ""

    @property
    def holds_chat(self) -> bool:
        """Later messages of the chat may not go before this one, or need not go at all."""
        return self.state in (OutgoingState.WAITING, OutgoingState.UNREACHABLE) and not self.later


@dataclass(frozen=True)
class Outcome:
    """What is to be recorded of a row."""

    row: Claimed
    verdict: Verdict
    telegram_message_id: int | None = None


SENT = Verdict(OutgoingState.SENT)
PUT_BACK = Verdict(OutgoingState.WAITING)
BEING_MADE = Verdict(OutgoingState.WAITING, later=0.5)
"""A voice note that is not ready: a danger text that comes after it does not wait for it."""
WITHDRAWN = Verdict(OutgoingState.WITHDRAWN)
ANEW = Verdict(OutgoingState.WAITING, anew=True, why="edit too late")
UNREACHABLE = Verdict(OutgoingState.UNREACHABLE)


def unrenderable(error: Exception) -> Verdict:
    """A text that is missing or does not fit: for the operator, trying again is no use."""
    return Verdict(OutgoingState.FAILED, loud=True, why=type(error).__name__)


def judge(error: TelegramError, row: Claimed) -> Verdict:
    """What an error means for this row."""
    match error:
        case RetryAfter():
            return Verdict(OutgoingState.WAITING, hold=seconds_to_wait(error), why="RetryAfter")
        case Forbidden():
            return UNREACHABLE
        case BadRequest():
            return _refused(error, row)
        case InvalidToken():
            return Verdict(OutgoingState.WAITING, hold=LONGEST_HOLD, loud=True, why="InvalidToken")
        case ChatMigrated():
            # Only groups move; the bot explains itself anew when the new one writes.
            return Verdict(OutgoingState.FAILED, loud=True, why="ChatMigrated")
        case _:
            return _interrupted(error, row)


def _refused(error: BadRequest, row: Claimed) -> Verdict:
    said = error.message.lower()
    if "message is not modified" in said:
        return SENT
    if row.edits_id and any(words in said for words in EDIT_TOO_LATE):
        return ANEW if row.comes_anew else Verdict(OutgoingState.FAILED, why="edit too late")
    if row.deletes and any(words in said for words in GONE_ALREADY):
        return SENT
    if any(words in said for words in NO_CHAT):
        return UNREACHABLE
    # An answer that was no JSON is quoted by the library after this word; it could hold the text.
    return Verdict(OutgoingState.FAILED, loud=True, why=error.message.partition(". Parsing")[0][:120])


def _interrupted(error: TelegramError, row: Claimed) -> Verdict:
    why = type(error.__cause__ or error).__name__
    if isinstance(error.__cause__, NOT_SENT):
        # No connection: however long that lasts, nothing was sent and nothing is given up.
        return Verdict(OutgoingState.WAITING, hold=OFFLINE_HOLD, why=why)
    if not row.repeatable and not _answered(error):
        return Verdict(OutgoingState.UNCERTAIN, attempted=True, loud=True, why=why)
    if row.attempts + 1 >= MAX_ATTEMPTS:
        return Verdict(OutgoingState.FAILED, attempted=True, loud=True, why=why)
    return Verdict(OutgoingState.WAITING, hold=_longer(row.attempts), attempted=True, why=why)


def _answered(error: TelegramError) -> bool:
    """Whether Telegram itself answered 5xx, so that nothing was sent; a gateway before it cannot know that."""
    return isinstance(error, NetworkError) and error.__cause__ is None and _is_server_error(error.message.lower())


def _is_server_error(said: str) -> bool:
    return "internal server error" in said or "service unavailable" in said


def _longer(attempts: int) -> float:
    """4, 16, 64, 120 ... seconds: eight attempts span about ten minutes."""
    return float(min(LONGEST_HOLD, 4.0 ** (attempts + 1)))
