"""What is not closed, for the operator: what went wrong first, then the most urgent, then who waits longest."""

from __future__ import annotations

from datetime import timedelta

from actions import closing
from actions.open_requests import OpenRequest, open_requests
from store.states import Outcome, RequestState, Rule, Urgency
from tests.actions.people import Wijk, wish


def test_each_request_is_told_with_who_has_it_and_what_was_promised(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma, wish("soon"))
    (found,) = open_requests(wijk.session)
    assert found == OpenRequest(
        number=request.id,
        wijk="smitsveen",
        topics="draught",
        urgency=Urgency.SOON,
        state=RequestState.CLAIMED,
        rule=Rule.WISHED,
        held_by="Fatma",
        waiting_since=wijk.now,
        promised=found.promised,
        on_top=False,
    )
    assert found.promised is not None


def test_what_was_promised_before_does_not_make_it_appear_twice(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.claimed(fatma)
    assert len(open_requests(wijk.session)) == 1


def test_what_went_wrong_comes_first_then_the_urgent_then_the_oldest(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    late = wijk.request()
    wijk.now -= timedelta(hours=1)
    early, crisis, wrong = wijk.request(), wijk.request(wish("crisis")), wijk.request(wish("info"))
    wrong.on_top = True
    closing.close(wijk.session, wijk.now, fatma, wijk.claimed(fatma).id, Outcome.SOLVED)
    wijk.session.flush()
    assert [found.number for found in open_requests(wijk.session)] == [wrong.id, crisis.id, early.id, late.id]
