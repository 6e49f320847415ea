"""When the bot says a text: in which topics, inside which other texts, and on what condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.dialogue.content import Content
from bot.dialogue.flow import Collect, Flow, Say
from bot.drawing.phrases import Phrases
from dashboard.phone import LABEL
from dashboard.texts import Now, Text

ASKS = "utter_ask_"


@dataclass(frozen=True)
class Given:
    """What must hold; `words` is empty when there are no plain words for it."""

    words: str
    name: str
    value: str


@dataclass(frozen=True)
class Use:
    """`asked_in` and `said_in` are what flows are called; `conditions` must all hold.

    `otherwise`: it is said when no other wording of the key fits.
    """

    asked_in: Sequence[str]
    said_in: Sequence[str]
    within: Sequence[Text]
    conditions: Sequence[Given]
    otherwise: bool
    is_label: bool


def use(now: Now, text: Text) -> Use:
    """What is known of when this is said."""
    content, key = now.book.content, text.wording.key
    phrases = Phrases(content)
    asked = [flow for flow in content.flows.values() if key.removeprefix(ASKS) in _asked(flow) and key.startswith(ASKS)]
    said = [flow for flow in content.flows.values() if key in _said(flow)]
    return Use(
        asked_in=[phrases.title(flow) for flow in asked],
        said_in=[phrases.title(flow) for flow in said],
        within=now.filled_in_with(text.wording),
        conditions=[_given(content, name, value) for name, value in text.variant.conditions],
        otherwise=not text.variant.conditions and len(now.variants(text.wording)) > 1,
        is_label=key.startswith(LABEL),
    )


def _given(content: Content, name: str, value: object) -> Given:
    """A condition in words where it is about an answer that has them."""
    phrases = Phrases(content)
    known = name in content.slots and isinstance(value, str)
    words = phrases.about(name, phrases.value(name, str(value))) if known else ""
    return Given("" if phrases.missing else words, name, str(value))


def _asked(flow: Flow) -> Iterator[str]:
    return (step.slot for step in flow.steps.values() if isinstance(step, Collect))


def _said(flow: Flow) -> Iterator[str]:
    return (step.key for step in flow.steps.values() if isinstance(step, Say))
