"""From what the player says to messages with buttons."""

from __future__ import annotations

from collections.abc import Iterator

from actions.outbox import Button, Message
from bot.dialogue.conversation import Said
from bot.words import Words

LISTEN, HUMAN = "listen", "human"
NAV_BUTTONS = {"back": "button_back", "skip": "button_skip", LISTEN: "button_listen", HUMAN: "button_human"}
MOST_IN_ROW = 3


def message(said: Said, language: str) -> Message:
    """A message with the buttons below the options: per line of a summary, then back, skip, listen and a human."""
    return Message(
        key=said.key,
        values={**said.values, "line_keys": list(said.lines)} if said.lines else dict(said.values),
        language=language,
        question=said.question,
        buttons=tuple(_rows(said)),
    )


def _rows(said: Said) -> Iterator[tuple[Button, ...]]:
    if said.lines:
        numbers = range(1, len(said.lines) + 1)
        lines = [Button("button_change", f"q{said.question}:~{number}", {"number": number}) for number in numbers]
        yield from (tuple(lines[at : at + MOST_IN_ROW]) for at in range(0, len(lines), MOST_IN_ROW))
    nav = {wish: Button(label, f"q{said.question or 0}:!{wish}") for wish, label in NAV_BUTTONS.items()}
    listens = (said.question is not None or said.nav) and not said.aloud
    offered = [wish for wish in nav if wish in said.nav or (wish == LISTEN and listens)]
    rows = ([wish for wish in offered if wish != HUMAN], [HUMAN]) if {*offered} > {LISTEN, HUMAN} else (offered,)
    yield from (tuple(nav[wish] for wish in row) for row in rows if row)


def answered(words: Words, asked: Message, chosen: str) -> Message:
    """A question as it reads once it has been answered: without buttons, with the choice.

    `chosen` is the data of the button, or what was typed where there is no button for it; empty to leave it out.
    """
    titles = {data: title for row in words.render(asked).rows for title, data in row}
    values = {**asked.values, "asked_key": asked.key, "chosen": titles.get(chosen, chosen)}
    return Message("utter_answered", values, asked.language)
