"""Signing in: a link works once and for a while, a session ends, and nobody else gets in."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from actions import sign_in
from dashboard.limits import MOST_KEPT, Limit
from store.dashboard_tables import SignInLink, WebSession
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.dashboard.conftest import HTTPS, NOW, House, house_of

LAST = timedelta(seconds=1)


async def test_a_link_shows_a_button_and_the_button_signs_in(house: House) -> None:
    link, browser = house.link(coby := house.member()), house.browser()
    for _ in range(3):  # mail programs open it as well
        opened = await browser.opens(link)
        assert opened.status_code == 200 and "<button>Aanmelden</button>" in opened.text
        assert "set-cookie" not in opened.headers
    assert (await browser.sends(link, {})).headers["Location"] == "/"
    home = await browser.opens("/")
    assert (home.status_code, home.headers["Location"]) == (303, "/vandaag")
    assert (await browser.opens("/vandaag")).status_code == 200
    assert house.log() == [(coby, "signed_in", ""), (coby, "shown", "page:vandaag")]


async def test_the_cookie_is_for_this_host_over_https_and_not_for_scripts(house: House) -> None:
    answer = await house.browser().sends(house.link(house.member()), {})
    parts = answer.headers["set-cookie"].split("; ")
    assert parts[0].startswith("__Host-wijkwijzer=") and len(parts[0].partition("=")[2]) == 43
    assert set(parts[1:]) == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}


async def test_without_https_the_cookie_has_no_prefix_that_needs_it(database: Database) -> None:
    house = house_of(database, dashboard_url="http://127.0.0.1:9")
    answer = await house.browser().sends(house.link(house.member()), {})
    parts = answer.headers["set-cookie"].split("; ")
    assert parts[0].startswith("wijkwijzer=")
    assert set(parts[1:]) == {"HttpOnly", "Path=/", "SameSite=lax"}


async def test_a_link_works_once(house: House) -> None:
    link = house.link(house.member())
    assert (await house.browser().sends(link, {})).status_code == 303
    for again in (await house.browser().opens(link), await house.browser().sends(link, {})):
        assert again.status_code == 410 and "Deze link is al gebruikt." in again.text
        assert 'href="/aanmelden"' in again.text and "set-cookie" not in again.headers


async def test_of_many_who_press_at_once_one_gets_in(house: House) -> None:
    link = house.link(house.member())
    browsers = [house.browser() for _ in range(6)]
    answers = await asyncio.gather(*(one.sends(link, {}) for one in browsers))
    assert sorted(one.status_code for one in answers) == [303, 410, 410, 410, 410, 410]


@pytest.mark.parametrize(("after", "status"), [(sign_in.LINK_LASTS - LAST, 303), (sign_in.LINK_LASTS, 410)])
async def test_a_link_works_for_ten_minutes(house: House, after: timedelta, status: int) -> None:
    link = house.link(house.member())
    house.clock.at += after
    answer = await house.browser().sends(link, {})
    assert answer.status_code == status
    assert ("Deze link is te oud." in answer.text) == (status == 410)


@pytest.mark.parametrize("secret", ["x", "%27%20OR%201%3D1--", "%3Cscript%3E", "a" * 5000, "%00"])
async def test_a_link_that_is_not_ours_is_unknown(house: House, secret: str) -> None:
    answer = await house.browser().opens(f"/aanmelden/{secret}")
    assert answer.status_code == 410 and "Deze link ken ik niet." in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("role", [role for role in Role if role not in sign_in.ROLES])
async def test_a_link_of_who_may_not_is_unknown(house: House, role: Role) -> None:
    assert (await house.browser().sends(house.link(house.member(role)), {})).status_code == 410


async def test_who_has_left_the_team_is_out_at_once(house: House) -> None:
    coby = house.member()
    browser, link = await house.signs_in(coby), house.link(coby)
    with house.database.transaction() as session:
        session.get_one(Member, coby).active = False
    assert (await browser.opens("/vandaag")).headers["Location"] == "/aanmelden?waarom=voorbij"
    assert (await house.browser().sends(link, {})).status_code == 410


@pytest.mark.parametrize(("idle", "status"), [(sign_in.IDLE - LAST, 200), (sign_in.IDLE, 303)])
async def test_a_session_ends_when_nothing_happens(house: House, idle: timedelta, status: int) -> None:
    browser = await house.signed_in()
    house.clock.at += idle
    answer = await browser.opens("/vandaag")
    assert answer.status_code == status
    assert answer.headers.get("Location") == (None if status == 200 else "/aanmelden?waarom=voorbij")


async def test_a_session_in_which_something_happens_ends_after_eight_hours(house: House) -> None:
    browser = await house.signed_in()
    while house.clock.at < NOW + sign_in.LONGEST - timedelta(minutes=20):
        house.later(minutes=20)
        assert (await browser.opens("/vandaag")).status_code == 200
    house.clock.at = NOW + sign_in.LONGEST
    answer = await browser.opens("/vandaag")
    assert answer.status_code == 303
    assert "U bent te lang weg geweest" in (await browser.opens(answer.headers["Location"])).text


async def test_signing_out_ends_the_session_and_takes_the_cookie(house: House) -> None:
    browser = await house.signed_in()
    secret = next(iter(browser.client.cookies.jar)).value
    answer = await browser.acts("/afmelden")
    assert answer.headers["Location"] == "/aanmelden?waarom=afgemeld"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    back = await house.browser().opens("/vandaag", Cookie=f"__Host-wijkwijzer={secret}")
    assert back.status_code == 303
    assert [act for _, act, _ in house.log()] == ["signed_in", "signed_out"]


async def test_signing_out_twice_is_no_mistake(house: House) -> None:
    browser = await house.signed_in()
    with house.database.transaction() as session:
        session.execute(delete(WebSession))
    assert (await browser.acts("/afmelden")).status_code == 303


async def test_what_is_stored_opens_nothing(house: House) -> None:
    link = house.link(house.member())
    with house.looks() as session:
        digests = set(session.scalars(select(SignInLink.digest)))
    assert all(digest not in link for digest in digests)
    for digest in digests:
        assert (await house.browser().sends(f"/aanmelden/{digest}", {})).status_code == 410


async def test_who_tries_many_links_is_held_back_and_a_good_link_still_works(house: House) -> None:
    browser, link = house.browser(), house.link(house.member())
    answers = [(await browser.opens("/aanmelden/no")).status_code for _ in range(house.site.tried.most + 1)]
    assert set(answers[:-1]) == {410} and answers[-1] == 429
    held = await browser.sends("/aanmelden/no", {})
    assert held.headers["Retry-After"] == "600" and "over 10 minuten" in held.text
    assert (await browser.sends(link, {})).status_code == 303
    house.later(minutes=10)
    assert (await browser.opens("/aanmelden/no")).status_code == 410


def test_a_limit_forgets_who_did_nothing_for_the_longest() -> None:
    limit = Limit(most=1)
    for number in range(MOST_KEPT + 1):
        limit.count(NOW, str(number))
    assert not limit.reached(NOW, "0") and limit.reached(NOW, str(MOST_KEPT))


async def test_a_reader_begins_at_what_there_is_for_readers(house: House) -> None:
    browser = await house.signed_in(Role.READER)
    answer = await browser.opens("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cijfers")


async def test_who_is_not_signed_in_is_asked_to(house: House) -> None:
    for address in ("/", "/vandaag", "/logboek"):
        assert (await house.browser().opens(address)).headers["Location"] == "/aanmelden"
    asked = (await house.browser().opens("/aanmelden")).text
    assert "/webpagina" in asked and 'name="email"' not in asked


def test_a_link_leads_to_the_public_address(house: House) -> None:
    assert sign_in.link_address(f"{HTTPS}/", "abc") == f"{HTTPS}/aanmelden/abc"
