"""Telegram's HTML: which tags it knows, and the errors it gives for the rest."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sandbox.marked_text import MarkedText
from sandbox.wire import BotApiError, Json, bad_request

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
OTHER_TAGS = ("a", "span", "tg-emoji")
TAG = re.compile(r"<(?P<end>/)?(?P<name>[^\s>/]*)(?P<attributes>[^>]*)>")
ATTRIBUTE = re.compile(r"([A-Za-z_-]+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
LINK = re.compile(r"(?:https?|tg|mailto|tel)://?\S+|(?:mailto|tel):\S+|[\w-]+(?:\.[\w-]+)+\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenTag:
    """A start tag that still needs its end."""

    name: str
    attributes: dict[str, str]
    start: int


def parse_html(source: str) -> MarkedText:
    """Turn Telegram HTML into text and entities; raises 400 with Telegram's text when it is invalid."""
    marked = MarkedText()
    open_tags: list[OpenTag] = []
    at = 0
    for tag in _tags(source):
        marked.add(_plain(source[at : tag.start()]))
        offset = _bytes(source, tag.start())
        if tag["end"]:
            _close(marked, open_tags, tag["name"].lower(), offset)
        else:
            open_tags.append(_opened(tag, marked.length, offset))
        at = tag.end()
    marked.add(_plain(source[at:]))
    if open_tags:
        raise _invalid(f'Can\'t find end tag corresponding to start tag "{open_tags[-1].name}"')
    return marked


def _tags(source: str) -> list[re.Match[str]]:
    tags: list[re.Match[str]] = []
    at = source.find("<")
    while at >= 0:
        tag = TAG.match(source, at)
        if tag is None:
            kind = "end" if source.startswith("</", at) else "start"
            raise _invalid(f"Unclosed {kind} tag at byte offset {_bytes(source, at)}")
        tags.append(tag)
        at = source.find("<", tag.end())
    return tags


def _opened(tag: re.Match[str], start: int, offset: int) -> OpenTag:
    name = tag["name"].lower()
    if name not in KINDS and name not in OTHER_TAGS:
        raise _invalid(f'Unsupported start tag "{name}" at byte offset {offset}')
    found = ATTRIBUTE.findall(tag["attributes"])
    attributes = {key.lower(): html.unescape(double or single or bare) for key, double, single, bare in found}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _invalid(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    return OpenTag(name, attributes, start)


def _close(marked: MarkedText, open_tags: list[OpenTag], name: str, offset: int) -> None:
    if not open_tags:
        raise _invalid(f"Unexpected end tag at byte offset {offset}")
    opened = open_tags.pop()
    if name and name != opened.name:
        reason = f'Unmatched end tag at byte offset {offset}, expected "</{opened.name}>", found "</{name}>"'
        raise _invalid(reason)
    kind, facts = _meaning(opened, marked)
    if kind:
        marked.mark(kind, opened.start, **facts)


def _meaning(tag: OpenTag, marked: MarkedText) -> tuple[str, Json]:
    if tag.name == "a":
        url = tag.attributes.get("href") or marked.text.encode("utf-16-le")[2 * tag.start :].decode("utf-16-le")
        # Telegram drops a link that it does not understand and keeps its text.
        return ("text_link", {"url": url}) if LINK.fullmatch(url) else ("", {})
    if tag.name == "tg-emoji":
        return "custom_emoji", {"custom_emoji_id": tag.attributes.get("emoji-id", "")}
    if tag.name == "span":
        return "spoiler", {}
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        return "expandable_blockquote", {}
    return KINDS[tag.name], {}


def _plain(text: str) -> str:
    return REFERENCE.sub(lambda match: html.unescape(match.group()), text) if "&" in text else text


def _bytes(source: str, at: int) -> int:
    return len(source[:at].encode())


def _invalid(reason: str) -> BotApiError:
    return bad_request(f"can't parse entities: {reason}")
