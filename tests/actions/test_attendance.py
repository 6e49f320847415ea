"""How an appointment went: the first who speaks decides, nobody is blamed, and the third time a human looks."""

from __future__ import annotations

import pytest

from actions import appointments, attendance, clocks, closing, handoffs
from actions.appointments import Side
from actions.attendance import Next
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Attendance
from store.states import Measures, Outcome, RequestState, Role
from store.tables import Member, Request
from tests.actions.agenda import booked, events, give_hours, over
from tests.actions.people import Wijk, invariant, wish

KEPT, RESIDENT_MISSED, MEMBER_MISSED = Attendance.KEPT, Attendance.RESIDENT_MISSED, Attendance.MEMBER_MISSED
RESIDENT, MEMBER = Side.RESIDENT, Side.MEMBER


@pytest.fixture
def fatma(wijk: Wijk) -> Member:
    fatma = wijk.member("Fatma")
    give_hours(wijk, fatma)
    return fatma


@pytest.fixture
def coby(wijk: Wijk) -> Member:
    return wijk.coordinator()


@pytest.fixture
def request_(wijk: Wijk, fatma: Member, coby: Member) -> Request:
    return wijk.claimed(fatma, wish(reach="home"))


@pytest.fixture
def made(wijk: Wijk, fatma: Member, request_: Request) -> Appointment:
    """A talk that is over."""
    return over(wijk, booked(wijk, request_, fatma))


def _say(wijk: Wijk, made: Appointment, *said: tuple[Side, Attendance]) -> list[Next]:
    found = []
    for side, what in said:
        held = appointments.lock(wijk.session, made.id)
        assert held is made
        found.append(attendance.say(wijk.session, wijk.now, made, side, what))
    invariant(wijk.session)
    return found


# Who says what, one after the other; what follows each time, and what the appointment then is.
SAID: dict[str, tuple[list[tuple[Side, Attendance]], list[Next], AppointmentState]] = {
    "the resident: kept": ([(RESIDENT, KEPT)], [Next.KEPT], AppointmentState.KEPT),
    "the member: kept": ([(MEMBER, KEPT)], [Next.KEPT], AppointmentState.KEPT),
    "both: kept": ([(MEMBER, KEPT), (RESIDENT, KEPT)], [Next.KEPT, Next.KNOWN], AppointmentState.KEPT),
    "pressed twice": ([(MEMBER, KEPT), (MEMBER, KEPT)], [Next.KEPT, Next.KNOWN], AppointmentState.KEPT),
    "another button of the same": (
        [(MEMBER, KEPT), (MEMBER, RESIDENT_MISSED)],
        [Next.KEPT, Next.KNOWN],
        AppointmentState.KEPT,
    ),
    "the resident was not there": ([(RESIDENT, RESIDENT_MISSED)], [Next.AGAIN], AppointmentState.MISSED),
    "the member saw nobody": ([(MEMBER, RESIDENT_MISSED)], [Next.AGAIN], AppointmentState.MISSED),
    "the member could not": ([(MEMBER, MEMBER_MISSED)], [Next.AGAIN], AppointmentState.MISSED),
    "nobody came": ([(RESIDENT, MEMBER_MISSED)], [Next.AGAIN], AppointmentState.MISSED),
    "nobody came, both say": (
        [(MEMBER, MEMBER_MISSED), (RESIDENT, MEMBER_MISSED)],
        [Next.AGAIN, Next.KNOWN],
        AppointmentState.MISSED,
    ),
    "kept, and then missed": (
        [(MEMBER, KEPT), (RESIDENT, MEMBER_MISSED)],
        [Next.KEPT, Next.KNOWN],
        AppointmentState.KEPT,
    ),
    "missed, and then kept": (
        [(MEMBER, RESIDENT_MISSED), (RESIDENT, KEPT)],
        [Next.AGAIN, Next.KNOWN],
        AppointmentState.MISSED,
    ),
}


@pytest.mark.parametrize(("said", "then", "state"), SAID.values(), ids=SAID)
def test_the_first_who_speaks_decides(
    wijk: Wijk, made: Appointment, said: list[tuple[Side, Attendance]], then: list[Next], state: AppointmentState
) -> None:
    assert _say(wijk, made, *said) == then
    assert made.state is state
    counted = (len(events(wijk, "appointment_kept")), len(events(wijk, "appointment_missed")))
    assert counted == ((1, 0) if state is AppointmentState.KEPT else (0, 1))


