"""Text with marks as Telegram keeps it: offsets and lengths count UTF-16 units."""

from __future__ import annotations

import re

from sandbox.params import Params
from sandbox.wire import Json, bad_request

AUTOMATIC = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/@<>])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)(?!\w)"
    r"|(?<![\w@])(?P<mention>@\w{4,32})"
)


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


class MarkedText:
    """A text under construction, with its entities."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0
        self.entities: list[Json] = []

    @property
    def text(self) -> str:
        """The plain text so far."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Append plain text."""
        self._parts.append(text)
        self.length += units(text)

    def mark(self, kind: str, start: int, **facts: object) -> None:
        """Mark everything from `start` to here; nothing happens when that is empty."""
        if self.length > start:
            self.entities.append({"type": kind, "offset": start, "length": self.length - start, **facts})


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    left = text.lstrip()
    shift = units(text) - units(left)
    plain = left.rstrip()
    end = units(plain)
    kept: list[Json] = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        stop = min(end, entity["offset"] - shift + entity["length"])
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return plain, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def with_automatic(text: str, entities: list[Json]) -> list[Json]:
    """Add the entities that Telegram finds by itself: links, e-mail addresses, commands and names."""
    if "/" not in text and "@" not in text:
        return entities
    found = []
    for match in AUTOMATIC.finditer(text):
        start, length = units(text[: match.start()]), units(match.group())
        closed = ("code", "pre", "text_link", "url")
        if not any(_overlaps(entity, start, length) for entity in entities if entity["type"] in closed):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return sorted(entities + found, key=lambda entity: (entity["offset"], -entity["length"]))


def _overlaps(entity: Json, start: int, length: int) -> bool:
    return bool(entity["offset"] < start + length and start < entity["offset"] + entity["length"])


def read_marked(params: Params, field: str, entities_field: str) -> tuple[str, list[Json]]:
    """Return a call's text and entities, from its parse_mode or its list of entities."""
    from sandbox.html_marks import parse_html
    from sandbox.markdown_marks import parse_markdown

    raw = params.text(field).replace("\r", "").replace("\x00", "")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        marked = parse_html(raw)
    elif mode == "markdownv2":
        marked = parse_markdown(raw)
    elif mode in ("", "none"):
        marked = MarkedText()
        marked.add(raw)
        marked.entities = _given_entities(params, entities_field)
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = trimmed(marked.text, marked.entities)
    return text, with_automatic(text, entities)


def _given_entities(params: Params, field: str) -> list[Json]:
    given = params.data(field, "entities") or []
    if not isinstance(given, list) or not all(isinstance(entity, dict) and "type" in entity for entity in given):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    return [entity for entity in given if entity.get("length", 0) > 0]
