"""Each check of the content with an installation that fails it."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.records import DirectoryError
from bot.content.checks import check_content
from bot.content.source import DUTCH

FLOWS = Path(__file__).parents[2] / "flows"

FLOW = """
flows:
  cold:
    description: Kou
    steps:
      - collect: warm
      - action: utter_thanks
"""
SLOTS = """
slots:
  warm:
    type: categorical
    values: ["yes", "no"]
    mappings: [{type: from_llm}]
"""
TEXTS = """
responses:
  utter_ask_warm:
    - text: Is het warm?
      buttons:
        - title: Ja
          payload: "yes"
        - title: Nee
          payload: "no"
      metadata:
        synonyms:
          "yes": [ja]
          "no": [nee]
  utter_thanks:
    - text: Dank u.
"""
DIRECTORY = """
organisation: Town
wijken: [{key: wijk, name: Wijk}]
services:
  - {key: emergency, name: Alarm, description: Voor gevaar., status: certain, source: x, phones: [{number: "112"}]}
  - {key: old, name: Oud, description: Hulp., status: dated, source: x, phones: [{number: "0800-8020"}]}
  - key: confirmed
    name: Hulp
    description: Hulp in huis.
    status: dated
    source: x
    assured_date: 2026-11-01
    phones: [{number: "035-1234567"}]
"""
CODE = 'KEY = "utter_from_code"\nGREETED = f"utter_{1}"\nDANGER = f"utter_danger_{1}"\nNAME = "greet"\n'


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A small installation without mistakes; gives its root."""
    texts = tmp_path / "flows" / "texts" / DUTCH
    texts.mkdir(parents=True)
    (tmp_path / "directory").mkdir()
    (tmp_path / "bot").mkdir()
    (tmp_path / "flows" / "cold.yml").write_text(FLOW)
    (tmp_path / "flows" / "slots.yml").write_text(SLOTS)
    (tmp_path / "flows" / "triage.yml").write_text("tips: []\n")
    (texts / "cold.yml").write_text(TEXTS)
    (texts / "wordrules.yml").write_text((FLOWS / "texts" / DUTCH / "wordrules.yml").read_text())
    (tmp_path / "directory" / "town.yml").write_text(DIRECTORY)
    return tmp_path


def _replace(root: Path, file: str, old: str, new: str) -> list[str]:
    path = root / "flows" / file
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))
    return check_content(root / "flows")


def test_an_installation_without_mistakes_passes(installation: Path) -> None:
    assert check_content(installation / "flows") == []


WRONG = [
    ("texts/nl/cold.yml", "Dank u.", "U heeft schulden.", "cold.yml:15: utter_thanks: word to avoid"),
    ("texts/nl/cold.yml", "title: Nee", "title: Nee, dat is het hier helemaal niet", "button length"),
    ("texts/nl/cold.yml", "utter_thanks:", "utter_other:", "cold.yml:7: 'utter_thanks' is not there"),
    (
        "texts/nl/cold.yml",
        "utter_thanks:",
        "utter_thanks:\n    - text: Goed.\n  utter_lonely:",
        "'utter_lonely' is not used",
    ),
    ("texts/nl/cold.yml", 'payload: "no"', "payload: never", "'never' is no value of slot 'warm'"),
    ("texts/nl/cold.yml", '"no": [nee]', "never: [nee]", "'never' is no value of slot 'warm'"),
    ("texts/nl/cold.yml", '"no": [nee]', '"no": [ja]', "'ja' stands for both 'yes' and 'no'"),
    ("texts/nl/cold.yml", "Dank u.", "Bel 0800-8020.", "0800-8020 is no certain number"),
    ("texts/nl/cold.yml", "Dank u.", "Bel 115.", "115 is no certain number"),
    (
        "texts/nl/cold.yml",
        "Dank u.",
        '"{services}"\n      metadata: {services: [emergency, goos]}',
        "cold.yml:16: there is no service 'goos' in",
    ),
    ("texts/nl/cold.yml", "Dank u.", "Het is {say_warm}.", "'utter_say_warm' is not there"),
    ("cold.yml", "collect: warm", "collect: cold", "'utter_ask_cold' is not there"),
    ("cold.yml", "collect: warm", "noop: true", "slot 'warm' is never asked or set"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), WRONG)
