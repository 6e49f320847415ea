"""Telegram's MarkdownV2."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.marked_text import MarkedText
from sandbox.wire import BotApiError, bad_request

KINDS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler", "[": "text_link"}
SPOKEN = {"bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
          "spoiler": "Spoiler", "text_link": "TextUrl", "code": "Code", "pre": "Pre"}  # fmt: skip
RESERVED = "_*[]()~`>#+-=|{}.!"


@dataclass(slots=True)
class Reader:
    """Where we are in the source, and which marks are open: (mark, start in the text, place in the source)."""

    source: str
    at: int = 0
    marked: MarkedText = field(default_factory=MarkedText)
    open_marks: list[tuple[str, int, int]] = field(default_factory=list)
    quote: int | None = None

    def ahead(self, text: str) -> bool:
        """Say whether the source continues with this text."""
        return self.source.startswith(text, self.at)


def parse_markdown(source: str) -> MarkedText:
    """Turn MarkdownV2 into text and entities; raises 400 with Telegram's text when it is invalid."""
    reader = Reader(source)
    while reader.at < len(source):
        _step(reader)
    _end_quote(reader)
    if reader.open_marks:
        mark, _, place = reader.open_marks[-1]
        raise _unended(KINDS[mark], source, place)
    return reader.marked


def _step(reader: Reader) -> None:
    source, at = reader.source, reader.at
    character = source[at]
    line_start = at == 0 or source[at - 1] == "\n"
    if line_start and character == ">":
        reader.quote = reader.marked.length if reader.quote is None else reader.quote
        reader.at += 1
    elif line_start and reader.quote is not None:
        _end_quote(reader)
        _inline(reader, character)
    else:
        _inline(reader, character)


def _inline(reader: Reader, character: str) -> None:
    if character == "\\" and reader.at + 1 < len(reader.source) and ord(reader.source[reader.at + 1]) < 127:
        reader.marked.add(reader.source[reader.at + 1])
        reader.at += 2
    elif character == "`":
        _code(reader)
    elif character == "]" and reader.open_marks and reader.open_marks[-1][0] == "[":
        _end_link(reader)
    elif mark := next((mark for mark in ("||", "__", "_", "*", "~", "[") if reader.ahead(mark)), None):
        _toggle(reader, mark)
    elif character in RESERVED:
        reason = f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
        raise bad_request(f"can't parse entities: {reason}")
    else:
        reader.marked.add(character)
        reader.at += 1


def _toggle(reader: Reader, mark: str) -> None:
    if reader.open_marks and reader.open_marks[-1][0] == mark and mark != "[":
        _, start, _ = reader.open_marks.pop()
        reader.marked.mark(KINDS[mark], start)
    else:
        reader.open_marks.append((mark, reader.marked.length, reader.at))
    reader.at += len(mark)


def _end_link(reader: Reader) -> None:
    _, start, _ = reader.open_marks.pop()
    stop = reader.source.find(")", reader.at)
    if not reader.source.startswith("](", reader.at) or stop < 0:
        raise _unended("TextUrl", reader.source, reader.at)
    url = reader.source[reader.at + 2 : stop].replace("\\", "")
    reader.marked.mark("text_link", start, url=url)
    reader.at = stop + 1


def _code(reader: Reader) -> None:
    fence = "```" if reader.ahead("```") else "`"
    kind = "pre" if fence == "```" else "code"
    inside = re.compile(rf"((?:\\.|(?!{fence}).)*){fence}", re.DOTALL).match(reader.source, reader.at + len(fence))
    if inside is None:
        raise _unended(kind, reader.source, reader.at)
    begin = reader.marked.length
    reader.marked.add(re.sub(r"\\([`\\])", r"\1", inside[1]))
    reader.marked.mark(kind, begin)
    reader.at = inside.end()


def _end_quote(reader: Reader) -> None:
    if reader.quote is not None:
        reader.marked.mark("blockquote", reader.quote)
        reader.quote = None


def _unended(kind: str, source: str, place: int) -> BotApiError:
    offset = len(source[:place].encode())
    name = SPOKEN.get(kind, kind)
    return bad_request(f"can't parse entities: Can't find end of {name} entity at byte offset {offset}")
