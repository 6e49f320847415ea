"""From what the player says to messages with buttons."""

from __future__ import annotations

from collections.abc import Iterator

from actions.outbox import Button, Message
from bot.dialogue.content import Content
from bot.dialogue.conversation import Said
from bot.words import Words

NAV_BUTTONS = {"back": "button_back", "skip": "button_skip", "human": "button_human"}
LINE_BUTTONS = {"leave_out": "button_leave_out", "change": "button_change"}
MOST_IN_ROW = 3


def message(content: Content, said: Said, language: str) -> Message:
    """A message with the buttons below the options: per line of a summary, then back, skip and a human."""
    return Message(
        key=said.key,
        values={**said.values, "line_keys": list(said.lines)} if said.lines else dict(said.values),
        language=language,
        question=said.question,
        buttons=tuple(_rows(content, said)),
    )


def _rows(content: Content, said: Said) -> Iterator[tuple[Button, ...]]:
    if said.lines:
        label = LINE_BUTTONS[content.response(said.key).variants[0].each_line]
        lines = [Button(label, f"q{said.question}:~{n}", {"number": n}) for n in range(1, len(said.lines) + 1)]
        yield from (tuple(lines[at : at + MOST_IN_ROW]) for at in range(0, len(lines), MOST_IN_ROW))
    nav = [Button(NAV_BUTTONS[wish], f"q{said.question or 0}:!{wish}") for wish in said.nav]
    if nav:
        yield tuple(nav)


def answered(words: Words, asked: Message, data: str) -> Message | None:
    """A question as it reads once a button was pressed: without buttons, with the choice; None for another button."""
    rows = words.render(asked).rows
    label = next((title for row in rows for title, button_data in row if button_data == data), None)
    if label is None:
        return None
    values = {**asked.values, "asked_key": asked.key, "chosen": label}
    return Message("utter_answered", values, asked.language)
