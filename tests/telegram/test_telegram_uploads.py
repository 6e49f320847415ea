"""Files that are taken and files that are refused, by what they are called, say they are, and weigh."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.constants import FileSizeLimit

from bot.incoming import Incoming, Kind
from bot.telegram.uploads import DOCUMENTS, MOST_BYTES
from tests.telegram.test_telegram_receive import FILE, PICTURE, message, read


def _document(name: str | None, kind: str | None, size: int = 1000) -> dict[str, Any]:
    given = {"file_name": name, "mime_type": kind, "file_size": size}
    return {"document": {**FILE, **{key: value for key, value in given.items() if value is not None}}}


TAKEN = {
    "a letter": _document("Brief van Portaal.pdf", "application/pdf"),
    "shouted": _document("BRIEF.PDF", "application/pdf"),
    "a picture sent as a file": _document("IMG_1.jpg", "image/jpeg"),
    "of an iPhone": _document("IMG_1.HEIC", "image/heic"),
    "of another new telephone": _document("20261122.heic", "image/heif"),
    "as large as may be": _document("brief.pdf", "application/pdf", MOST_BYTES),
    "a photo": {"photo": [{**PICTURE, "file_size": 5_000_000}]},
    "a voice note": {"voice": {**FILE, "duration": 2, "file_size": 40_000}},
    "a place": {"location": {"longitude": 5.3, "latitude": 52.2}},
    "words": {"text": "brief.exe"},
}
REFUSED = {
    "a program": _document("foto.exe", "application/x-msdownload"),
    "a program that says it is a letter": _document("brief.exe", "application/pdf"),
    "a program with two endings": _document("brief.pdf.exe", "application/pdf"),
    "a letter that says it is a program": _document("brief.pdf", "application/x-msdownload"),
    "an app": _document("spel.apk", "application/vnd.android.package-archive"),
    "an archive": _document("brieven.zip", "application/zip"),
    "an office file with macros": _document("brief.docm", "application/vnd.ms-word.document.macroEnabled.12"),
    "a page": _document("brief.html", "text/html"),
    "a picture with a script": _document("foto.svg", "image/svg+xml"),
    "a script of windows": _document("foto.jpg.js", "image/jpeg"),
    "without a name": _document(None, "application/pdf"),
    "that does not say what it is": _document("brief.pdf", None),
    "an ending that turns round": _document("brief\u202efdp.exe", "application/pdf"),
    "a path": _document("../../brief.pdf/x", "application/pdf"),
    "too large": _document("brief.pdf", "application/pdf", MOST_BYTES + 1),
    "a large video": {"video": {**PICTURE, "duration": 1, "file_size": 2_000_000_000}},
    "a large recording": {"audio": {**FILE, "duration": 9, "file_size": MOST_BYTES + 1}},
    "a large animation": {"animation": {**PICTURE, "duration": 1, "file_size": MOST_BYTES + 1}, "document": FILE},
}


def _received(content: dict[str, Any]) -> Incoming:
    found = read(message=message(**content))
    assert found is not None
    return found


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN)
def test_what_residents_need_is_taken(content: dict[str, Any]) -> None:
    assert not _received(content).refused


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_can_do_harm_is_refused_and_its_id_is_not_even_stored(content: dict[str, Any]) -> None:
    received = _received(content)
    assert received.refused and (received.file_kind, received.file_id) == ("", "")
    assert Incoming.from_json(received.as_json()) == received


def test_no_name_of_a_file_comes_past_the_door() -> None:
    stored = _received(_document("Geheim van Annie.pdf", "application/pdf")).as_json()
    assert "Annie" not in str(stored) and stored["kind"] == Kind.DOCUMENT


def test_the_limits_are_telegrams() -> None:
    assert MOST_BYTES == int(FileSizeLimit.FILESIZE_DOWNLOAD) == 20_000_000
    assert not {".exe", ".zip", ".apk", ".js", ".svg", ".html", ".docm"} & {
        one for ends in DOCUMENTS.values() for one in ends
    }
