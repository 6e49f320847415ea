"""Posters on the web page: made, listed, drawn, fetched again; and what nobody should fill in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from random import Random
from unittest import mock
from zipfile import ZipFile

import numpy as np
import pytest
import zxingcpp
from matplotlib import image
from sqlalchemy import select
from structlog.testing import capture_logs

from actions import sources
from bot import poster
from dashboard.pages.posters import MOST
from dashboard.reading import Reading
from dashboard.works import Works
from store.database import Database
from store.states import Role
from store.tables import Member, Poster
from tests.dashboard.conftest import BOT_NAME, Browser, House, house_of

WIJK, PLACE = "smitsveen", "flat Voorbeeld, hal"
QUOTED = 'Bij "Fa\'tma" <script>alert(1)</script>'
NAME = "smitsveen-flat-voorbeeld-hal-{code}.{kind}"


@pytest.fixture
def house(database: Database, reading: Reading) -> House:
    """A web page that has its work done before it answers."""
    found = house_of(database)
    found.site = replace(found.site, reading=reading, works=Works(aside=lambda work: work()))
    return found


@pytest.fixture
def undrawn() -> Iterator[mock.Mock]:
    """Posters without a drawing, which would take a second each."""
    with mock.patch.object(
        poster, "drawn", side_effect=lambda sheet, kinds: [sheet.foot.encode()] * len(kinds)
    ) as found:
        yield found


def _posters(house: House) -> list[Poster]:
    with house.looks() as session:
        return list(session.scalars(select(Poster).order_by(Poster.created_at, Poster.place)))


def _hang(house: House, number: int = 1, people: int = 0, wijk: str = WIJK) -> list[Poster]:
    """So many posters, by each of which so many people came."""
    with house.wijk() as found:
        made = []
        for one in range(number):
            at = found.now - timedelta(days=number - one)
            made.append(sources.make(found.session, at, wijk, f"plek {one}", Random(one * 7 + len(wijk))))
            for _ in range(people):
                sources.note_arrival(found.session, found.now, found.person(), made[-1])
    return made


async def _makes(browser: Browser, places: str = PLACE, wijk: str = WIJK, lid: str = ""):  # type: ignore[no-untyped-def]
    return await browser.acts("/posters/maken", wijk=wijk, lid=lid, plekken=places)


# --- making -----------------------------------------------------------------------------------------------------


async def test_a_poster_is_made_and_its_code_leads_to_the_bot(house: House) -> None:
    browser = await house.signed_in()
    answer = await _makes(browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/werk")
    assert "1 van 1 posters klaar" in (await browser.opens("/werk")).text
    (made,) = _posters(house)
    assert (made.wijk, made.place, made.member_id) == (WIJK, PLACE, None)
    bundle = ZipFile(BytesIO((await browser.opens("/werk/bestand")).content))
    assert sorted(bundle.namelist()) == [NAME.format(code=made.code, kind=kind) for kind in ("pdf", "png")]
    link = f"https://t.me/{BOT_NAME}?start=w_{made.code}"
    assert _read(bundle.read(NAME.format(code=made.code, kind="png"))) == link
    assert bundle.read(NAME.format(code=made.code, kind="pdf")).startswith(b"%PDF")
    later = await browser.opens(f"/posters/{made.code}.png")
    assert _read(later.content) == link and later.headers["Content-Type"] == "image/png"
    assert NAME.format(code=made.code, kind="png") in later.headers["Content-Disposition"]
    assert (await browser.opens(f"/posters/{made.code}.pdf")).content.startswith(b"%PDF")


def _read(png: bytes) -> str:
    """What the code in a picture says, by a reader that is not the writer."""
    grey = np.asarray(image.imread(BytesIO(png))[..., :3].mean(axis=2) * 255, dtype=np.uint8)
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(grey))
    return found.text


async def test_thirty_are_made_at_once_of_a_wijkverbinder(house: House, undrawn: mock.Mock) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    places = "\r\n".join(["", *(f" plek   {number} " for number in range(MOST)), "  ", ""])
    assert (await _makes(browser, places, lid=str(fatma))).status_code == 303
    made = _posters(house)
    assert {one.place for one in made} == {f"plek {number}" for number in range(MOST)}
    assert {one.member_id for one in made} == {fatma} and len({one.code for one in made}) == MOST
    assert ("made_posters", f"wijk:{WIJK} posters:{MOST}") in [row[1:] for row in house.log()]
    assert f"{MOST} van {MOST} posters klaar" in (await browser.opens("/werk")).text
    text = (await browser.opens("/posters")).text
    assert text.count("minder dan 5</td>") == MOST and text.count("Fatma</td>") == MOST


async def test_places_are_shown_as_they_are_written_and_name_files_safely(house: House, undrawn: mock.Mock) -> None:
    browser = await house.signed_in()
    await _makes(browser, f"{QUOTED}\n../../étage é\nمدخل\nnul\x00teken\u200b", wijk="soesterberg")
    text = (await browser.opens("/posters")).text
    assert "&lt;script&gt;" in text and "<script" not in text
    names = ZipFile(BytesIO((await browser.opens("/werk/bestand")).content)).namelist()
    plain = sorted(name.rsplit("-", 1)[0] for name in names if name.endswith("pdf"))
    assert plain == ["soesterberg", "soesterberg-bij-fa-tma-script-alert-1-script",
                     "soesterberg-etage-e", "soesterberg-nul-teken"]  # fmt: skip


WRONG = [
    ({"wijk": ""}, "Kies eerst een wijk."),
    ({"wijk": "nergens"}, "Die wijk ken ik niet."),
    ({"wijk": "<script>"}, "Die wijk ken ik niet."),
    ({"lid": "999"}, "Deze persoon zit niet meer in het team."),
    ({"lid": "x"}, "Deze persoon zit niet meer in het team."),
    ({"places": " \r\n\t\r\n"}, "Schrijf minstens 1 plek op."),
    ({"places": "\n".join(f"hal {number}" for number in range(MOST + 1))}, "Dat zijn meer dan 30 plekken."),
    ({"places": "hal\n" + "x" * 81}, "Regel 2: deze plek is te lang."),
]


@pytest.mark.parametrize(("given", "told"), WRONG)
async def test_what_cannot_be_made_is_told_and_nothing_is_lost(house: House, given: dict[str, str], told: str) -> None:
    browser = await house.signed_in()
    answer = await _makes(browser, **{"places": f"{PLACE}\n{QUOTED}", **given})
    assert answer.status_code == 422 and told in answer.text and answer.text.count('role="alert"') == 1
    assert _posters(house) == [] and "made_posters" not in str(house.log())
    kept = given.get("places", "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>").strip()
    assert kept in answer.text and "<script" not in answer.text
    assert "wijk" in given or f'<option value="{WIJK}" selected>' in answer.text


async def test_a_poster_is_of_an_active_wijkverbinder_only(house: House) -> None:
    petra, gone = house.member(Role.PROFESSIONAL, "Petra"), house.member(Role.WIJKVERBINDER, "Joop")
    with house.database.transaction() as session:
        session.get_one(Member, gone).active = False
    browser = await house.signed_in()
    text = (await browser.opens("/posters")).text
    assert "Petra" not in text and "Joop" not in text
    for number in (petra, gone):
        assert (await _makes(browser, lid=str(number))).status_code == 422
    assert _posters(house) == []


async def test_who_sends_the_form_twice_makes_one_set(house: House, undrawn: mock.Mock) -> None:
    waiting: list[object] = []
    house.site.works.aside = waiting.append
    browser, other = await house.signed_in(), await house.signed_in()
    assert (await _makes(browser)).status_code == 303
    answer = await _makes(browser, "kelder")
    assert answer.status_code == 422 and "Er worden al posters voor u gemaakt." in answer.text
    assert "kelder</textarea>" in answer.text and [one.place for one in _posters(house)] == [PLACE]
    assert (await _makes(other, "lift")).status_code == 303
    assert len(waiting) == 2 and len(_posters(house)) == 2


async def test_posters_are_there_even_if_drawing_fails(house: House) -> None:
    browser = await house.signed_in()
    with mock.patch.object(poster, "drawn", side_effect=OSError), capture_logs():
        assert (await _makes(browser, "hal\nlift")).status_code == 303
    assert "gestopt na 0 van 2 posters" in (await browser.opens("/werk")).text
    assert len(_posters(house)) == 2


async def test_without_the_name_of_the_bot_nothing_is_made_and_the_page_says_what_to_set(database: Database) -> None:
    house = house_of(database, telegram_bot_name="")
    (made,) = _hang(house)
    browser = await house.signed_in()
    text = (await browser.opens("/posters")).text
    assert "TELEGRAM_BOT_NAME" in text and "plek 0" in text
    assert "/posters/maken" not in text and "/posters/bundel" not in text and f"{made.code}.pdf" not in text
    for address in ("/posters/maken", "/posters/bundel"):
        answer = await browser.acts(address, wijk=WIJK, plekken=PLACE)
        assert answer.status_code == 422 and "Nog niemand vulde in hoe de bot heet." in answer.text
    assert len(_posters(house)) == 1
    assert (await browser.opens(f"/posters/{made.code}.pdf")).status_code == 404


# --- the list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "told"),
    [(0, "minder dan 5"), (4, "minder dan 5"), (5, "5 of meer"), (9, "5 of meer"), (10, "10 of meer")],
)
async def test_how_many_came_is_told_in_steps_of_five(house: House, people: int, told: str) -> None:
    _hang(house, people=people)
    assert f'<td data-label="Mensen">{told}</td>' in (await (await house.signed_in()).opens("/posters")).text


async def test_posters_are_listed_by_wijk_and_by_page_the_newest_first(house: House) -> None:
    _hang(house, MOST + 2)
    _hang(house, wijk="soesterberg")
    browser = await house.signed_in()
    first = (await browser.opens("/posters?in=smitsveen")).text
    assert first.count('<tr><th scope="row">') == MOST and first.index(f"plek {MOST + 1}<") < first.index("plek 2<")
    assert "/posters?in=smitsveen&amp;blad=2" in first and 'rel="prev"' not in first
    second = (await browser.opens("/posters?in=smitsveen&blad=2")).text
    assert second.count('<tr><th scope="row">') == 2 and 'rel="next"' not in second and 'rel="prev"' in second
    assert (await browser.opens("/posters?in=soesterberg")).text.count('<tr><th scope="row">') == 1
    assert "Op deze bladzijde staan geen posters." in (await browser.opens("/posters?blad=9")).text
    assert "Er zijn nog geen posters." in (await browser.opens("/posters?in=de_eng")).text


@pytest.mark.parametrize(
    ("query", "told"),
    [("in=nergens", "Die wijk ken ik niet."), ("in=<script>", "Die wijk ken ik niet."),
     ("blad=0", "Die bladzijde is er niet."), ("blad=x", "Die bladzijde is er niet."),
     ("blad=" + "9" * 20, "Die bladzijde is er niet.")],
)  # fmt: skip
async def test_a_choice_that_is_not_there_is_told(house: House, query: str, told: str) -> None:
    answer = await (await house.signed_in()).opens(f"/posters?{query}")
    assert answer.status_code == 422 and told in answer.text and "<script" not in answer.text


async def test_a_page_of_the_list_is_fetched_again_in_one_file(house: House, undrawn: mock.Mock) -> None:
    _hang(house, MOST + 2)
    browser = await house.signed_in()
    answer = await browser.acts("/posters/bundel", **{"in": WIJK, "blad": "2"})
    assert answer.headers["Location"] == "/werk" and len(_posters(house)) == MOST + 2
    names = ZipFile(BytesIO((await browser.opens("/werk/bestand")).content)).namelist()
    assert sorted(name.split("-")[2] for name in names) == ["0", "0", "1", "1"]
    assert ("drew_posters", "posters:2") in [row[1:] for row in house.log()]
    for given in ({"blad": "9"}, {"blad": "x"}, {"in": "nergens"}):
        assert (await browser.acts("/posters/bundel", **given)).status_code == 422


@pytest.mark.parametrize("code", ["CFGHJMPQ", "nobody", "w_CFGHJMPQ", "'%20OR%201=1"])
async def test_a_poster_that_is_not_there_cannot_be_fetched(house: House, code: str) -> None:
    assert (await (await house.signed_in()).opens(f"/posters/{code}.pdf")).status_code == 404


async def test_a_forged_form_makes_no_posters(house: House) -> None:
    browser = await house.signed_in()
    given = {"wijk": WIJK, "plekken": PLACE}
    assert (await browser.sends("/posters/maken", {**given, "form_token": "0" * 64})).status_code == 403
    forged = {**given, "form_token": browser.form_token()}
    assert (await browser.sends("/posters/maken", forged, {"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert _posters(house) == []