def test_a_mistake_is_told_with_its_place(installation: Path, file: str, old: str, new: str, told: str) -> None:
    problems = _replace(installation, file, old, new)
    assert any(told in problem for problem in problems), problems


def test_a_value_that_does_not_fit_in_a_button_is_refused(installation: Path) -> None:
    long = "v" * 60
    _replace(installation, "slots.yml", '"no"]', f'"no", {long}]')
    problems = _replace(installation, "texts/nl/cold.yml", 'payload: "no"', f"payload: {long}")
    assert any("does not fit in a button" in problem for problem in problems)


def test_what_residents_read_of_a_service_obeys_the_rules_for_words(installation: Path) -> None:
    town = installation / "directory" / "town.yml"
    town.write_text(town.read_text().replace("Hulp in huis.", "Hulp bij schulden."))
    (problem,) = check_content(installation / "flows")
    assert problem.startswith(f"{town}:9: service 'confirmed': word to avoid: \"schulden\": write: ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("status: certain", "status: sure", "town.yml:5: service 'emergency': 'sure' is unknown as 'status'"),
        ("key: old,", "key: old, topics: [cold],", "town.yml:6: service 'old': 'cold' is unknown as 'topics'"),
    ],
)
def test_a_wrong_record_is_refused(installation: Path, old: str, new: str, told: str) -> None:
    town = installation / "directory" / "town.yml"
    town.write_text(town.read_text().replace(old, new))
    with pytest.raises(DirectoryError) as refused:
        check_content(installation / "flows")
    assert told in str(refused.value)


def test_a_record_may_name_what_starts_a_flow(installation: Path) -> None:
    town = installation / "directory" / "town.yml"
    town.write_text(town.read_text().replace("key: old,", "key: old, topics: [cold],"))
    flow = installation / "flows" / "cold.yml"
    flow.write_text(flow.read_text().replace("    steps:", "    nlu_trigger: [{intent: cold}]\n    steps:"))
    assert check_content(installation / "flows") == []


@pytest.mark.parametrize("number", ["112", "035-1234567"])
def test_a_certain_or_confirmed_number_may_be_printed(installation: Path, number: str) -> None:
    assert _replace(installation, "texts/nl/cold.yml", "Dank u.", f"Bel {number}.") == []


def test_a_key_that_the_code_names_must_be_there(installation: Path) -> None:
    (installation / "bot" / "say.py").write_text(CODE)
    problems = check_content(installation / "flows")
    assert any("'utter_from_code' is not there" in problem for problem in problems)


@pytest.mark.parametrize("key", ["utter_from_code", "utter_danger_fire", "utter_greet"])
def test_a_key_that_the_code_spells_out_in_part_counts_as_used(installation: Path, key: str) -> None:
    (installation / "bot" / "say.py").write_text(CODE)
    problems = _replace(
        installation, "texts/nl/cold.yml", "  utter_thanks:", f"  {key}:\n    - text: Dag.\n  utter_thanks:"
    )
    assert not any(f"'{key}'" in problem for problem in problems)


def test_a_name_that_the_code_never_spells_out_is_unused(installation: Path) -> None:
    (installation / "bot" / "say.py").write_text(CODE)
    problems = _replace(
        installation, "texts/nl/cold.yml", "  utter_thanks:", "  utter_bye:\n    - text: Dag.\n  utter_thanks:"
    )
    assert any("'utter_bye' is not used" in problem for problem in problems)


def test_our_own_content_passes() -> None:
    assert check_content(FLOWS) == []
