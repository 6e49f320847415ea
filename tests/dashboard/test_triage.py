"""The triage table as a page and as a picture, and why a request got what it got."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from structlog.testing import capture_logs

from actions import text_changes
from actions.text_changes import Wording
from bot.changed_texts import find, written
from dashboard.app import read_ahead
from dashboard.pages import triage
from dashboard.reading import Reading
from store.database import Database
from store.states import Role
from store.tables import Member
from store.yaml_lines import ContentError
from tests.actions.people import wish
from tests.dashboard.conftest import House, house_of, settings_of

FORM = "/keuzetabel/waarom"
KNOWN = ("cut_off", "crisis_exit", "coach_not_now")


@pytest.fixture
def house(database: Database, reading: Reading) -> House:
    found = house_of(database)
    found.site = replace(found.site, reading=reading)
    return found


def _request(house: House, why: tuple[str, ...] = KNOWN, **given: str | None) -> int:
    """A request that the table advised about; gives the number."""
    advised: Any = {"exit": "municipality", "coach": "no", **given}
    with house.wijk() as wijk:
        wijk.professional()
        return wijk.request(wish("crisis", why=why, **advised)).id


# --- the table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, Role.READER])
async def test_every_row_is_there_with_its_conditions_and_its_reason_in_words(house: House, role: Role) -> None:
    text = (await (await house.signed_in(role)).opens("/keuzetabel")).text
    content = house.site.reading.files()
    for rows in content.triage.tables.values():
        for row in rows:
            assert f'<tr id="regel-{row.id}">' in text and row.because in text, row.id
    assert "Dit is een voorstel." in text
    cold = text[text.index('id="regel-cold_no_money"') :].split("</tr>")[0]
    assert "<br>en " in cold and "<strong>gauw</strong>" not in cold and "skipped" not in cold
    for name in ("about_", "under_16", "inside_temperature", "utter_"):
        assert name not in re.sub(r'(id|href)="[^"]*"', "", text)


async def test_the_order_of_urgency_of_topics_is_told(house: House) -> None:
    text = (await (await house.signed_in()).opens("/keuzetabel")).text
    assert text.index("gaslucht") < text.index("tocht in huis") and "koolmonoxide" in text


async def test_the_picture_is_one_that_browsers_show_and_is_drawn_once(house: House) -> None:
    browser = await house.signed_in(Role.READER)
    triage._svg.cache_clear()
    first, second = [await browser.opens("/keuzetabel/plaat.svg") for _ in range(2)]
    assert first.headers["Content-Type"] == "image/svg+xml" and first.content == second.content
    assert (triage._svg.cache_info().misses, triage._svg.cache_info().hits) == (1, 1)
    assert "De deurwaarder komt langs." in "".join(ElementTree.fromstring(first.content).itertext())
    text = (await browser.opens("/keuzetabel")).text
    assert 'src="/keuzetabel/plaat.svg"' in text and re.search(r'<img [^>]*alt="De tabellen', text)


async def test_what_has_no_people_in_it_is_not_written_down_as_seen(house: House) -> None:
    await (await house.signed_in()).opens("/keuzetabel")
    assert [act for _, act, _ in house.log()] == ["signed_in"]


# --- why ----------------------------------------------------------------------------------------------------------


async def test_a_coordinator_is_told_why_a_request_got_what_it_got(house: House) -> None:
    number = _request(house)
    browser = await house.signed_in()
    answer = await browser.acts(FORM, vraag=f" {number} ")
    assert answer.status_code == 200 and f"<h3>Vraag {number}</h3>" in answer.text
    told = answer.text.split('id="antwoord"')[1].split("</form>")[0]
    for row in KNOWN:
        assert house.site.reading.files().triage.reason(row) in told and f'href="#regel-{row}"' in told
    assert "de gemeente" in told and "niet meer in de tabel" not in told
    assert "Huurt van Portaal" not in answer.text
    assert house.log()[-1][1:] == ("asked_why", f"request:{number}")


@pytest.mark.parametrize(
    ("why", "told"),
    [(("gone", "crisis_exit", "coach_not_now"), "1 regel die besliste, staat niet meer in de tabel."),
     (("gone", "lost"), "2 regels die beslisten, staan niet meer in de tabel."),
     ((), "Bij deze vraag besliste geen regel.")],
)  # fmt: skip
async def test_rows_that_are_no_longer_there_are_counted(house: House, why: tuple[str, ...], told: str) -> None:
    number = _request(house, why, exit=None, coach=None)
    answer = await (await house.signed_in()).acts(FORM, vraag=str(number))
    assert answer.status_code == 200 and told in answer.text


@pytest.mark.parametrize("number", ["", "0", "-1", "99999", "x", "9" * 30, "<script>", "1 or 1"])
async def test_a_request_that_is_not_there_is_told(house: House, number: str) -> None:
    answer = await (await house.signed_in()).acts(FORM, vraag=number)
    assert answer.status_code == 422 and "Deze vraag ken ik niet." in answer.text
    assert "<script" not in answer.text and ("<" in number or f'value="{number}"' in answer.text)
    assert "asked_why" not in str(house.log())


async def test_a_reader_is_not_told_about_requests(house: House) -> None:
    number = _request(house)
    browser = await house.signed_in(Role.READER)
    assert FORM not in (await browser.opens("/keuzetabel")).text
    assert (await browser.acts(FORM, vraag=str(number))).status_code == 403
    assert "asked_why" not in str(house.log())


async def test_a_forged_form_is_told_nothing(house: House) -> None:
    browser = await house.signed_in()
    assert (await browser.sends(FORM, {"vraag": "1", "form_token": "0" * 64})).status_code == 403


# --- what the bot has now -----------------------------------------------------------------------------------------


@pytest.fixture
def own(database: Database, tmp_path: Path) -> House:
    """A web page with flows of its own."""
    shutil.copytree(settings_of(database).flows, tmp_path / "flows")
    return house_of(database, flows=str(tmp_path / "flows"))


async def test_a_table_that_is_written_anew_is_shown_and_a_wrong_one_is_not(own: House) -> None:
    browser, file = await own.signed_in(), own.site.settings.flows / "triage.yml"
    before = own.site.reading.files()
    assert own.site.reading.files() is before
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Er is vandaag te weinig eten.", "Er is geen eten meer in huis."), encoding="utf-8")
    assert "Er is geen eten meer in huis." in (await browser.opens("/keuzetabel")).text
    file.write_text(text.replace("urgency: crisis", "urgency: never"), encoding="utf-8")
    with capture_logs() as logs:
        for _ in range(2):
            assert "Er is geen eten meer in huis." in (await browser.opens("/keuzetabel")).text
    assert [one["event"] for one in logs] == ["content_refused"]


async def test_a_table_that_was_never_right_is_told_without_losing_anything(own: House) -> None:
    browser, file = await own.signed_in(), own.site.settings.flows / "triage.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text("topics: []\n", encoding="utf-8")
    for _ in range(2):
        assert (await browser.opens("/keuzetabel")).status_code == 503
        with pytest.raises(ContentError):
            own.site.reading.files()
    file.write_text(text, encoding="utf-8")
    assert (await browser.opens("/keuzetabel")).status_code == 200


def test_what_takes_seconds_is_read_and_drawn_ahead_and_what_is_wrong_stops_nothing(own: House) -> None:
    file = own.site.settings.flows / "triage.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text("topics: []\n", encoding="utf-8")
    with capture_logs() as logs:
        read_ahead(own.site)
    assert [one["event"] for one in logs] == ["not_read_ahead"]
    file.write_text(text.replace("Er is vandaag te weinig eten.", "Er is nu geen eten."), encoding="utf-8")
    read_ahead(own.site)
    known = triage._svg.cache_info().hits
    book = own.site.texts._book
    assert book is not None and triage.drawn(book.content) and triage._svg.cache_info().hits == known + 1


async def test_words_that_somebody_wrote_on_the_page_are_those_of_the_table(own: House) -> None:
    number = own.member()
    browser, wording = await own.signs_in(number), Wording("nl", "drawing_say_exit", 3)
    file = find(own.site.reading.files(), wording)
    assert file is not None
    with own.database.transaction() as session:
        words = replace(written(file), text="het gemeentehuis")
        text_changes.publish(session, own.clock.at, session.get_one(Member, number), wording, words, 0, written(file))
    assert "het gemeentehuis" in (await browser.opens("/keuzetabel")).text
    with own.looks() as session:
        assert own.site.reading.content(session) is own.site.reading.content(session)
