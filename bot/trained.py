"""Reads labelled sentences again with the model that Rasa runs now, so that who labelled them sees what it gave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions import misunderstood
from bot.understanding.understand import Understanding
from bot.understanding.weighing import Weighed
from store.database import Database

MOST = 20
"""At a time: residents ask the same server."""


@dataclass(frozen=True)
class Labelled:
    """A sentence, and what somebody says that it means."""

    number: int
    text: str
    label: str


async def read_again(database: Database, understanding: Understanding, in_thread: Callable[..., Awaitable[Any]]) -> int:
    """Read some sentences that this model has not read; gives how many. Without Rasa none: the next time again."""
    model = await understanding.rasa.model()
    if model is None:
        return 0
    means: dict[Labelled, str] = {}
    for one in await in_thread(_unread, database, model):
        weighed = await understanding.read(one.text)
        if weighed is None:
            break
        means[one] = taken_as(weighed, one.label)
    if means and await understanding.rasa.model() == model:
        await in_thread(_write, database, model, means)
        return len(means)
    return 0


def taken_as(weighed: Weighed, label: str) -> str:
    """The intent that the bot would go on with: the label if it is one of these; empty when it would not be sure."""
    meant = (weighed.danger,) if weighed.danger else weighed.sure
    return label if label in meant else next(iter(meant), "")


def _unread(database: Database, model: str) -> Sequence[Labelled]:
    with database.reading() as session:
        return [Labelled(row.id, row.text, row.label or "") for row in misunderstood.unread(session, model, MOST)]


def _write(database: Database, model: str, means: Mapping[Labelled, str]) -> None:
    with database.transaction() as session:
        for one, meant in means.items():
            misunderstood.read_again(session, one.number, one.label, meant, model)
