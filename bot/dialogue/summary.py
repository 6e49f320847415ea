"""The lines of a summary: which of them are shown for these answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogue.content import Content
from bot.dialogue.responses import Line


def lines_of(content: Content, slot: str, slots: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of the question for `slot`: the first slot is filled, there are words, and they were not left out."""
    lines = content.response(f"utter_ask_{slot}").variant(slots).lines
    left_out = slots.get("left_out") or ()
    return tuple(
        line
        for line in lines
        if line.key not in left_out and slots.get(line.slots[0]) and content.response(line.key).variant(slots).text
    )
