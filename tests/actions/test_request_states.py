"""Which change leads from which state to which; everything else is refused and written nowhere."""

from __future__ import annotations

import pytest

from actions.request_states import HELD, MOVES, WAITING, Change, NotNow, move, note
from store.states import RequestState as State
from tests.actions.people import Wijk

LEADS = {
    Change.OFFERED: ("requested offered released expired reopened", "offered"),
    Change.CLAIMED: ("requested offered released expired reopened", "claimed"),
    Change.CONTACTED: ("claimed", "contacted"),
    Change.RELEASED: ("claimed contacted", "released"),
    Change.EXPIRED: ("claimed", "expired"),
    Change.CLOSED: ("claimed contacted", "closed"),
    Change.REOPENED: ("closed", "reopened"),
}


@pytest.mark.parametrize("change", MOVES)
def test_a_change_leads_only_from_where_it_can_happen(wijk: Wijk, change: Change) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    before, after = LEADS[change]
    for state in State:
        request.state = state
        noted = wijk.changes(request)
        if state.value in before.split():
            move(wijk.session, wijk.now, request, change, fatma)
            assert (request.state.value, wijk.changes(request)) == (after, [*noted, change.value])
        else:
            with pytest.raises(NotNow, match=f"request {request.id} is {state.value}: it cannot be {change.value}"):
                move(wijk.session, wijk.now, request, change, fatma)
            assert (request.state, wijk.changes(request)) == (state, noted)


def test_every_state_is_waiting_or_held_or_closed_and_can_be_left() -> None:
    assert sorted([*WAITING, *HELD, State.CLOSED]) == sorted(State)
    assert {state for step in MOVES.values() for state in step.before} == set(State)
    assert {step.after for step in MOVES.values()} == set(State) - {State.REQUESTED}


def test_what_happened_is_kept_with_who_and_when(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    note(wijk.session, wijk.now, request, Change.OPENED, fatma)
    note(wijk.session, wijk.now, request, Change.REMINDED)
    rows = wijk.history(request)[-2:]
    assert [(row.change, row.member_id, row.at) for row in rows] == [
        ("opened", fatma.id, wijk.now),
        ("reminded", None, wijk.now),
    ]
