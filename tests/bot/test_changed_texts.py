"""Texts that were written on the web page: over the files, in the running bot, read aloud, and back as files."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, exc
from typer.testing import CliRunner

from actions import text_changes
from actions.directory import Organisation
from actions.outbox import Message
from actions.text_changes import Wording, Written
from bot import changed_texts, cli
from bot.changed_texts import find, lay_over, written
from bot.dialogue.content import Content
from bot.live_content import LiveContent
from bot.live_directory import DirectoryFile
from bot.start import read_content
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import Words
from store.dashboard_tables import TextChange
from store.database import Database
from store.settings import ROOT, Settings
from store.states import Role
from store.tables import Member
from store.yaml_lines import ContentError, read_yaml
from tests.actions.people import Wijk
from tests.talks import START

THANKS = Wording("nl", "utter_thank", 0)
PEN = Wording("nl", "utter_ask_pen_fits", 0)
WIJK = Wording("nl", "utter_ask_wijk", 0)
FLAT = Wording("nl", "utter_ask_complex", 0)
CARD = Wording("nl", "card_request", 0)
ENGLISH = Wording("en", "utter_a_little", 0)
NEW = Written("Heel graag gedaan.")
LATER = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


def file_words(content: Content, wording: Wording) -> Written:
    variant = find(content, wording)
    assert variant is not None
    return written(variant)


def change(content: Content, wording: Wording, words: Written | None, **other: Any) -> TextChange:
    """A row as the page writes it."""
    file = find(content, wording)
    row = {
        "at": START,
        "language": wording.language,
        "key": wording.key,
        "variant": wording.variant,
        "version": 1,
        "replaces": written(file).digest if file else "",
        "text": words.text if words else None,
        "titles": list(words.titles) if words else [],
    }
    return TextChange(**{**row, **other})


# --- over the files ------------------------------------------------------------------------------------------


def test_a_changed_text_and_the_words_on_its_buttons_are_said(content: Content) -> None:
    new = Written("Houd een pen bij de kier.\nPast hij?", ("Ja, hij past", "Nee, te smal", "Ik weet het niet"))
    laid = lay_over(content, [change(content, PEN, new)])
    found = find(laid, PEN)
    assert found is not None and written(found) == new and found.changed
    assert [option.value for option in found.options] == ["yes", "no", "unknown"]
    assert find(content, PEN) != found, "the content of the files stays what it was"
    before = find(content, PEN)
    assert before is not None and (found.synonyms, found.means) == (before.synonyms, before.means)


def test_buttons_that_come_from_data_keep_their_words(content: Content, organisation: Organisation) -> None:
    file = file_words(content, WIJK)
    new = Written("Waar woont u?", tuple(f"{title}." for title in file.titles))
    found = find(lay_over(content, [change(content, WIJK, new)]), WIJK)
    assert found is not None and len(file.titles) < len(found.options)
    names = [wijk.name for wijk in organisation.wijken]
    assert [option.title for option in found.options] == [*names, *new.titles]


def test_another_language_is_changed_by_itself(content: Content) -> None:
    laid = lay_over(content, [change(content, ENGLISH, Written("I am a computer."))])
    assert laid.response("utter_a_little", "en").variants[0].text == "I am a computer."
    assert laid.response("utter_a_little", "fr") == content.response("utter_a_little", "fr")


NOT_COUNTED = {
    "the file says something else now": (THANKS, NEW, {"replaces": "0" * 64}),
    "somebody put the words of the file back": (THANKS, None, {}),
    "a place that nobody fills in": (THANKS, Written("Dag {naam}."), {}),
    "a loose brace": (THANKS, Written("Graag } gedaan."), {}),
    "a place with an order how to write it": (CARD, Written("Vraag {number:>999999999}"), {}),
    "a place that looks inside": (CARD, Written("Vraag {number.__class__}"), {}),
    "a button too many": (THANKS, Written("Graag gedaan.", ("Ja",)), {}),
    "a button too few": (PEN, Written("Past de pen?", ("Ja",)), {}),
    "a key that is not there any more": (Wording("nl", "utter_gone", 0), NEW, {}),
    "a wording that is not there any more": (Wording("nl", "utter_thank", 7), NEW, {}),
    "a wording before the first": (Wording("nl", "utter_thank", -1), NEW, {}),
    "a language that is not there": (Wording("xx", "utter_thank", 0), NEW, {}),
}


@pytest.mark.parametrize(("wording", "words", "other"), NOT_COUNTED.values(), ids=NOT_COUNTED)
def test_what_does_not_fit_leaves_the_words_of_the_file(
    content: Content, wording: Wording, words: Written | None, other: dict[str, Any]
) -> None:
    assert lay_over(content, [change(content, wording, words, **other)]) == content


def test_what_the_file_has_filled_in_may_stay(content: Content) -> None:
    file = file_words(content, CARD)
    laid = lay_over(content, [change(content, CARD, Written("Vraag {number}", file.titles))])
    assert laid.response("card_request").variants[0].text == "Vraag {number}"


def test_no_text_of_ours_has_braces_that_could_not_be_changed(content: Content) -> None:
    all_of_them = (variant for texts in content.texts.values() for one in texts.values() for variant in one.variants)
    assert not [variant.text for variant in all_of_them if changed_texts.has_loose_brace(written(variant))]


@pytest.mark.parametrize("new", [NEW, None])
def test_a_recording_of_the_old_words_is_not_played(content: Content, new: Written | None) -> None:
    words = Words(lay_over(content, [change(content, THANKS, new)]), {})
    spoken = words.render(Message("utter_thank", aloud=(Message("utter_thank"),))).aloud[0]
    assert spoken.recorded_as == ("" if new else "utter_thank")
    assert spoken.text == (new or file_words(content, THANKS)).text


# --- in the running bot --------------------------------------------------------------------------------------


class Running:
    """A bot's words and understanding, the files, and the page's side of the database."""

    def __init__(self, flows: Path, files: Content, organisation: Organisation, database: Database) -> None:
        self.flows, self.files, self.organisation, self.database = flows, files, organisation, database
        with database.transaction() as session:
            self.coby = Wijk(session).member("Coby", None, Role.COORDINATOR)
        self.starts()

    def starts(self) -> None:
        self.words = Words(self.files, self.organisation.wijk_names())
        directory = DirectoryFile(ROOT / "directory", "soest", self.words).read()
        self.words.directory = lambda: directory
        phrases = SafetyPhrases.read(self.flows / "texts")
        self.understanding = Understanding(self.words.content, phrases, Rasa("http://127.0.0.1:9", 1.0))
        self.live = LiveContent(self.flows, self.organisation, self.words, self.understanding, self.database)

    def publish(self, words: Written | None, seen: int, wording: Wording = THANKS) -> None:
        with self.database.transaction() as session:
            member = session.get_one(Member, self.coby.id)
            file = file_words(self.files, wording)
            text_changes.publish(session, START, member, wording, words, seen, file)

    def file_says(self, before: str, after: str) -> None:
        place = self.flows / "texts" / "nl" / "system.yml"
        place.write_text(place.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        os.utime(place, (LATER, LATER))

    def thanks(self) -> str:
        self.live.refresh()
        assert self.understanding.content is self.words.content
        return self.words.render(Message("utter_thank")).text


@pytest.fixture
def running(tmp_path: Path, content: Content, organisation: Organisation, database: Database) -> Running:
    others = [folder.name for folder in (ROOT / "flows" / "texts").iterdir() if folder.name != "nl"]
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns(*others))
    return Running(tmp_path / "flows", content, organisation, database)


def test_a_published_text_is_said_and_an_undone_one_is_not(running: Running, logged: list[Any]) -> None:
    assert running.thanks() == "Graag gedaan."
    running.publish(NEW, 0)
    assert running.thanks() == NEW.text
    running.publish(Written("Alstublieft."), 1)
    assert running.thanks() == "Alstublieft."
    running.publish(None, 2)
    assert running.thanks() == "Graag gedaan."
    assert [line["event"] for line in logged] == ["content_read"] * 3


def test_a_bot_that_starts_says_what_was_published_before(running: Running) -> None:
    running.publish(NEW, 0)
    running.starts()
    assert running.thanks() == NEW.text


def test_nothing_is_read_again_when_nothing_was_written(running: Running) -> None:
    running.publish(NEW, 0)
    running.thanks()
    before = running.words.content
    running.live.refresh()
    assert running.words.content is before


def test_a_release_with_other_words_wins_and_the_old_file_brings_the_change_back(running: Running) -> None:
    running.publish(NEW, 0)
    running.file_says("Graag gedaan.", "Tot ziens.")
    assert running.thanks() == "Tot ziens."
    running.file_says("Tot ziens.", "Graag gedaan.")
    os.utime(running.flows / "texts" / "nl" / "system.yml", (LATER + 1, LATER + 1))
    assert running.thanks() == NEW.text


def test_a_file_that_is_wrong_does_not_hold_up_what_is_published(running: Running, logged: list[Any]) -> None:
    running.file_says("utter_thank:", "utter_thank: : :")
    running.publish(NEW, 0)
    assert running.thanks() == NEW.text
    assert [line["event"] for line in logged] == ["content_refused", "content_read"]


def test_a_place_that_was_taken_out_on_the_page_may_come_back_with_the_file(
    running: Running, logged: list[Any]
) -> None:
    """What the files had filled in before is what the code gives, not what the page left of it."""
    running.publish(Written("Vraag {number}", file_words(running.files, CARD).titles), 0, CARD)
    running.live.refresh()
    running.file_says("Graag gedaan.", "Heel graag.")
    assert running.thanks() == "Heel graag."
    assert [line["event"] for line in logged] == ["content_read"] * 2


def test_a_database_that_is_away_leaves_everything_and_the_next_look_sees_it(running: Running) -> None:
    running.publish(NEW, 0)
    running.file_says("Dank u, goed om te weten.", "Goed om te weten.")

    def away(*_: object) -> None:
        raise exc.OperationalError("select", {}, Exception("the connection is gone"))

    before = running.words.content
    event.listen(running.database.engine, "before_cursor_execute", away)
    with pytest.raises(exc.OperationalError):
        running.live.refresh()
    event.remove(running.database.engine, "before_cursor_execute", away)
    assert running.words.content is before
    assert running.thanks() == NEW.text


# --- back as files -------------------------------------------------------------------------------------------


class Installation:
    """The command line over a database with changed texts."""

    def __init__(self, database: Database, content: Content) -> None:
        self.database, self.content = database, content

    def has(self, wording: Wording, words: Written | None, **other: Any) -> None:
        with self.database.transaction() as session:
            session.add(change(self.content, wording, words, **other))

    def says(self, *command: str) -> str:
        result = CliRunner().invoke(cli.app, ["texts", *command])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output


@pytest.fixture
def installation(database: Database, content: Content, monkeypatch: pytest.MonkeyPatch) -> Installation:
    settings = Settings(_env_file=None, database_url=database.url)  # type: ignore[call-arg]
    monkeypatch.setattr("bot.cli_texts.installation.read_settings", lambda: settings)
    return Installation(database, content)


def test_changed_texts_are_listed_with_whether_they_count(installation: Installation) -> None:
    installation.has(THANKS, NEW)
    installation.has(PEN, NEW, replaces="0" * 64, version=3)
    installation.has(ENGLISH, None)
    assert installation.says("list").splitlines() == [
        "- nl utter_ask_pen_fits 0: version 3, 2026-11-23",
        "+ nl utter_thank 0: version 1, 2026-11-23",
        "1 texts are said as the web page has them.",
    ]


def test_exported_texts_make_the_files_say_what_the_page_said(
    installation: Installation, tmp_path: Path, organisation: Organisation
) -> None:
    content = installation.content
    pen = Written("Houd een pen bij de kier.\nPast hij: ja of nee?", ('Ja, "ja"', "yes", "Weet ik: niet"))
    second = Wording("nl", "utter_say_gap", 2)
    installation.has(THANKS, Written("Heel graag gedaan 🙂."))
    installation.has(PEN, pen)
    installation.has(second, Written("De kier is heel smal."))
    installation.has(FLAT, Written("In welke flat?", file_words(content, FLAT).titles))
    installation.has(ENGLISH, Written("I am a computer."))
    with installation.database.reading() as session:
        expected = lay_over(content, text_changes.latest(session))
    folder = tmp_path / "new" / "texts"
    assert installation.says("export", str(folder)) == f"5 texts written to {folder}, in 4 files.\n"
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    for file in folder.rglob("*.yml"):
        taken_over(tmp_path / "flows" / "texts" / file.relative_to(folder), file)
    read = read_content(tmp_path / "flows", organisation)
    for wording in (THANKS, PEN, second, FLAT, ENGLISH):
        assert file_words(read, wording) == file_words(expected, wording)
    assert _plain(read) == _plain(expected)


def taken_over(file: Path, exported: Path) -> None:
    """What somebody does who copies the exported keys into the file."""
    import yaml

    there, new = read_yaml(file), read_yaml(exported)
    there["responses"].update(new["responses"])

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_multi_representer(dict, lambda dumper, found: dumper.represent_dict(found))
    Dumper.add_multi_representer(list, lambda dumper, found: dumper.represent_list(found))
    file.write_text(yaml.dump(there, Dumper=Dumper, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _plain(content: Content) -> dict[str, Any]:
    """All wordings with everything that belongs to them, without where they stand."""
    texts = ((language, key, one) for language, found in content.texts.items() for key, one in found.items())
    return {
        f"{language} {key}": [repr(variant).replace(", changed=True", ", changed=False") for variant in one.variants]
        for language, key, one in texts
    }


def test_what_counts_no_more_is_not_exported(installation: Installation, tmp_path: Path) -> None:
    installation.has(THANKS, NEW, replaces="0" * 64)
    assert installation.says("export", str(tmp_path / "new")) == f"0 texts written to {tmp_path / 'new'}, in 0 files.\n"


@pytest.mark.parametrize("there", ["a file", "a folder with something in it"])
def test_nothing_is_written_over(installation: Installation, tmp_path: Path, there: str) -> None:
    installation.has(THANKS, NEW)
    place = tmp_path / "there"
    if there == "a file":
        place.write_text("mine", encoding="utf-8")
    else:
        (place / "nl").mkdir(parents=True)
    result = CliRunner().invoke(cli.app, ["texts", "export", str(place)])
    assert isinstance(result.exception, ContentError) and "Nothing was written" in str(result.exception)
    assert place.is_dir() or place.read_text(encoding="utf-8") == "mine"
    assert not list(place.rglob("*.yml"))


def test_an_empty_folder_will_do(installation: Installation, tmp_path: Path) -> None:
    installation.has(THANKS, NEW)
    (tmp_path / "new").mkdir()
    installation.says("export", str(tmp_path / "new"))
    assert read_yaml(tmp_path / "new" / "nl" / "system.yml") == {"responses": {"utter_thank": [{"text": NEW.text}]}}
