"""Files that people and the bot send, kept in memory."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sandbox.limits import PHOTO_BYTES, UPLOAD_BYTES
from sandbox.params import Upload
from sandbox.wire import BotApiError, Json, bad_request

FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents", "audio": "music", "video": "videos",
           "sticker": "stickers"}  # fmt: skip
ENDINGS = {"photo": ".jpg", "voice": ".oga", "audio": ".mp3", "video": ".mp4", "sticker": ".webp", "document": ""}
OPUS_HEAD_WITHIN = 64
PICTURES = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file, with the object that the Bot API shows for it."""

    kind: str
    name: str
    mime: str
    content: bytes
    path: str
    shown: Json = field(hash=False)


class FileStore:
    """Finds files by file_id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload, facts: Json) -> StoredFile:
        """Keep a file; `facts` are what Telegram shows beside it, such as a duration in seconds."""
        if kind == "photo":
            _check_picture(upload.content)
        if len(upload.content) > UPLOAD_BYTES:
            raise BotApiError(413, "Request Entity Too Large")
        if not upload.content:
            raise bad_request("file must be non-empty")
        number = len(self._by_path)
        ending = PurePosixPath(upload.name).suffix if kind == "document" else ENDINGS[kind]
        path = f"{FOLDERS[kind]}/file_{number}{ending}"
        shown = {"file_id": f"{kind}-{number}-{secrets.token_urlsafe(12)}", "file_unique_id": f"u{number}",
                 "file_size": len(upload.content), **facts}  # fmt: skip
        stored = StoredFile(kind, upload.name, upload.mime, upload.content, path, shown)
        self._by_id[shown["file_id"]] = self._by_path[path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """Return the file with this file_id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """Return the file at this file_path."""
        return self._by_path.get(path)


def shown_media(stored: StoredFile) -> Json:
    """Return the part of a Message that shows this file."""
    return {stored.kind: [stored.shown] if stored.kind == "photo" else stored.shown}


def facts_of(kind: str, upload: Upload, duration: int) -> Json:
    """Return the fields that Telegram requires beside a file of this kind."""
    if kind == "photo":
        width, height = _size(upload.content)
        return {"width": width, "height": height}
    if kind == "sticker":
        return {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    facts: Json = {"mime_type": upload.mime}
    if kind in ("voice", "audio", "video"):
        facts["duration"] = duration
    if kind == "video":
        facts |= {"width": 640, "height": 480}
    if kind in ("document", "audio"):
        facts["file_name"] = upload.name
    return facts


def checked_voice(upload: Upload) -> Upload:
    """Return a voice note as Telegram keeps it; raises 400 for anything but Ogg with Opus.

    Telegram itself would show another sound as music or as a file, which no bot means when it calls sendVoice.
    """
    if not upload.content.startswith(b"OggS") or b"OpusHead" not in upload.content[:OPUS_HEAD_WITHIN]:
        raise bad_request("wrong type of the voice note: it must be OGG encoded with OPUS")
    return replace(upload, mime="audio/ogg")


def _check_picture(content: bytes) -> None:
    if len(content) > PHOTO_BYTES:
        raise bad_request("file is too big for a photo")
    if not content.startswith(tuple(PICTURES)):
        raise bad_request("IMAGE_PROCESS_FAILED")


def _size(content: bytes) -> tuple[int, int]:
    if content.startswith(b"\x89PNG") and len(content) > 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return 1280, 960
