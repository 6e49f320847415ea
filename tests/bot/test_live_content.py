"""What is written anew in flows/ reaches a running bot, unless it is wrong: then the last good words stay."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from actions.directory import Organisation
from actions.outbox import Message
from actions.services import Directory, Service, Status
from bot.live_content import LiveContent
from bot.live_directory import DirectoryFile
from bot.start import read_content
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import Words
from store.database import Database
from store.settings import ROOT
from tests.store.shared import empty

LATER = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


class Running:
    """A bot's words and understanding, and the folder that they are read from."""

    def __init__(self, flows: Path, organisation: Organisation, database: Database) -> None:
        self.flows = flows
        content = read_content(flows, organisation)
        self.words = Words(content, organisation.wijk_names())
        directory = DirectoryFile(ROOT / "directory", "soest", self.words).read()
        self.words.directory = lambda: directory
        phrases = SafetyPhrases.read(flows / "texts")
        self.understanding = Understanding(content, phrases, Rasa("http://127.0.0.1:9", 1.0))
        self.live = LiveContent(flows, organisation, self.words, self.understanding, database)

    def change(self, file: str, before: str, after: str) -> None:
        place = self.flows / file
        text = place.read_text(encoding="utf-8")
        assert before in text
        place.write_text(text.replace(before, after), encoding="utf-8")
        os.utime(place, (LATER, LATER))
        self.live.refresh()

    def thanks(self) -> str:
        return self.words.render(Message("utter_thank")).text


@pytest.fixture
def database(shared_sqlite: Database) -> Database:
    """Without changed texts: files alone are the matter here."""
    empty(shared_sqlite)
    return shared_sqlite


@pytest.fixture
def running(tmp_path: Path, organisation: Organisation, database: Database) -> Running:
    others = [folder.name for folder in (ROOT / "flows" / "texts").iterdir() if folder.name != "nl"]
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns(*others))
    return Running(tmp_path / "flows", organisation, database)


def test_a_text_that_was_written_anew_is_said(running: Running, logged: list[Any]) -> None:
    running.change("texts/nl/system.yml", "Graag gedaan.", "Heel graag gedaan.")
    assert running.thanks() == "Heel graag gedaan."
    assert running.understanding.content is running.words.content
    assert [line["event"] for line in logged] == ["content_read"]


def test_nothing_is_read_when_nothing_was_written(running: Running) -> None:
    before = running.words.content
    running.live.refresh()
    assert running.words.content is before


def test_a_new_safety_phrase_is_known(running: Running) -> None:
    assert running.understanding.phrases.find("de hele keuken ruikt naar zwavelbloem") is None
    running.change("texts/nl/safety_phrases.yml", "    ask:\n", "    ask:\n      - zwavelbloem\n")
    assert running.understanding.phrases.find("de hele keuken ruikt naar zwavelbloem") is not None


WRONG = {
    "a text with a value that nothing fills": (
        ("texts/nl/system.yml", "Graag gedaan.", "Graag gedaan {naam}."),
        ["system.yml:", "nothing fills '{naam}' in 'utter_thank' (nl); take it out or correct its name."],
    ),
    "a brace that stands alone": (
        ("texts/nl/system.yml", "Graag gedaan.", "Graag gedaan {."),
        ["system.yml:", "only round the name of a value"],
    ),
    "a file that is not YAML": (
        ("texts/nl/system.yml", "utter_thank:", "utter_thank: : :"),
        ["system.yml:", "this is not YAML"],
    ),
    "a flow that names a text that is not there": (
        ("draught.yml", "collect: pen_fits", "collect: pencil_fits"),
        ["'pencil_fits'; add it to flows/slots.yml"],
    ),
    "a triage row with an urgency that there is not": (
        ("triage.yml", "urgency: soon\n    because: De verwarming is stuk.", "urgency: gauw\n    because: Stuk."),
        ["triage.yml:", "'gauw' is no urgency; use danger, crisis, soon, normal, info."],
    ),
    "a text that names a service that there is not": (
        ("texts/nl/money.yml", "metadata: {services: [geldfit]}", "metadata: {services: [geldfut]}"),
        ["money.yml:", "there is no service 'geldfut' in the directory; add it there, or take it out here."],
    ),
    "a danger that there is not": (
        ("texts/nl/safety_phrases.yml", "  gas_smell:", "  gas_odour:"),
        ["safety_phrases.yml:", "'gas_odour' is no danger"],
    ),
}


@pytest.mark.parametrize(("change", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_with_its_place_and_the_last_good_words_stay(
    running: Running, logged: list[Any], change: tuple[str, str, str], told: list[str]
) -> None:
    before = running.words.content, running.understanding.content, running.understanding.phrases
    running.change(*change)
    assert (running.words.content, running.understanding.content, running.understanding.phrases) == before
    (line,) = logged
    assert line["event"] == "content_refused"
    assert all(part in line["problem"] for part in told), line["problem"]
    assert running.thanks() == "Graag gedaan."


def test_a_mistake_that_is_mended_is_taken_up(running: Running) -> None:
    running.change("texts/nl/system.yml", "Graag gedaan.", "Graag gedaan {naam}.")
    (running.flows / "texts/nl/system.yml").write_text(
        (ROOT / "flows/texts/nl/system.yml").read_text(encoding="utf-8").replace("Graag gedaan.", "Alstublieft."),
        encoding="utf-8",
    )
    running.live.refresh()
    assert running.thanks() == "Alstublieft."


def test_a_text_waits_for_the_service_that_it_names(running: Running, logged: list[Any]) -> None:
    goes_by = Service("geldfut", "Geldfut", "Hulp.", Status.CERTAIN, "een bron")
    running.change("texts/nl/money.yml", "metadata: {services: [geldfit]}", "metadata: {services: [geldfut]}")
    more = Directory((*running.words.directory().services, goes_by))
    running.words.directory = lambda: more
    running.live.refresh()
    assert [line["event"] for line in logged] == ["content_refused", "content_read"]
