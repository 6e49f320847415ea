"""Free measures: on the list per wijk until they are fitted, and each step once, by who has the request."""

from __future__ import annotations

import pytest

from actions import closing, measures
from store.states import Measures, Outcome
from store.tables import Request
from tests.actions.people import Wijk, invariant, wish


def test_what_was_asked_for_and_not_fitted_is_on_the_list_per_wijk_the_oldest_first(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wanted = [wijk.request(wish(wijk=of, measures=Measures.KIT)) for of in ("soesterberg", "de_eng", "soesterberg")]
    wijk.request()
    fitted = wijk.claimed(fatma, wish(measures=Measures.FITTING))
    measures.fit(wijk.session, wijk.now, fatma, fitted.id)
    closed = wijk.claimed(fatma, wish(measures=Measures.KIT))
    closing.close(wijk.session, wijk.now, fatma, closed.id, Outcome.OTHER)
    practised = wijk.request(wish(measures=Measures.KIT))
    practised.practice = True
    wijk.session.flush()
    first, other, second = wanted
    assert list(measures.open_in(wijk.session)) == [other, first, second]
    assert list(measures.open_in(wijk.session, ["soesterberg"])) == [first, second]
    assert list(measures.open_in(wijk.session, [])) == []


def test_who_has_a_request_puts_it_on_the_list(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    assert measures.want(wijk.session, wijk.now, fatma, request.id, Measures.FITTING)
    assert (request.measures, wijk.changes(request)[-1]) == (Measures.FITTING, "measures_wanted")
    assert list(measures.open_in(wijk.session)) == [request]
    invariant(wijk.session)


@pytest.mark.parametrize("step", ["pick_up", "fit"])
def test_each_step_is_noted_once(wijk: Wijk, step: str) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma, wish(measures=Measures.KIT))
    act = getattr(measures, step)
    assert act(wijk.session, wijk.now, fatma, request.id)
    assert not act(wijk.session, wijk.now, fatma, request.id)
    done = {"pick_up": request.picked_up_at, "fit": request.fitted_at}
    assert done == {**dict.fromkeys(done), step: wijk.now}
    assert wijk.changes(request)[-1] == {"pick_up": "picked_up", "fit": "fitted"}[step]


@pytest.mark.parametrize("step", ["want", "pick_up", "fit"])
def test_nobody_but_who_has_the_request_changes_anything(wijk: Wijk, step: str) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.claimed(fatma, wish(measures=Measures.KIT))
    before = wijk.changes(request)
    other = (Measures.FITTING,) if step == "want" else ()
    for number in (request.id, 10**9):
        assert not getattr(measures, step)(wijk.session, wijk.now, joop, number, *other)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.OTHER)
    assert not getattr(measures, step)(wijk.session, wijk.now, fatma, request.id, *other)
    assert (request.measures, wijk.changes(request)) == (Measures.KIT, [*before, "closed"])


@pytest.mark.parametrize("step", ["pick_up", "fit"])
def test_without_materials_nothing_is_picked_up_or_fitted(wijk: Wijk, step: str) -> None:
    fatma = wijk.member("Fatma")
    request: Request = wijk.claimed(fatma)
    assert not getattr(measures, step)(wijk.session, wijk.now, fatma, request.id)


def test_who_had_things_fitted_is_asked_first_whether_it_is_warmer(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.claimed(fatma, wish(measures=Measures.FITTING), annie)
    measures.fit(wijk.session, wijk.now, fatma, request.id)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert wijk.told(annie)[-2:] == ["utter_ask_warmer", "utter_ask_solved"]
