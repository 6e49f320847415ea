"""Work that takes long: done aside, one piece for each member, seen by nobody else, forgotten after a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest
from structlog.testing import capture_logs

from dashboard import works
from dashboard.works import KEPT, MOST, AtWork, Stage, Step, Work, Works
from store.database import Database
from store.states import Role
from tests.dashboard.conftest import NOW, Browser, House

PARTS = 3


@dataclass
class Later:
    """Work that is done when a test says so."""

    waiting: list[Callable[[], None]] = field(default_factory=list)

    def __call__(self, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def go_on(self) -> None:
        self.waiting.pop(0)()


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def found(later: Later) -> Works:
    return Works(aside=later)


def _three(step: Step) -> bytes:
    for _ in range(PARTS):
        step()
    return b"made"


def _fails(step: Step) -> bytes:
    step()
    raise ValueError("flat Voorbeeld")


def _begin(found: Works, database: Database, work: Work, make: works.Make = _three) -> Work:
    with database.transaction() as session:
        found.reserve(session, work)
        found.begin(session, work, make)
    return work


def _of(member_id: int = 1, **passed: float) -> Work:
    return Work(member_id, "posters", NOW + timedelta(**passed), PARTS)


# --- the register -----------------------------------------------------------------------------------------------


def test_work_begins_when_the_rows_are_there_and_tells_how_far_it_is(
    found: Works, later: Later, database: Database
) -> None:
    work, seen = _of(), []

    def make(step: Step) -> bytes:
        for _ in range(PARTS):
            seen.append((work.done, work.stage))
            step()
        return b"made"

    with database.transaction() as session:
        found.reserve(session, work)
        found.begin(session, work, make)
        assert later.waiting == []
    later.go_on()
    assert seen == [(0, Stage.RUNNING), (1, Stage.RUNNING), (2, Stage.RUNNING)]
    assert (work.done, work.stage, work.made) == (PARTS, Stage.READY, b"made")
    assert found.find(NOW, 1) is work


def test_work_of_which_the_rows_were_not_written_never_begins(found: Works, later: Later, database: Database) -> None:
    with pytest.raises(ValueError, match="undone"), database.transaction() as session:
        found.reserve(session, _of())
        found.begin(session, _of(), _three)
        raise ValueError("undone")
    assert later.waiting == [] and found.find(NOW, 1) is None
    _begin(found, database, _of())


def test_what_is_undone_takes_no_newer_work_along(found: Works, database: Database) -> None:
    with pytest.raises(ValueError, match="undone"), database.transaction() as session:
        work = _of()
        found.reserve(session, work)
        work.stage, newer = Stage.FAILED, _of()
        with database.reading() as other:
            found.reserve(other, newer)
            other.commit()
        raise ValueError("undone")
    assert found.find(NOW, 1) is newer


def test_a_member_does_one_piece_at_a_time_and_others_are_not_kept_waiting(
    found: Works, later: Later, database: Database
) -> None:
    first = _begin(found, database, _of(1))
    with pytest.raises(AtWork), database.transaction() as session:
        found.reserve(session, _of(1))
    assert found.find(NOW, 1) is first
    _begin(found, database, _of(2))
    later.go_on()
    assert _begin(found, database, _of(1)) is found.find(NOW, 1)


def test_what_went_wrong_is_logged_without_words(found: Works, later: Later, database: Database) -> None:
    work = _begin(found, database, _of(), _fails)
    with capture_logs() as logs:
        later.go_on()
    assert (work.stage, work.done, work.made) == (Stage.FAILED, 1, b"")
    assert [(one["event"], one["done"], one["parts"]) for one in logs] == [("work_failed", 1, PARTS)]
    assert "Voorbeeld" not in str(logs)
    _begin(found, database, _of())


def test_work_is_forgotten_after_half_an_hour_even_if_it_never_ended(found: Works, database: Database) -> None:
    work = _begin(found, database, _of())
    assert found.find(NOW + KEPT - timedelta(seconds=1), 1) is work
    assert found.find(NOW + KEPT, 1) is None
    _begin(found, database, _of(minutes=31))


def test_of_many_members_the_oldest_work_is_forgotten_unless_it_goes_on(
    found: Works, later: Later, database: Database
) -> None:
    for number in range(MOST):
        _begin(found, database, _of(number))
    with pytest.raises(AtWork), database.transaction() as session:
        found.reserve(session, _of(MOST))
    later.go_on()
    _begin(found, database, _of(MOST))
    assert found.find(NOW, 0) is None and found.find(NOW, 1) is not None and found.find(NOW, MOST) is not None


def test_work_is_done_in_a_thread_of_its_own(database: Database) -> None:
    """Whoever begins it goes on at once: here it ends only after that."""
    gone_on, ended = Event(), Event()

    def make(step: Step) -> bytes:
        assert gone_on.wait(10)
        ended.set()
        return b""

    _begin(Works(), database, _of(), make)
    gone_on.set()
    assert ended.wait(10)


# --- its page ---------------------------------------------------------------------------------------------------


async def _at_work(house: House, later: Later, make: works.Make = _three) -> Browser:
    """Somebody whose work has begun."""
    number = house.member()
    browser = await house.signs_in(number)
    house.site.works.aside = later
    _begin(house.site.works, house.database, Work(number, "posters", NOW, PARTS), make)
    return browser


async def test_the_page_loads_itself_anew_until_the_work_is_ready(house: House, later: Later) -> None:
    browser = await _at_work(house, later)
    answer = await browser.opens("/werk")
    assert answer.headers["Refresh"] == "2" and "0 van 3 posters" in answer.text
    assert '<progress id="voortgang" value="0" max="3">' in answer.text
    assert (await browser.opens("/werk/bestand")).status_code == 404
    work = house.site.works.find(NOW, house.log()[0][0] or 0)
    assert work is not None
    work.done = 1
    assert "1 van 3 posters" in (await browser.opens("/werk")).text
    later.go_on()
    answer = await browser.opens("/werk")
    assert "Refresh" not in answer.headers and "3 van 3 posters klaar" in answer.text
    file = await browser.opens("/werk/bestand")
    assert (file.content, file.headers["Content-Type"]) == (b"made", "application/zip")
    assert file.headers["Content-Disposition"] == 'attachment; filename="posters.zip"'


async def test_who_is_disturbed_by_a_page_that_changes_looks_by_hand(house: House, later: Later) -> None:
    browser = await _at_work(house, later)
    assert "/werk?verversen=zelf" in (await browser.opens("/werk")).text
    answer = await browser.opens("/werk?verversen=zelf")
    assert "Refresh" not in answer.headers and "Kijk hoe ver het is" in answer.text


async def test_what_went_wrong_is_told(house: House, later: Later) -> None:
    browser = await _at_work(house, later, _fails)
    later.go_on()
    answer = await browser.opens("/werk")
    assert "gestopt na 1 van 3 posters" in answer.text and "De posters zelf zijn bewaard." in answer.text
    assert 'role="alert"' in answer.text and "Refresh" not in answer.headers
    assert (await browser.opens("/werk/bestand")).status_code == 404


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.READER])
async def test_nobody_sees_the_work_of_somebody_else(house: House, later: Later, role: Role) -> None:
    await _at_work(house, later)
    later.go_on()
    other = await house.signed_in(role)
    answer = await other.opens("/werk")
    assert answer.status_code == 404 and "Dit werk is er niet meer. Begin opnieuw." in answer.text
    assert (await other.opens("/werk/bestand")).status_code == 404


async def test_who_is_not_signed_in_sees_no_work(house: House) -> None:
    for address in ("/werk", "/werk/bestand"):
        assert (await house.browser().opens(address)).headers["Location"] == "/aanmelden"


async def test_a_restart_forgets_work_and_says_so(house: House, later: Later) -> None:
    browser = await _at_work(house, later)
    object.__setattr__(house.site, "works", Works())
    answer = await browser.opens("/werk")
    assert answer.status_code == 404 and "Dit werk is er niet meer. Begin opnieuw." in answer.text


async def test_looking_how_far_it_is_fills_no_log(house: House, later: Later) -> None:
    browser = await _at_work(house, later)
    for _ in range(3):
        await browser.opens("/werk")
    assert [act for _, act, _ in house.log()] == ["signed_in"]