@pytest.mark.parametrize(
    ("said", "who"), [((RESIDENT, RESIDENT_MISSED), "resident"), ((MEMBER, MEMBER_MISSED), "member")]
)
def test_who_missed_it_is_counted_without_a_person(
    wijk: Wijk, made: Appointment, said: tuple[Side, Attendance], who: str
) -> None:
    _say(wijk, made, said)
    assert (events(wijk, "appointment_missed"), events(wijk, "appointment_kept")) == ([who], [])


def test_a_talk_that_took_place_is_contact(wijk: Wijk, made: Appointment, request_: Request) -> None:
    request_.on_top = True
    _say(wijk, made, (RESIDENT, KEPT))
    assert (request_.state, request_.contacted_at, request_.on_top) == (RequestState.CONTACTED, wijk.now, False)
    assert request_.waiting_since == wijk.now


def test_a_talk_with_who_had_the_request_before_is_no_contact_of_who_has_it_now(
    wijk: Wijk, made: Appointment, request_: Request, fatma: Member
) -> None:
    joop = wijk.member("Joop")
    handoffs.release(wijk.session, wijk.now, fatma, request_.id)
    wijk.claim(joop, request_)
    _say(wijk, made, (MEMBER, KEPT))
    assert (made.state, request_.state) == (AppointmentState.KEPT, RequestState.CLAIMED)


@pytest.mark.parametrize("kind", [AppointmentKind.COACH, AppointmentKind.FITTING])
def test_a_visit_of_another_kind_is_no_contact_and_fitting_is_noted_once(
    wijk: Wijk, request_: Request, kind: AppointmentKind
) -> None:
    role = Role.ENERGY_COACH if kind is AppointmentKind.COACH else Role.VOLUNTEER
    vera = wijk.member("Vera", None, role)
    give_hours(wijk, vera)
    made = over(wijk, booked(wijk, request_, vera, kind))
    _say(wijk, made, (MEMBER, KEPT), (RESIDENT, KEPT))
    fitted = kind is AppointmentKind.FITTING
    assert request_.state is RequestState.CLAIMED
    assert (request_.fitted_at, request_.measures) == ((wijk.now, Measures.FITTING) if fitted else (None, None))
    assert wijk.changes(request_).count("fitted") == fitted


@pytest.mark.parametrize(("said", "because"), [(RESIDENT_MISSED, "missed"), (MEMBER_MISSED, "missed_by_us")])
def test_when_the_member_says_so_the_resident_is_asked_kindly_for_another_time(
    wijk: Wijk, made: Appointment, request_: Request, coby: Member, said: Attendance, because: str
) -> None:
    _say(wijk, made, (MEMBER, said))
    asked = wijk.messages(request_.person)[-1]
    assert (asked.key, asked.values["asked_because"]) == ("utter_ask_when", because)
    assert (wijk.told(coby), request_.on_top) == ([], False)


@pytest.mark.parametrize("said", [RESIDENT_MISSED, MEMBER_MISSED])
def test_when_the_resident_says_so_the_flow_asks(
    wijk: Wijk, made: Appointment, request_: Request, said: Attendance
) -> None:
    _say(wijk, made, (RESIDENT, said))
    assert "utter_ask_when" not in wijk.told(request_.person)


def test_without_a_free_time_the_resident_waits_for_one(
    wijk: Wijk, made: Appointment, request_: Request, fatma: Member, coby: Member
) -> None:
    give_hours(wijk, fatma, days=())
    assert _say(wijk, made, (MEMBER, RESIDENT_MISSED)) == [Next.AGAIN]
    assert "utter_ask_when" not in wijk.told(request_.person)
    assert wijk.told(coby) == ["coordinator_waiting_list"]


def test_after_a_missed_talk_the_resident_is_promised_a_word_again(
    wijk: Wijk, made: Appointment, request_: Request
) -> None:
    assert clocks.open_promise(wijk.session, request_) is None
    _say(wijk, made, (RESIDENT, RESIDENT_MISSED))
    promise = clocks.open_promise(wijk.session, request_)
    assert promise is not None and promise.made_at == request_.waiting_since == wijk.now


def test_when_nobody_came_it_stands_on_top_and_the_coordinator_and_whoever_has_it_know(
    wijk: Wijk, made: Appointment, request_: Request, fatma: Member, coby: Member
) -> None:
    _say(wijk, made, (RESIDENT, MEMBER_MISSED))
    assert (request_.on_top, wijk.changes(request_)[-1]) == (True, "escalated")
    assert wijk.told(coby) == ["coordinator_appointment_nobody_came"]
    assert wijk.told(fatma)[-1] == "team_appointment_nobody_came"


