"""What came in, in our own words: the part of a Telegram update that we need, and no more."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any


class Kind(enum.StrEnum):
    """What sort of thing somebody sent or did."""

    TEXT = "text"
    PRESS = "press"
    EDITED = "edited"
    VOICE = "voice"
    PHOTO = "photo"
    DOCUMENT = "document"
    STICKER = "sticker"
    OTHER = "other"
    GROUP = "group"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


FILES = frozenset({Kind.VOICE, Kind.PHOTO, Kind.DOCUMENT, Kind.STICKER, Kind.OTHER})


@dataclass(frozen=True)
class Incoming:
    """One update. `text` is the text or caption, masked (`masked` says that something was taken out).

    `file_id` is how Telegram knows a file that can be kept, `file_kind` what it is: photo, voice, audio or document.
    `refused`: it brings a file of a kind or size that is not taken (`bot.telegram.uploads`).
    """

    update_id: int
    chat_id: int
    kind: Kind
    text: str = ""
    masked: bool = False
    message_id: int | None = None
    data: str = ""
    callback_id: str = ""
    reply_to: int | None = None
    first_name: str = ""
    language: str = ""
    file_kind: str = ""
    file_id: str = ""
    refused: bool = False

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Incoming:
        return cls(**{**stored, "kind": Kind(stored["kind"])})
