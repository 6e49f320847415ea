"""Gids: what needs attention, what residents see, changing a record with the checks of the file, undoing, who may."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from markupsafe import escape

from actions import directory_changes
from actions.opening_hours import local_day
from actions.services import Fit, Phone, Service
from dashboard.pages.directory_form import can_be_typed
from dashboard.reading import Reading
from store.database import Database
from store.states import Role
from store.tables import DirectoryChange
from tests.dashboard.conftest import Browser, House, house_of

GOOS = "/gids/goos"


@pytest.fixture(scope="module")
def shared_reading(shared_sqlite: Database) -> Reading:
    """Reading all flows takes a second."""
    return house_of(shared_sqlite).site.reading


@pytest.fixture
def house(database: Database, shared_reading: Reading) -> House:
    found = house_of(database)
    found.site = replace(found.site, reading=shared_reading)
    return found


def text_of(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def inputs(answer: httpx.Response) -> dict[str, str]:
    """What a browser would send of the form to change a record."""
    form = answer.text.split('/wijzig"')[1].split("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = value[1] if value else ""
    found |= re.findall(r'<textarea id="[a-z]+" name="([a-z]+)"[^>]*>\n(.*?)</textarea>', form, re.S)
    found |= {
        "wie": "",
        **dict(re.findall(r'<select id="wie" name="(wie)".*?<option value="([^"]+)" selected', form, re.S)),
    }
    return {name: html.unescape(value) for name, value in found.items() if name != "form_token"}


async def _edits(browser: Browser, address: str = GOOS, **typed: str) -> httpx.Response:
    """Open the form of a record, type this over it and save it."""
    shown = inputs(await browser.opens(address))
    return await browser.acts(f"{address}/wijzig", **{**shown, **typed})


def _record(house: House, key: str = "goos") -> Service:
    with house.looks() as session:
        return house.site.directory(session).service(key)


def _rows(house: House, key: str = "goos") -> list[tuple[str, Any]]:
    with house.looks() as session:
        return [(row.change, row.fields) for row in directory_changes.history(session, key)]


def _fit(house: House, key: str = "goos") -> Fit:
    return _record(house, key).fit(local_day(house.clock.at))


# --- what is shown ----------------------------------------------------------------------------------------------


async def test_the_page_begins_with_what_needs_attention_and_groups_the_rest(house: House) -> None:
    browser = await house.signed_in()
    await browser.acts("/gids/police/klopt-niet", versie="0")
    await browser.acts("/gids/goos/klopt", versie="0")
    house.later(days=200)
    browser = await house.signed_in()
    page = await browser.opens("/gids")
    first, rest = page.text.split('id="nooit"')
    assert re.findall(r'<h3><a href="/gids/(\w+)"', first) == ["goos", "police"], "overdue, then denied"
    assert "Bewoners lezen erbij: bel eerst." in first and "iemand zei dat het niet klopt" in first
    shown, call_first, hidden = (rest.split(f'aria-labelledby="{name}"')[1] for name in ("wel", "bel", "niet"))
    assert "/gids/emergency" in shown.split("</section>")[0]
    assert "/gids/goos" in call_first.split("</section>")[0]
    assert re.search(r"Publiek energiefonds</a>.*?staat uit", hidden, re.S)
    assert re.search(r"Tijdelijk Noodfonds Energie</a>.*?voor goed gesloten", hidden, re.S)
    house.later(days=200)
    page = await (await house.signed_in()).opens("/gids")
    assert re.search(r"GOOS[^<]*</a>.*?te lang geleden nagekeken", page.text, re.S) and 'id="bel"' not in page.text


async def test_nothing_is_asked_when_all_was_looked_at(house: House) -> None:
    with house.wijk() as wijk:
        sanne = wijk.coordinator("Sanne")
        for service in house.site.directory(wijk.session).services:
            directory_changes.confirm(wijk.session, wijk.now, sanne, service)
    page = text_of(await (await house.signed_in()).opens("/gids"))
    assert "Alles in de gids is op tijd nagekeken." in page and "Nog nooit bevestigd" not in page


async def test_a_record_is_found_by_name_number_website_or_words(house: House) -> None:
    browser = await house.signed_in()
    for sought in ("geldfit", "GELDFIT", "geldfit.nl", "0800 8115", "08008115", "naam geldzorgen"):
        page = await browser.opens(f"/gids?zoek={sought}")
        assert set(re.findall(r'href="/gids/(\w+)"', page.text)) == {"geldfit"}
        assert "Toon alles" in page.text and "Vraagt aandacht" not in page.text


async def test_what_is_not_there_is_said_as_it_was_typed(house: House) -> None:
    page = await (await house.signed_in()).opens('/gids?zoek="><script>alert(1)</script>')
    assert "<script" not in page.text and "Er staat niets in de gids met" in page.text


async def test_one_record_is_shown_as_residents_see_it_and_with_all_that_is_known(house: House) -> None:
    browser = await house.signed_in()
    page = text_of(await browser.opens("/gids/geldfit"))
    assert "Geldfit: bel 0800-8115 (gratis). Praten over geldzorgen, uw naam is niet nodig." in page
    assert "zeker: van een officiële site" in page and "Nog niemand heeft hier iets over gezegd." in page
    assert "Uw wijkverbinder zoekt dit voor u uit." in text_of(await browser.opens(GOOS))
    assert "Wijkverbinders Smitsveen: kijk op" in text_of(await browser.opens("/gids/wijkverbinders_smitsveen"))


async def test_there_is_no_page_for_a_record_that_is_not_there(house: House) -> None:
    browser = await house.signed_in()
    for key in ("nobody", "%00", "x" * 300):
        assert (await browser.opens(f"/gids/{key}")).status_code == 404
        for act in ("wijzig", "bekijk", "klopt", "klopt-niet", "terug"):
            assert (await browser.acts(f"/gids/{key}/{act}", versie="0")).status_code == 404
    assert [act for _, act, _ in house.log() if act not in ("signed_in", "shown")] == []


# --- changing ---------------------------------------------------------------------------------------------------


async def test_all_fields_are_changed_at_once_and_stay_as_they_were_without_the_tick(house: House) -> None:
    browser = await house.signed_in()
    typed = {
        "naam": "GOOS",
        "omschrijving": "Praten over geld.\r\nU bent welkom.",
        "website": "https://goos.example.nl",
    }
    typed |= {"nummer-1": "088 0767000", "bij-1": "gratis", "nummer-2": "112", "nakijken": "30", "wie": "smitsveen"}
    typed |= {"open": "ma-vr 9-12, wo 13-16.30", "feestdagen": "ja", "wijk-de_eng": "ja", "onderwerp-mould": "ja"}
    answer = await _edits(browser, **typed)
    assert answer.headers["Location"] == "/gids/goos?gedaan=gids-bewaard"
    found = _record(house)
    assert (found.name, found.description, found.url) == ("GOOS", "Praten over geld.\nU bent welkom.", typed["website"])
    assert found.phones == (Phone("088 076 7000", "gratis"), Phone("112"))
    assert [(sorted(one.days), one.opens, one.closes, one.closed_on_holidays) for one in found.schedules] == [
        ([0, 1, 2, 3, 4], 540, 720, True),
        ([2], 780, 990, True),
    ]
    assert (found.wijken, found.review_days, found.responsible) == (("de_eng",), 30, "smitsveen")
    assert found.topics[-1] == "mould" and "unopened_letters" in found.topics
    assert (found.assured_date, _fit(house)) == (None, Fit.UNCONFIRMED)
    assert house.log()[-1][1:] == ("directory_changed", "service:goos")
    shown = await browser.opens(answer.headers["Location"])
    assert "Bewaard. De bot weet het binnen 10 seconden." in shown.text
    assert "Naam: eerst GOOS, Geld Op Orde Soest, nu GOOS" in text_of(shown)
    assert "ma-vr 9:00-12:00, niet op feestdagen; wo 13:00-16:30, niet op feestdagen" in text_of(shown)
    await _edits(browser)
    assert len(_rows(house)) == 1


async def test_with_the_tick_it_is_confirmed_today_and_shown(house: House) -> None:
    browser = await house.signed_in()
    assert (await _edits(browser, klopt="ja", **{"nummer-1": "112"})).status_code == 303
    assert (_record(house).assured_date, _fit(house)) == (local_day(house.clock.at), Fit.SHOWN)
    page = text_of(await browser.opens(GOOS))
    assert "Bewoners zien dit." in page and "GOOS, Geld Op Orde Soest: bel 112." in page


async def test_the_tick_alone_confirms_and_nothing_at_all_says_so(house: House) -> None:
    browser = await house.signed_in()
    assert (await _edits(browser)).headers["Location"] == "/gids/goos?gedaan=gids-niets"
    assert (await _edits(browser, klopt="ja")).headers["Location"] == "/gids/goos?gedaan=gids-bewaard"
    assert _rows(house) == [("confirmed", {})]


async def test_switching_off_and_on_hides_and_shows_without_another_date(house: House) -> None:
    browser = await house.signed_in()
    shown = inputs(await browser.opens("/gids/geldfit"))
    del shown["aan"]
    await browser.acts("/gids/geldfit/wijzig", **shown)
    assert (_fit(house, "geldfit"), _record(house, "geldfit").known_on) == (Fit.SWITCHED_OFF, None)
    await _edits(browser, "/gids/geldfit", aan="ja")
    assert _fit(house, "geldfit") is Fit.SHOWN


async def test_what_was_denied_stays_hidden_until_somebody_says_that_it_is_right(house: House) -> None:
    browser = await house.signed_in()
    await browser.acts("/gids/geldfit/klopt-niet", versie="0")
    await _edits(browser, "/gids/geldfit", **{"nummer-1": "112"})
    assert _fit(house, "geldfit") is Fit.DENIED
    await _edits(browser, "/gids/geldfit", klopt="ja")
    assert _fit(house, "geldfit") is Fit.SHOWN


async def test_what_the_form_does_not_offer_stays(house: House) -> None:
    browser = await house.signed_in()
    await _edits(browser, "/gids/gas_and_power_failure", naam="Storing", **{"onderwerp-draught": "ja"})
    found = _record(house, "gas_and_power_failure")
    assert (found.topics, found.schedules[0].always) == (("gas_smell", "draught"), True)


async def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(house: House) -> None:
    browser = await house.signed_in()
    cases = [("naam", "<script>" * 9), ("omschrijving", "Er wordt gebeld."), ("nummer-3", '"><b>12'), ("open", "25:00")]
    for name, typed in cases:
        answer = await _edits(browser, **{"klopt": "ja", "nakijken": "77", "wijk-de_eng": "ja", name: typed})
        assert answer.status_code == 422 and "Dit is nog niet bewaard." in answer.text
        assert re.findall(r'role="alert" id="fout-([\w-]+)"', answer.text) == [name]
        assert answer.text.count(f'aria-invalid="true" aria-describedby="fout-{name}') == 1
        kept = inputs(answer)
        assert (kept[name].strip(), kept["klopt"], kept["nakijken"], kept["wijk-de_eng"]) == (typed, "ja", "77", "ja")
        assert "<script" not in answer.text and "<b>" not in answer.text
    assert _rows(house) == [] and {act for _, act, _ in house.log()} == {"signed_in", "shown"}


async def test_several_things_that_are_wrong_are_said_together(house: House) -> None:
    answer = await _edits(await house.signed_in(), naam="", website="x", **{"nummer-1": "1"})
    assert set(re.findall(r'id="fout-([\w-]+)"', answer.text)) == {"naam", "website", "nummer-1"}


ODD = [
    'Fa\'tma "Fa" <b>&',
    "<script>alert(1)</script>",
    '=HYPERLINK("https://x.example")',
    "+1+1",
    "{wijk} {0}",
    "Zoë 🙂",
]


async def test_a_name_is_kept_and_shown_as_it_was_typed_and_never_run(house: House) -> None:
    browser = await house.signed_in()
    for name in ODD:
        assert (await _edits(browser, naam=name, klopt="ja")).status_code == 303
        assert _record(house).name == name
        for address in (GOOS, "/gids"):
            page = await browser.opens(address)
            assert "<script" not in page.text and "<b>" not in page.text
            assert f">{escape(name)}</" in page.text
        assert f"{escape(name)}: uw wijkverbinder weet hoe u daar komt." in (await browser.opens(GOOS)).text


async def test_a_preview_shows_what_it_would_be_and_changes_nothing(house: House) -> None:
    browser = await house.signed_in()
    shown = inputs(await browser.opens("/gids/geldfit"))
    answer = await browser.acts("/gids/geldfit/bekijk", **{**shown, "naam": "Geldhulp", "nakijken": "9"})
    assert answer.status_code == 200 and "Geldhulp: bel 0800-8115 (gratis)." in answer.text
    assert "Zo wordt het, als u het bewaart" in answer.text
    assert (inputs(answer)["naam"], inputs(answer)["nakijken"]) == ("Geldhulp", "9")
    answer = await browser.acts("/gids/geldfit/bekijk", **{**shown, "naam": "Geldhulp", "nakijken": "x"})
    assert answer.status_code == 422 and "Geldhulp: bel" in answer.text
    assert _rows(house, "geldfit") == []


async def test_hours_of_a_season_are_shown_and_kept(house: House) -> None:
    rule = {"byday": ["SA"], "opens_at": "10:00", "closes_at": "12:00", "valid_to": "2027-03-01"}
    with house.wijk() as wijk:
        sanne = wijk.coordinator("Sanne")
        fields = {"schedules": {"old": [], "new": [rule]}}
        row = DirectoryChange(at=wijk.now, service="goos", change="edited", fields=fields, member_id=sanne.id)
        wijk.session.add(row)
    browser = await house.signed_in()
    page = await browser.opens(GOOS)
    assert "za 10:00-12:00, tot en met 1 mrt 2027" in text_of(page) and "open" not in inputs(page)
    assert not can_be_typed(_record(house).schedules)
    await _edits(browser, naam="GOOS")
    assert (_record(house).name, len(_record(house).schedules)) == ("GOOS", 1)


# --- undoing ----------------------------------------------------------------------------------------------------


async def test_each_kind_of_change_can_be_undone_and_done_again(house: House) -> None:
    browser = await house.signed_in()
    before = _record(house)
    for act, typed in (("klopt", {}), ("klopt-niet", {}), ("wijzig", {"naam": "GOOS", "klopt": "ja"})):
        shown = inputs(await browser.opens(GOOS))
        assert (await browser.acts(f"{GOOS}/{act}", **{**shown, **typed})).status_code == 303
        changed = _record(house)
        assert changed != before
        for expected in (before, changed, before):
            versie = inputs(await browser.opens(GOOS))["versie"]
            answer = await browser.acts(f"{GOOS}/terug", versie=versie)
            assert answer.headers["Location"] == "/gids/goos?gedaan=gids-terug"
            assert _record(house) == expected
            assert house.log()[-1][1:] == ("directory_undone", "service:goos")
    page = text_of(await browser.opens(GOOS))
    assert "Zette terug wat er eerst stond. Naam: eerst GOOS, nu GOOS, Geld Op Orde Soest" in page
    assert "Bevestigd op: eerst nooit, nu 24 nov 2026" in page


async def test_there_is_nothing_to_undo_when_nobody_said_anything(house: House) -> None:
    answer = await (await house.signed_in()).acts(f"{GOOS}/terug", versie="0")
    assert answer.status_code == 422 and "Er is niets om terug te zetten." in answer.text


# --- two people -------------------------------------------------------------------------------------------------


async def test_who_saves_second_sees_what_the_other_wrote_and_keeps_their_own(house: House) -> None:
    first, second = await house.signed_in(), await house.signed_in()
    seen = inputs(await second.opens(GOOS))
    await _edits(first, naam="GOOS", website="https://goos.example.nl")
    answer = await second.acts(f"{GOOS}/wijzig", **{**seen, "naam": "Geld op orde", "nakijken": "30", "klopt": "ja"})
    assert answer.status_code == 422 and "Iemand anders zei hier intussen iets over." in answer.text
    meanwhile = answer.text.split('id="intussen"')[1].split("</section>")[0]
    assert "Coby" in meanwhile and "https://goos.example.nl" in meanwhile
    kept = inputs(answer)
    assert (kept["naam"], kept["nakijken"], kept["klopt"]) == ("Geld op orde", "30", "ja"), "what they typed"
    assert kept["website"] == "https://goos.example.nl", "what the other wrote, and they did not touch"
    assert (await second.acts(f"{GOOS}/wijzig", **kept)).status_code == 303
    found = _record(house)
    assert (found.name, found.url, found.review_days) == ("Geld op orde", "https://goos.example.nl", 30)


async def test_nothing_is_done_on_a_page_that_is_no_longer_true(house: House) -> None:
    browser = await house.signed_in()
    await browser.acts(f"{GOOS}/klopt", versie="0", lijst="ja")
    for act in ("klopt", "klopt-niet", "terug", "bekijk", "wijzig"):
        for versie in ("0", "", "x", "²", "9" * 40):
            answer = await browser.acts(f"{GOOS}/{act}", versie=versie)
            assert answer.status_code == 422 and "Iemand anders zei hier intussen iets over." in answer.text
    assert len(_rows(house)) == 1


async def test_of_many_at_the_same_moment_one_is_saved(house: House) -> None:
    browsers = [await house.signed_in() for _ in range(4)]
    seen = inputs(await browsers[0].opens(GOOS))
    acts = (one.acts(f"{GOOS}/wijzig", **{**seen, "naam": f"GOOS {at}"}) for at, one in enumerate(browsers))
    answers = await asyncio.gather(*acts)
    assert sorted(one.status_code for one in answers) == [303, 422, 422, 422]
    assert len(_rows(house)) == 1
    for at, answer in enumerate(answers):
        assert answer.status_code == 303 or inputs(answer)["naam"] == f"GOOS {at}"


# --- who may ----------------------------------------------------------------------------------------------------


async def test_a_reader_sees_the_records_but_nobody_and_does_nothing(house: House) -> None:
    coordinator, reader = await house.signed_in(), await house.signed_in(Role.READER)
    await _edits(coordinator, naam="GOOS")
    for address in ("/gids", GOOS):
        page = (await reader.opens(address)).text
        assert "GOOS" in page and "Coby" not in page.split("</header>")[1]
        assert 'method="post"' not in page.split("</header>")[1]
    for act in ("wijzig", "bekijk", "klopt", "klopt-niet", "terug"):
        assert (await reader.acts(f"{GOOS}/{act}", versie="1")).status_code == 403
    assert len(_rows(house)) == 1


async def test_from_the_list_one_comes_back_to_the_list(house: House) -> None:
    browser = await house.signed_in()
    assert (await browser.acts(f"{GOOS}/klopt", versie="0", lijst="ja")).headers["Location"] == "/gids?gedaan=bevestigd"
    answer = await browser.acts(f"{GOOS}/klopt-niet", versie=inputs(await browser.opens(GOOS))["versie"])
    assert answer.headers["Location"] == "/gids/goos?gedaan=ontkend"
    assert [one[1:] for one in house.log() if one[1] != "shown"][-2:] == [
        ("confirmed", "service:goos"),
        ("denied", "service:goos"),
    ]
    assert "Bewaard: dit klopt niet." in (await browser.opens("/gids?gedaan=ontkend")).text
    assert 'role="status"' not in (await browser.opens("/gids?gedaan=zomaar")).text.split("<main")[1]


async def test_who_left_is_said_to_be_gone(house: House) -> None:
    coby = house.member()
    await _edits(await house.signs_in(coby), naam="GOOS")
    with house.wijk() as wijk:
        for row in directory_changes.history(wijk.session):
            row.member_id = None
    assert "iemand die weg is" in (await (await house.signed_in()).opens(GOOS)).text


async def test_a_row_that_nobody_understands_breaks_no_page(house: House) -> None:
    damaged: list[Any] = [None, [], {"name": 1}, {"name": {"old": "A", "new": 5}}, {"rank": {"old": 1, "new": 2}}]
    with house.wijk() as wijk:
        for at, fields in enumerate(damaged):
            moment = wijk.now - timedelta(hours=9 - at)
            wijk.session.add(DirectoryChange(at=moment, service="goos", change="later", fields=fields))
    browser = await house.signed_in()
    page = text_of(await browser.opens(GOOS))
    assert "Naam: eerst A, nu niet te lezen" in page and "rank" not in page
    assert (await browser.opens("/gids")).status_code == 200 == (await browser.opens("/vandaag")).status_code
