"""Who may see and do what, forms that others made, and what every answer says to the browser."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import httpx
import pytest
from starlette.routing import Route

from actions.roles import PAGES as PAGES_OF
from dashboard.app import web_app
from dashboard.guard import HEADERS
from dashboard.pages import PAGES, work
from dashboard.serving import LONGEST_FORM
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.dashboard.conftest import HTTPS, OWN, House, house_of

ALL_WORK = {"vandaag", "aanvragen", "team", "cijfers", "gids", "teksten", "zinnen", "keuzetabel", "posters"}
COORDINATORS = ALL_WORK | {"instellingen"}
MAY = {
    Role.COORDINATOR: COORDINATORS,
    Role.ADMINISTRATOR: COORDINATORS | {"logboek"},
    Role.READER: {"cijfers", "gids", "keuzetabel", "instellingen"},
}
THEIR_OWN = {"instellingen"}
"""Pages of which readers may send the forms: they are about themselves."""
EVERYBODY = {"/", "/aanmelden", "/aanmelden/{secret}", "/afmelden", work.PAGE.address, *work.PAGE.files}
"""What is there for every role, or without one."""


def _filled(address: str, number: int) -> str:
    """An address with something that exists in it."""
    return address.replace("{number:int}", str(number)).replace("{key}", "nobody")


def _forms() -> Iterator[tuple[str, str]]:
    return ((page.key, address) for page in PAGES for address in page.acts)


def test_every_address_belongs_to_a_page_or_to_everybody(house: House) -> None:
    there = {route.path for route in web_app(house.site).routes if isinstance(route, Route)}
    files = {address for page in PAGES for address in (*page.files, *page.below)}
    assert there == EVERYBODY | {page.address for page in PAGES} | files | {address for _, address in _forms()}
    assert {page.key for page in PAGES} == MAY[Role.ADMINISTRATOR]


def test_the_table_of_the_code_says_what_is_written_here() -> None:
    """`actions.roles` decides; what it says is held against a list of its own."""
    for role in Role:
        assert {key for key, one in PAGES_OF.items() if role in one.sees} == MAY.get(role, set()) | _own_work(role)
        acts = MAY.get(role, set()) if role is not Role.READER else THEIR_OWN
        assert {key for key, one in PAGES_OF.items() if role in one.acts} - {"werk"} == acts
    assert set(PAGES_OF) == {page.key for page in (*PAGES, work.PAGE)}
    assert all(one.acts <= one.sees for one in PAGES_OF.values())


def _own_work(role: Role) -> set[str]:
    return {"werk"} if role in MAY else set()


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY])
async def test_other_roles_of_the_team_cannot_sign_in_nor_stay_signed_in(house: House, role: Role) -> None:
    answer = await house.browser().sends(house.link(house.member(role)), {})
    assert answer.headers.get("Location") != "/" and house.log() == []
    coby = house.member()
    browser = await house.signs_in(coby)
    with house.wijk() as wijk:
        wijk.session.get_one(Member, coby).role = role
    for page in (*PAGES, work.PAGE):
        assert (await browser.opens(page.address)).headers["Location"].startswith("/aanmelden")


@pytest.mark.parametrize("role", list(MAY))
async def test_each_role_sees_and_does_what_is_theirs_and_nothing_else(house: House, role: Role) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in(role)
    for page in PAGES:
        answer = await browser.opens(page.address)
        assert answer.status_code == (200 if page.key in MAY[role] else 403), page.key
        shown = {one.key for one in PAGES if f'href="{one.address}"' in answer.text}
        assert page.key not in MAY[role] or shown >= MAY[role], "the menu"
        assert page.key not in MAY[role] or not (shown - MAY[role]), "the menu shows no more"
        for address in (*page.files, *page.below):
            status = (await browser.opens(_filled(address.replace("{key}", "talks"), fatma))).status_code
            assert (status == 403) == (page.key not in MAY[role]), address
    for key, address in _forms():
        answer = await browser.acts(_filled(address, fatma))
        theirs = role is not Role.READER or key in THEIR_OWN
        assert (answer.status_code == 403) == (key not in MAY[role] or not theirs), address


async def test_who_is_not_signed_in_sees_and_does_nothing(house: House) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), house.browser()
    for page in PAGES:
        assert (await browser.opens(page.address)).headers["Location"] == "/aanmelden"
    for _, address in _forms():
        answer = await browser.sends(_filled(address, fatma), {"form_token": "0" * 64})
        assert answer.headers["Location"] == "/aanmelden"
    assert house.log() == []


async def test_what_a_reader_may_not_see_is_not_written_down_as_seen(house: House) -> None:
    browser = await house.signed_in(Role.READER)
    assert (await browser.opens("/vandaag")).status_code == 403
    assert [act for _, act, _ in house.log()] == ["signed_in"]


FORGED = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HTTPS},
    {"Origin": "https://evil.example.org"},
    {"Origin": f"{HTTPS}.evil.example.org"},
]


@pytest.mark.parametrize("headers", FORGED)
async def test_a_form_of_another_site_does_nothing_even_with_the_right_token(
    house: House, headers: dict[str, str]
) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    token = {"form_token": browser.form_token()}
    for address in (f"/team/{fatma}/vrij", "/afmelden"):
        assert (await browser.sends(address, token, headers)).status_code == 403
    assert (await browser.sends(house.link(fatma), {}, headers)).status_code == 403
    with house.looks() as session:
        assert session.get_one(Member, fatma).available


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é", "other"])
async def test_a_form_without_the_token_of_this_session_does_nothing(house: House, token: str | None) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    other = (await house.signed_in()).form_token()
    given = {} if token is None else {"form_token": other if token == "other" else token}
    for address in (f"/team/{fatma}/vrij", "/afmelden"):
        answer = await browser.sends(address, given)
        assert answer.status_code == 403 and "laad de pagina opnieuw" in answer.text
    with house.looks() as session:
        assert session.get_one(Member, fatma).available


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": HTTPS}, OWN])
async def test_a_browser_that_says_less_gets_by_with_the_token(house: House, headers: dict[str, str]) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    answer = await browser.sends(f"/team/{fatma}/vrij", {"form_token": browser.form_token()}, headers)
    assert answer.status_code == 303


async def test_every_answer_has_the_headers(house: House) -> None:
    browser = await house.signed_in(Role.ADMINISTRATOR)
    pages = [page.address for page in PAGES]
    for address in (*pages, "/aanmelden", "/aanmelden/x", "/static/style.css", "/nowhere", "/agenda/x.ics", "/"):
        answer = await browser.opens(address)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, address
        assert answer.headers["Cache-Control"] == ("no-cache" if "static" in address else "no-store"), address
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'")
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert (allowed["script-src"], allowed["connect-src"]) == ("'self'", "'self'")  # decision 0033


async def test_pages_name_no_other_machine_and_run_no_script(house: House) -> None:
    browser = await house.signed_in(Role.ADMINISTRATOR)
    for page in PAGES:
        text = (await browser.opens(page.address)).text
        assert "http://" not in text and "<script" not in text and "style=" not in text
        assert "https://" not in text or page.key in ("vandaag", "gids")  # the websites of services, as words
    style = (await browser.opens("/static/style.css")).text
    assert "url(" not in style and "@import" not in style


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_there_are_no_other_methods(house: House, method: str) -> None:
    browser = await house.signed_in()
    assert (await browser.client.request(method, "/team")).status_code == 405


BAD_FORMS: list[tuple[bytes, dict[str, str], int]] = [
    (b"x" * (LONGEST_FORM + 1), {"Content-Type": "application/x-www-form-urlencoded"}, 413),
    (b"a=1&" * 100, {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    (b"not a form", {"Content-Type": "application/json"}, 403),
    (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 403),
    (b"--x\r\n", {"Content-Type": "multipart/form-data"}, 400),
    (
        b'--x\r\nContent-Disposition: form-data; name="form_token"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
        {"Content-Type": "multipart/form-data; boundary=x"},
        400,
    ),
]


@pytest.mark.parametrize(("body", "headers", "status"), BAD_FORMS)
async def test_a_form_that_is_none_is_refused(house: House, body: bytes, headers: dict[str, str], status: int) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    answer = await browser.client.post(f"/team/{fatma}/vrij", content=body, headers={**headers, **OWN})
    assert answer.status_code == status and "<h1>" in answer.text


async def test_a_form_of_unknown_length_is_refused(house: House) -> None:
    browser = await house.signed_in()
    chunks = itertools.repeat(b"a=1&", 3)

    async def stream():  # type: ignore[no-untyped-def]
        for chunk in chunks:
            yield chunk

    assert (await browser.client.post("/team/1/vrij", content=stream(), headers=OWN)).status_code == 413


async def test_a_database_that_is_not_there_is_told_and_nothing_is_lost(tmp_path) -> None:  # type: ignore[no-untyped-def]
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    house = house_of(empty)
    answer = await house.browser().opens("/vandaag", Cookie="__Host-wijkwijzer=x")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Er is niets verloren." in answer.text
    empty.close()


async def test_an_address_that_is_nowhere_is_told(house: House) -> None:
    answer: httpx.Response = await house.browser().opens("/x'\"<script>")
    assert answer.status_code == 404 and "Deze pagina is er niet" in answer.text and "<script" not in answer.text
