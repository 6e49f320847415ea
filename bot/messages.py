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
    for row in (nav[:-1], nav[-1:]) if len(nav) == MOST_IN_ROW else (nav,):
        if row:
            yield tuple(row)


def answered(words: Words, asked: Message, chosen: str) -> Message:
    """A question as it reads once it has been answered: without buttons, with the choice.

    `chosen` is the data of the button, or what was typed where there is no button for it.
    """
    titles = {data: title for row in words.render(asked).rows for title, data in row}
    values = {**asked.values, "asked_key": asked.key, "chosen": titles.get(chosen, chosen)}
    return Message("utter_answered", values, asked.language)