@pytest.mark.parametrize(
    ("said", "on_top"),
    [
        ([(MEMBER, KEPT), (RESIDENT, MEMBER_MISSED)], True),
        ([(MEMBER, KEPT), (RESIDENT, RESIDENT_MISSED)], False),
        ([(MEMBER, RESIDENT_MISSED), (RESIDENT, KEPT)], False),
    ],
)
def test_when_they_contradict_each_other_the_coordinator_is_told(
    wijk: Wijk,
    made: Appointment,
    request_: Request,
    fatma: Member,
    coby: Member,
    said: list[tuple[Side, Attendance]],
    on_top: bool,
) -> None:
    _say(wijk, made, *said)
    assert (wijk.told(coby), request_.on_top) == (["coordinator_appointment_contradicted"], on_top)
    assert ("team_appointment_nobody_came" in wijk.told(fatma)) == on_top


def _miss(wijk: Wijk, request: Request, member: Member, side: Side = MEMBER) -> list[Next]:
    return _say(wijk, over(wijk, booked(wijk, request, member)), (side, RESIDENT_MISSED))


@pytest.mark.parametrize("side", [MEMBER, RESIDENT])
def test_the_third_time_a_human_looks_and_no_buttons_are_sent(
    wijk: Wijk, request_: Request, fatma: Member, coby: Member, side: Side
) -> None:
    other = wijk.claimed(fatma, person=request_.person)
    assert _miss(wijk, other, fatma) == _miss(wijk, request_, fatma) == [Next.AGAIN]
    wijk.news(request_.person)
    assert _miss(wijk, request_, fatma, side) == [Next.HUMAN]
    assert "utter_ask_when" not in wijk.news(request_.person)
    assert (wijk.told(coby), request_.on_top) == (["coordinator_appointment_too_often"], True)


def test_the_missed_appointments_of_others_do_not_count(wijk: Wijk, request_: Request, fatma: Member) -> None:
    others = [wijk.claimed(fatma) for _ in range(2)]
    assert [_miss(wijk, one, fatma) for one in (*others, request_)] == [[Next.AGAIN]] * 3


@pytest.mark.parametrize("said", [(MEMBER, RESIDENT_MISSED), (RESIDENT, MEMBER_MISSED)])
def test_about_a_closed_request_nobody_is_asked_or_told(
    wijk: Wijk, made: Appointment, request_: Request, fatma: Member, coby: Member, said: tuple[Side, Attendance]
) -> None:
    closing.close(wijk.session, wijk.now, fatma, request_.id, Outcome.SOLVED)
    before = (wijk.told(request_.person), wijk.told(fatma))
    other = MEMBER if said[0] is RESIDENT else RESIDENT
    assert _say(wijk, made, said, (other, KEPT)) == [Next.KNOWN, Next.KNOWN]
    assert (wijk.told(request_.person), wijk.told(fatma), wijk.told(coby)) == (*before, [])
    assert (made.state, request_.state) == (AppointmentState.MISSED, RequestState.CLOSED)


def test_a_coach_who_did_not_come_is_heard_of_though_the_request_is_closed(
    wijk: Wijk, request_: Request, fatma: Member, coby: Member
) -> None:
    vera = wijk.member("Vera", None, Role.ENERGY_COACH)
    give_hours(wijk, vera)
    made = booked(wijk, request_, vera, AppointmentKind.COACH)
    closing.close(wijk.session, wijk.now, fatma, request_.id, Outcome.SOLVED)
    assert _say(wijk, over(wijk, made), (RESIDENT, MEMBER_MISSED)) == [Next.KNOWN]
    assert (wijk.told(coby), request_.on_top) == (["coordinator_appointment_nobody_came"], False)


def test_one_that_was_called_off_or_is_still_to_come_is_not_spoken_about(
    wijk: Wijk, request_: Request, fatma: Member
) -> None:
    made = booked(wijk, request_, fatma)
    assert _say(wijk, made, (MEMBER, RESIDENT_MISSED)) == [Next.KNOWN]
    assert (made.state, made.member_says) == (AppointmentState.BOOKED, None)
    appointments.cancel(wijk.session, wijk.now, made, RESIDENT)
    over(wijk, made)
    assert _say(wijk, made, (MEMBER, KEPT)) == [Next.KNOWN]
    assert made.state is AppointmentState.CANCELLED
