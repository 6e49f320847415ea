"""Which files are taken, by kind and size. What is refused is neither kept nor passed on, in either direction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from telegram import Document, Message
from telegram.constants import FileSizeLimit

MOST_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)
"""20 MB, the most that Telegram lets a bot fetch: nobody on our side could ever look at what is larger."""
DOCUMENTS: Mapping[str, frozenset[str]] = {
    "application/pdf": frozenset({".pdf"}),
    "image/jpeg": frozenset({".jpg", ".jpeg"}),
    "image/png": frozenset({".png"}),
    "image/webp": frozenset({".webp"}),
    "image/heic": frozenset({".heic", ".heif"}),
    "image/heif": frozenset({".heic", ".heif"}),
}
"""Letters and pictures, and how their names end. Programs, archives and office files with macros are none of these.

Who sends a file says what it is and how it is called, and a telephone opens it by its name: both must fit.
"""
WITH_SIZE = ("document", "video", "animation", "audio", "voice", "video_note", "sticker")


def is_refused(message: Message) -> bool:
    """Whether a message brings a file that is not taken; Telegram itself made photos and voice notes what they are."""
    if message.document is not None and message.animation is None and not _is_taken(message.document):
        return True
    files = [file for name in WITH_SIZE if (file := getattr(message, name)) is not None]
    return any((file.file_size or 0) > MOST_BYTES for file in (*files, *message.photo))


def _is_taken(document: Document) -> bool:
    ending = PurePosixPath(document.file_name or "").suffix.casefold()
    return ending in DOCUMENTS.get(document.mime_type or "", ())
