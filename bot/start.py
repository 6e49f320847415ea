"""Reads what an installation is made of, in the order in which mistakes are easiest to understand."""

from __future__ import annotations

from pathlib import Path

from actions.directory import Organisation
from bot.dialogue.content import Content, load_content
from bot.dialogue.responses import Option


def read_content(flows: Path, organisation: Organisation) -> Content:
    """Flows and texts, with the wijken and complexes of the organisation as options. Raises `ContentError`."""
    wijken = tuple(Option(wijk.name, wijk.key) for wijk in organisation.wijken)
    complexes = tuple(Option(one.name, one.key) for one in organisation.complexes)
    return load_content(flows, {"wijken": wijken, "complexes": complexes})
