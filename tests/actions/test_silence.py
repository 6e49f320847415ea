"""What happens when people stay silent: reminded, offered to others, brought to the coordinator; each thing once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from actions import closing, handoffs, relay, silence
from actions.opening_hours import AMSTERDAM
from actions.relay import Letter
from store.database import Database
from store.states import OfferAnswer, Outcome, RequestState, Role, Rule
from store.tables import Member, Outgoing, Person, Request, RequestChange
from tests.actions.people import WISH, Wijk, chat_of, invariant, moment, wish

MINUTE = timedelta(minutes=1)


def _done(wijk: Wijk, request: Request, end: str) -> list[str]:
    """What is done by itself until a moment: when by the Dutch clock, and what."""
    known = len(wijk.history(request))
    wijk.until(moment(end))
    later = wijk.history(request)[known:]
    return [f"{one.at.astimezone(AMSTERDAM):%d-%m %H:%M} {one.change}" for one in later]


# Asked when and how urgent; then what is done when, until the coordinator has it.
LADDER: dict[str, tuple[str, str, list[str]]] = {
    "soon": (
        "soon",
        "2026-11-23 10:00",
        ["23-11 11:30 reminded", "23-11 13:00 offered", "23-11 14:30 reminded", "23-11 16:00 escalated"],
    ),
    "soon over a weekend": (
        "soon",
        "2026-11-27 16:00",
        ["30-11 09:30 reminded", "30-11 11:00 offered", "30-11 12:30 reminded", "30-11 14:00 escalated"],
    ),
    "normal": (
        "normal",
        "2026-11-23 10:00",
        ["23-11 14:00 reminded", "24-11 10:00 offered", "24-11 14:00 reminded", "25-11 10:00 escalated"],
    ),
    "normal over Christmas": (
        "normal",
        "2026-12-24 15:00",
        ["28-12 11:00 reminded", "28-12 15:00 offered", "29-12 11:00 reminded", "29-12 15:00 escalated"],
    ),
    "over Easter and the change of the clock": (
        "normal",
        "2027-03-25 15:00",
        ["30-03 11:00 reminded", "30-03 15:00 offered", "31-03 11:00 reminded", "31-03 15:00 escalated"],
    ),
    "a crisis": ("crisis", "2026-11-23 10:00", ["23-11 10:30 reminded", "23-11 11:00 escalated"]),
    "a crisis on Friday": ("crisis", "2026-11-27 16:40", ["30-11 09:10 reminded", "30-11 09:40 escalated"]),
    "a crisis at night": ("crisis", "2026-11-24 03:00", ["24-11 09:30 reminded", "24-11 10:00 escalated"]),
}


@pytest.mark.parametrize(("urgency", "asked", "steps"), LADDER.values(), ids=LADDER)
def test_a_card_that_nobody_takes_is_reminded_of_then_in_the_pool_then_with_the_coordinator(
    wijk: Wijk, urgency: str, asked: str, steps: list[str]
) -> None:
    wijk.now = moment(asked)
    coby = wijk.coordinator()
    wijk.member("Fatma"), wijk.member("Karel", "de_eng")
    request = wijk.request(wish(urgency))
    day, clock, _ = steps[-1].split()
    done = _done(wijk, request, f"{asked[:4]}-{day[3:]}-{day[:2]} {clock}")
    assert done == [*steps[:-1], steps[-1].replace("escalated", "offered"), steps[-1]]
    assert request.rule is Rule.COORDINATOR
    assert wijk.shown(request) == ({"Fatma", "Coby"} if urgency == "crisis" else {"Fatma", "Karel", "Coby"})
    assert wijk.told(coby) == ["card_request"]


def test_a_crisis_that_nobody_takes_is_with_the_coordinator_within_one_working_hour(wijk: Wijk) -> None:
    wijk.member("Fatma"), wijk.professional()
    coby = wijk.coordinator()
    request = wijk.request(wish("crisis"))
    assert wijk.shown(request) == {"Fatma", "Petra"}
    wijk.until(wijk.now + timedelta(minutes=59))
    assert wijk.told(coby) == []
    wijk.until(wijk.now + MINUTE)
    assert wijk.told(coby) == ["card_request"]


def test_the_coordinator_is_reminded_each_working_day_and_newcomers_see_it(wijk: Wijk) -> None:
    coby, request = wijk.coordinator(), wijk.request()
    late = wijk.member("Laat")
    done = _done(wijk, request, "2026-11-30 12:00")
    reminded = ["24-11 10:00", "25-11 10:00", "26-11 10:00", "27-11 10:00", "30-11 10:00"]
    assert [step for step in done if step.endswith("reminded")] == [f"{day} reminded" for day in reminded]
    assert wijk.told(coby).count("card_reminder") == 1, "the ones before it were not sent yet"
    assert "card_request" in wijk.told(late)


def test_who_sees_what_waits_with_the_coordinator_can_say_no_to_it(wijk: Wijk) -> None:
    request = wijk.request()
    late = wijk.member("Laat")
    wijk.until(moment("2026-11-24 10:00"))
    assert (request.state, wijk.shown(request)) == (RequestState.OFFERED, {"Laat"})
    assert handoffs.decline(wijk.session, wijk.now, late, request.id, OfferAnswer.DECLINED)
    invariant(wijk.session)


def test_who_cannot_be_reached_is_not_reminded(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    wijk.request()
    wijk.lose(joop)
    wijk.until(moment("2026-11-23 14:00"))
    assert (wijk.told(fatma), wijk.told(joop)) == (["card_reminder"], ["card_request"])


TAKERS: dict[str, tuple[str, str, list[str]]] = {
    "a crisis": ("crisis", "2026-11-23 10:00", ["23-11 11:00 reminded", "23-11 12:00 expired", "23-11 12:00 offered"]),
    "soon": ("soon", "2026-11-23 10:00", ["23-11 14:00 reminded", "24-11 10:00 expired", "24-11 10:00 offered"]),
    "soon, over a weekend": (
        *("soon", "2026-11-27 12:00"),
        ["27-11 16:00 reminded", "30-11 12:00 expired", "30-11 12:00 offered"],
    ),
    "normal": ("normal", "2026-11-23 10:00", ["24-11 14:00 reminded", "26-11 10:00 expired", "26-11 10:00 offered"]),
}


@pytest.mark.parametrize(("urgency", "taken", "steps"), TAKERS.values(), ids=TAKERS)
def test_who_took_it_and_stays_silent_is_reminded_and_then_others_are_asked(
    wijk: Wijk, urgency: str, taken: str, steps: list[str]
) -> None:
    wijk.now = moment(taken)
    fatma, annie = wijk.member("Fatma"), wijk.person()
    wijk.member("Joop")
    request = wijk.claimed(fatma, wish(urgency, reach="telephone"), annie)
    day, clock, _ = steps[-1].split()
    done = _done(wijk, request, f"2026-{day[3:]}-{day[:2]} {clock}")
    assert [step for step in done if "promise" not in step] == steps
    assert wijk.told(fatma)[-2:] == ["team_remind_contact", "team_taken_back"]
    assert wijk.shown(request) == {"Joop"} and request.claimed_by is None


def test_who_spoke_with_the_resident_in_time_keeps_it(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    wijk.until(wijk.now + timedelta(hours=12))
    relay.spoke(wijk.session, wijk.now, fatma, request.id)
    wijk.until(wijk.now + timedelta(days=6))
    assert (request.state, request.claimed_by) == (RequestState.CONTACTED, fatma)
    assert "team_remind_contact" not in wijk.told(fatma)


def _talk(wijk: Wijk, urgency: str = "normal") -> tuple[Request, Person, Member, Member]:
    fatma, annie, coby = wijk.member("Fatma"), wijk.person(), wijk.coordinator()
    request = wijk.claimed(fatma, wish(urgency), annie)
    relay.replied(wijk.session, wijk.now, request)
    return request, annie, fatma, coby


def _write(wijk: Wijk, request: Request, person: Person) -> None:
    relay.to_member(wijk.session, wijk.now, request, Letter(person.chat_id, 7, "bent u daar?"))


def test_a_message_without_an_answer_is_reminded_of_then_on_top_and_told_to_the_coordinator(wijk: Wijk) -> None:
    request, annie, fatma, coby = _talk(wijk, "soon")
    _write(wijk, request, annie)
    assert _done(wijk, request, "2026-11-23 14:00") == ["23-11 14:00 reminded"]
    assert wijk.told(fatma)[-1] == "team_remind_reply" and not request.on_top
    _write(wijk, request, annie)
    assert _done(wijk, request, "2026-11-24 10:00") == ["24-11 10:00 escalated"]
    assert (wijk.told(coby)[-1], wijk.told(annie)[-1], request.on_top) == (
        "coordinator_unanswered",
        "utter_still_no_reply",
        True,
    )
    assert _done(wijk, request, "2026-11-25 10:00") == ["25-11 10:00 escalated"]
    assert wijk.told(annie).count("utter_still_no_reply") == 1


@pytest.mark.parametrize("reply", ["words", "spoke"])
def test_only_a_real_reply_takes_it_from_the_top(wijk: Wijk, reply: str) -> None:
    request, annie, fatma, coby = _talk(wijk, "soon")
    _write(wijk, request, annie)
    wijk.until(moment("2026-11-24 10:00"))
    handoffs.show_case(wijk.session, wijk.now, request, fatma)
    assert request.on_top
    if reply == "words":
        relay.to_resident(wijk.session, wijk.now, request, fatma, Letter(chat_of(fatma), 8, "ja"))
    else:
        relay.spoke(wijk.session, wijk.now, fatma, request.id)
    told = len(wijk.told(coby))
    wijk.until(moment("2026-11-30 10:00"))
    assert (request.on_top, request.unanswered_since, len(wijk.told(coby))) == (False, None, told)


def test_a_talk_in_which_nothing_happens_is_asked_about_and_then_told(wijk: Wijk) -> None:
    request, _, fatma, coby = _talk(wijk)
    assert _done(wijk, request, "2026-12-14 10:00") == ["07-12 10:00 reminded", "14-12 10:00 escalated"]
    assert wijk.told(fatma)[-2:] == ["team_ask_progress", "team_ask_progress"]
    assert wijk.told(coby)[-1] == "coordinator_idle"
    assert request.state is RequestState.CONTACTED


def test_nothing_happens_by_itself_to_what_is_closed(wijk: Wijk) -> None:
    request, annie, fatma, _ = _talk(wijk)
    _write(wijk, request, annie)
    closing.close(wijk.session, wijk.now, fatma, request.id, Outcome.SOLVED)
    assert _done(wijk, request, "2027-03-01 10:00") == []


def test_without_a_coordinator_the_request_still_keeps_its_clock(wijk: Wijk) -> None:
    fatma, annie = wijk.member("Fatma"), wijk.person()
    request = wijk.claimed(fatma, WISH, annie)
    relay.replied(wijk.session, wijk.now, request)
    _write(wijk, request, annie)
    wijk.until(moment("2026-12-18 10:00"))
    assert request.on_top and request.look_at is not None


def test_what_is_done_once_is_not_done_again_at_the_same_moment(wijk: Wijk) -> None:
    wijk.member("Fatma"), wijk.coordinator()
    request = wijk.request()
    wijk.now = moment("2026-11-24 10:00")
    while silence.watch(wijk.session, wijk.now):
        pass
    before = wijk.changes(request), wijk.session.scalar(select(func.count()).select_from(Outgoing))
    for _ in range(3):
        assert silence.watch(wijk.session, wijk.now) == 0
    assert (wijk.changes(request), wijk.session.scalar(select(func.count()).select_from(Outgoing))) == before
    coming = wijk.next_look()
    assert coming is not None and silence.watch(wijk.session, coming - MINUTE) == 0


def test_what_was_settled_in_the_meantime_is_only_reckoned_anew(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.request()
    looked = request.look_at
    wijk.claim(fatma, request)
    request.look_at = looked
    before = wijk.changes(request)
    assert looked is not None and silence.watch(wijk.session, looked) == 1
    assert wijk.changes(request) == before and request.look_at is not None and request.look_at > looked


def test_nothing_is_watched_of_what_somebody_practises_with(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    request.practice = True
    wijk.session.flush()
    assert silence.watch(wijk.session, wijk.now + timedelta(days=9)) == 1
    assert request.look_at is None and wijk.told(fatma) == ["card_request"]


REQUESTS = 60


def test_two_processes_that_watch_at_once_do_each_thing_once(database: Database) -> None:
    then = moment("2026-11-23 14:00")
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.member("Fatma")
        numbers = [wijk.request().id for _ in range(REQUESTS)]
    begin = Barrier(2)

    def watch(_: int) -> int:
        begin.wait()
        looked_at = 0
        while True:
            with database.transaction() as session:
                done = silence.watch(session, then)
            if not done:
                return looked_at
            looked_at += done

    with ThreadPoolExecutor(2) as threads:
        looked_at = sum(threads.map(watch, range(2)))
    with database.reading() as session:
        reminded = session.scalars(select(RequestChange.request_id).where(RequestChange.change == "reminded")).all()
        assert (looked_at, sorted(reminded)) == (REQUESTS, sorted(numbers))
        told = Wijk(session).told(session.scalars(select(Member)).one())
        assert told == ["card_reminder"] * REQUESTS


def test_after_an_outage_a_taker_is_reminded_and_gets_the_whole_time_again(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    wijk.now += timedelta(days=10)
    while silence.watch(wijk.session, wijk.now):
        pass
    assert wijk.told(fatma)[-1] == "team_remind_contact"
    assert request.state is RequestState.CLAIMED and request.look_at is not None and request.look_at > wijk.now


def test_after_an_outage_the_coordinator_hears_of_a_message_once(wijk: Wijk) -> None:
    fatma, coby = wijk.member("Fatma"), wijk.member("Coby", None, Role.COORDINATOR)
    request = wijk.claimed(fatma)
    relay.to_resident(wijk.session, wijk.now, request, fatma, Letter(1, 1, "dag"))
    relay.to_member(wijk.session, wijk.now, request, Letter(2, 2, "bent u er"))
    for _ in range(2):  # the reminder of before the outage, and what comes after it
        wijk.now += timedelta(days=12)
        while silence.watch(wijk.session, wijk.now):
            pass
    assert wijk.told(coby).count("coordinator_unanswered") == 1
