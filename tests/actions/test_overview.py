"""What coordinators see: load and what needs them, never words."""

from __future__ import annotations

from actions import closing, handoffs, overview
from store.states import Outcome, Role
from tests.actions.people import Wijk, wish


def _load(wijk: Wijk) -> list[tuple[str, int]]:
    return [(load.member.name, load.open) for load in overview.load(wijk.session)]


def test_who_has_most_comes_first(wijk: Wijk) -> None:
    fatma, joop, petra = wijk.member("Fatma"), wijk.member("Joop"), wijk.professional()
    wijk.coordinator()
    for member in (joop, fatma, joop):
        wijk.claimed(member)
    wijk.claimed(petra, wish("crisis"))
    assert _load(wijk) == [("Joop", 2), ("Fatma", 1), ("Petra", 1)]


def test_what_is_closed_or_given_back_is_no_load_and_who_is_gone_is_not_there(wijk: Wijk) -> None:
    fatma, joop, lost = wijk.member("Fatma"), wijk.member("Joop"), wijk.member("Verloren")
    closed, given_back = wijk.claimed(fatma), wijk.claimed(joop)
    closing.close(wijk.session, wijk.now, fatma, closed.id, Outcome.SOLVED)
    handoffs.release(wijk.session, wijk.now, joop, given_back.id)
    wijk.lose(lost)
    assert _load(wijk) == [("Fatma", 0), ("Joop", 0)]


def test_what_went_wrong_comes_first_then_what_nobody_has_the_oldest_first(wijk: Wijk) -> None:
    fatma, coby = wijk.member("Fatma"), wijk.member("Coby", None, Role.COORDINATOR)
    waits, late = wijk.request(wish(by_whom="other_wijk")), wijk.request(wish(by_whom="professional"))
    fine, broken, closed = wijk.claimed(fatma), wijk.claimed(fatma), wijk.claimed(fatma)
    offered = wijk.request()
    broken.on_top = True
    closing.close(wijk.session, wijk.now, fatma, closed.id, Outcome.SOLVED)
    closed.on_top = True
    wijk.session.flush()
    assert list(overview.needs_coordinator(wijk.session)) == [broken, waits, late]
    wijk.claim(coby, waits)
    assert list(overview.needs_coordinator(wijk.session)) == [broken, late]
    assert fine.claimed_by is fatma and wijk.shown(offered) == {"Fatma"}
