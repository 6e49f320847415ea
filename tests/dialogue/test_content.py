"""Flows, slots and texts that must fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.content import load_content
from bot.dialogue.responses import Option
from store.yaml_lines import ContentError
from tests.dialogue import small

BEGIN = "flows:\n  topic:\n    steps:\n"
REFUSED = {
    "an unknown slot": ({"topic": BEGIN + "      - collect: shape\n"}, "slot 'shape'; add it to flows/slots.yml"),
    "a question without words": (
        {"texts": "responses:\n  utter_ask_colour:\n    - text: x\n  utter_red:\n    - text: x\n"},
        "text 'utter_ask_size'; add it to flows/texts/nl",
    ),
    "a text that is not there": ({"topic": BEGIN + "      - action: utter_gone\n"}, "text 'utter_gone'; add it"),
    "a called flow that is not there": ({"topic": BEGIN + "      - call: gone\n"}, "flow 'gone'"),
    "a linked flow that is not there": ({"topic": BEGIN + "      - link: gone\n"}, "flow 'gone'"),
    "an unknown slot that is set": ({"topic": BEGIN + "      - set_slots: [{shape: x}]\n"}, "slot 'shape'"),
    "a button with an unknown value": (
        {"texts": small.TEXTS.replace("payload: blue", "payload: green")},
        "'green' is no value of slot 'colour'",
    ),
    "a slot of an unknown type": (
        {"slots": "slots:\n  colour: {type: float}\n"},
        "slots.yml:2: slot 'colour' is of type",
    ),
    "a slot without values": ({"slots": "slots:\n  colour: {type: categorical}\n"}, "slots.yml:2: slot 'colour' needs"),
    "an unknown urgency": (
        {"triage": f"topics: {{later: [draught]}}\n{small.TRIAGE_ROWS}"},
        "'later' is no urgency; use danger, crisis",
    ),
    "a flow in two files": ({"other": small.FLOW}, "flow 'topic' stands in"),
    "an intent that starts two flows": (
        {"other": small.FLOW.replace("  topic:", "  second:")},
        "intent 'draught' starts both 'second' and 'topic'",
    ),
    "a text that is no list": (
        {"texts": "responses:\n  utter_red: {text: x}\n"},
        "topic.yml:2: 'utter_red' must be a list",
    ),
    "a text without words": (
        {"texts": "responses:\n  utter_red:\n    - buttons: []\n"},
        "topic.yml:3: 'utter_red' needs",
    ),
    "services that its text has no place for": (
        {"texts": "responses:\n  utter_red:\n    - {text: x, metadata: {services: [goos]}}\n"},
        "topic.yml:3: 'utter_red' names services; write {services} in its text.",
    ),
    "flows that are nothing": ({"flows": "flows:\n"}, "below 'flows:' must stand names"),
    "a flow that branches to nothing": (
        {"flows": "flows:\n  red:\n    steps:\n      - noop: true\n        next:\n          - else:\n"},
        "flow 'red' cannot be read",
    ),
    "a list of options that is not there": (
        {"texts": "responses:\n  utter_red:\n    - {text: x, metadata: {options: shops}}\n"},
        "topic.yml:3: there is no list 'shops'",
    ),
}


@pytest.mark.parametrize(("files", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_what_does_not_fit_is_refused(tmp_path: Path, files: dict[str, str], remedy: str) -> None:
    with pytest.raises(ContentError) as refused:
        small.content(tmp_path, **files)
    assert str(tmp_path) in str(refused.value) or "intent" in remedy
    assert remedy in str(refused.value)


def test_the_same_key_in_two_files_is_refused(tmp_path: Path) -> None:
    flows = small.folder(tmp_path)
    (flows / "texts" / "nl" / "zeta.yml").write_text("responses:\n  utter_red:\n    - text: x\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"zeta\.yml:3: 'utter_red' stands at .*topic\.yml:10 too"):
        load_content(flows, {})


def test_a_text_that_is_missing_in_a_language_falls_back_to_dutch(tmp_path: Path) -> None:
    flows = small.folder(tmp_path)
    (flows / "texts" / "tr").mkdir()
    (flows / "texts" / "tr" / "topic.yml").write_text(
        "responses:\n  utter_red:\n    - text: Güzel.\n", encoding="utf-8"
    )
    read = load_content(flows, {})
    assert read.response("utter_red", "tr").variants[0].text == "Güzel."
    assert read.response("utter_ask_size", "tr").variants[0].text == "Hoe groot?"
    assert read.response("utter_red", "pl").variants[0].text == "Mooi."
    with pytest.raises(KeyError):
        read.response("utter_gone")


def test_options_of_the_organisation_become_values_and_buttons(tmp_path: Path) -> None:
    slots = small.SLOTS.replace("values: [small, large, skipped]", "values: [other], metadata: {options: wijken}")
    texts = small.TEXTS.replace("- text: Hoe groot?", "- {text: Waar, metadata: {options: wijken}}")
    flows = small.folder(tmp_path, slots=slots, texts=texts)
    read = load_content(flows, {"wijken": (Option("De Eng", "de_eng"),)})
    assert read.slots["size"].values == ("de_eng", "other")
    assert read.response("utter_ask_size").variants[0].options == (Option("De Eng", "de_eng"),)


def test_urgency_has_an_order_and_what_is_not_named_is_only_answered(tmp_path: Path) -> None:
    read = small.content(tmp_path, triage=f"topics: {{danger: [fire], normal: [draught]}}\n{small.TRIAGE_ROWS}")
    assert [read.tier(intent) for intent in ("fire", "draught", "greet")] == ["danger", "normal", "info"]
    assert read.rank("fire") < read.rank("draught") < read.rank("greet")


def test_a_flow_asks_anew_what_is_neither_kept_nor_persisted(tmp_path: Path) -> None:
    topic = small.FLOW.replace("    steps:", "    persisted_slots: [size]\n    steps:")
    assert small.content(tmp_path / "a", topic=topic).asked_anew["topic"] == {"colour"}
    kept = topic.replace("- collect: colour", "- collect: colour\n        reset_after_flow_ends: false")
    assert small.content(tmp_path / "b", topic=kept).asked_anew["topic"] == frozenset()


def test_a_wording_is_chosen_by_the_first_condition_that_holds(tmp_path: Path) -> None:
    text = "    - {condition: [{type: slot, name: colour, value: red}], text: Rood}\n    - text: Anders\n"
    read = small.content(tmp_path, texts=small.TEXTS.replace("    - text: Mooi.\n", text))
    response = read.response("utter_red")
    assert [response.variant({"colour": colour}).text for colour in ("red", "blue")] == ["Rood", "Anders"]
    assert response.variant({}).text == "Anders"
