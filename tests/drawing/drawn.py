"""Small flows and words for the tests of drawing, beside the words of the house."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import yaml

from bot.dialogue.content import Content
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.flow_reader import FlowReader
from bot.dialogue.responses import Option, Response, Variant
from store.yaml_lines import read_yaml

SLOTS = {
    "colour": ("red", "blue", "green", "skipped"),
    "size": ("small", "large", "unknown"),
    "age": (),
    "mood": ("good", "bad"),
    "about_mould": ("yes",),
    "nameless": ("one_thing", "other_thing"),
}
BUTTONS = {
    "colour": {"red": "Rood", "blue": "Blauw", "green": "Groen"},
    "size": {"small": "Klein", "large": "Groot"},
    "age": {},
}


def flow(tmp_path: Path, steps: str, **more: object) -> Flow:
    """A flow from the YAML of its steps."""
    file = tmp_path / "small.yml"
    source = {
        "flows": {"small": {"description": "Klein; een voorbeeld", **more, "steps": yaml.safe_load(dedent(steps))}}
    }
    file.write_text(yaml.safe_dump(source, sort_keys=False), encoding="utf-8")
    return FlowReader(file, "small", read_yaml(file)["flows"]["small"]).read()


def with_words(content: Content, *flows: Flow) -> Content:
    """The content of the house, with these flows and a few questions."""
    slots = {name: Slot(name, values) for name, values in SLOTS.items()}
    texts = {**content.texts["nl"], **_texts()}
    return replace(content, flows={one.name: one for one in flows}, slots=slots, texts={"nl": texts})


def _texts() -> dict[str, Response]:
    found = {}
    for slot, titles in BUTTONS.items():
        options = tuple(Option(title, value) for value, title in titles.items())
        asked = Variant(text=f"Eerst iets.\nWelke {slot}?\n{{lines}}", options=options)
        found[f"utter_ask_{slot}"] = Response(f"utter_ask_{slot}", (asked,), "here")
    found["utter_fine"] = Response("utter_fine", (Variant("Mooi, {name}.\nNog een regel."),), "here")
    said = (Variant("vrolijk", (("mood", "good"),)), Variant("somber"))
    found["drawing_say_mood"] = Response("drawing_say_mood", said, "here")
    found["drawing_slot_mood"] = Response("drawing_slot_mood", (Variant("Stemming"),), "here")
    return found
