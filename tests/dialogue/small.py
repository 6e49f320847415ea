"""Small contents for tests: a folder of flows, slots and texts that fit together unless the test spoils them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.dialogue.content import Content, load_content
from bot.dialogue.flow import Flow
from bot.dialogue.flow_reader import FlowReader
from store.yaml_lines import read_yaml

FLOW = """\
flows:
  topic:
    description: a topic
    nlu_trigger:
      - intent: draught
    steps:
      - collect: colour
        next:
          - if: slots.colour is "red"
            then:
              - action: utter_red
                next: END
          - else: size
      - id: size
        collect: size
"""
SLOTS = """\
slots:
  colour: {type: categorical, values: [red, blue]}
  size: {type: categorical, values: [small, large, skipped]}
"""
TEXTS = """\
responses:
  utter_ask_colour:
    - text: Welke kleur?
      buttons:
        - {title: Rood, payload: red}
        - {title: Blauw, payload: blue}
  utter_ask_size:
    - text: Hoe groot?
  utter_red:
    - text: Mooi.
"""
TRIAGE_ROWS = """\
urgency: [{id: later, urgency: normal, because: Geen haast.}]
exits: [{id: wijk, exit: local, because: Iemand kijkt mee.}]
coach: [{id: without, coach: "no", because: Niet over energie.}]
tips: [{id: tip, if: {colour: red}, say: utter_red, because: Het is rood.}]
"""
TRIAGE = f"topics: {{normal: [draught]}}\n{TRIAGE_ROWS}"


def folder(path: Path, **files: str) -> Path:
    """A folder of flows; `topic`, `slots`, `triage`, `texts` replace a file, other names add a file of flows."""
    given = {"topic": FLOW, "slots": SLOTS, "triage": TRIAGE, "texts": TEXTS, **files}
    (path / "texts" / "nl").mkdir(parents=True, exist_ok=True)
    for name, text in given.items():
        place = path / "texts" / "nl" / "topic.yml" if name == "texts" else path / f"{name}.yml"
        place.write_text(text, encoding="utf-8")
    return path


def content(path: Path, **files: str) -> Content:
    return load_content(folder(path, **files), {})


def flow(path: Path, text: str) -> Flow:
    """The only flow in a text; raises `ContentError`."""
    file = path / "one.yml"
    file.write_text(text, encoding="utf-8")
    source: dict[str, Any] = read_yaml(file)["flows"]
    ((name, entry),) = source.items()
    return FlowReader(file, name, entry).read()
