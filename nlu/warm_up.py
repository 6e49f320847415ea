"""Lets Rasa's server answer only when it can do so fast: the encoders load their weights at the first text."""

from __future__ import annotations

from typing import Any

# Of a usual length, so that every part of the pipeline has been through once.
FIRST_TEXT = "het tocht bij de balkondeur en de rekening is te hoog"


def warm_up_at_start() -> None:
    """Rasa's server parses a text of ours after loading its model, before it opens its port."""
    from rasa.core import run

    load = run.load_agent_on_start

    async def load_and_parse(*arguments: Any) -> Any:
        agent = await load(*arguments)
        if agent.is_ready():
            await agent.parse_message(FIRST_TEXT)
        return agent

    run.load_agent_on_start = load_and_parse
