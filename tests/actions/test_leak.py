"""Telling residents of a leak: who hears it, once, when, and that it goes like any other message."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice

import pytest
from sqlalchemy import func, select

from actions import audit, discreet, handoffs, leak, my_data, people, practice, privacy, quiet_hours
from actions.leak import Portion, Residents
from actions.outbox import Message
from actions.retention import erase_old
from actions.veils import UNREAD
from store.database import Database
from store.states import OutgoingState
from store.tables import Outgoing, Person
from tests.actions.people import Wijk, moment
from tests.talks import START

TEXT = "Er ging bij ons iets mis met uw gegevens.\nDat is onze fout."


def _tell(wijk: Wijk, text: str = TEXT, left_out: Sequence[int] = ()) -> int:
    """Tell all, in portions; gives for how many it was queued."""
    moments, told = leak.moments(wijk.now), 0
    last: int | None = 0
    while last is not None:
        portion = leak.tell_some(wijk.session, wijk.now, text, next(moments), left_out, last)
        told, last = told + portion.told, portion.last
    return told


def _row(wijk: Wijk, person: Person) -> Outgoing:
    wijk.session.expire_all()
    return wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == person.chat_id)).one()


# --- who hears it -----------------------------------------------------------------------------------------------


def test_each_resident_is_told_once_in_these_words(wijk: Wijk) -> None:
    anna, bram = wijk.person(), wijk.person()
    assert leak.count(wijk.session, TEXT) == Residents(to_tell=2, told=0, unreachable=0, left_out=0)
    assert _tell(wijk) == 2
    for person in (anna, bram):
        assert wijk.messages(person) == [Message("utter_leak", {"text": TEXT})]
    assert leak.count(wijk.session, TEXT) == Residents(to_tell=0, told=2, unreachable=0, left_out=0)


def test_the_same_words_are_not_sent_again_and_others_are(wijk: Wijk) -> None:
    anna = wijk.person()
    assert (_tell(wijk), _tell(wijk)) == (1, 0)
    wijk.deliver()
    assert (_tell(wijk), _tell(wijk, f"{TEXT}\nWij hebben het nu gestopt.")) == (0, 1)
    assert wijk.told(anna) == ["utter_leak", "utter_leak"]


def test_who_stopped_messages_hears_it_and_cannot_stop_it(wijk: Wijk) -> None:
    before, after = wijk.person(), wijk.person()
    quiet_hours.stop(wijk.session, before)
    quiet_hours.begin(wijk.session, wijk.now, after, Message("utter_hello"), "solved:3")
    _tell(wijk)
    assert quiet_hours.stop(wijk.session, after) == 1, "the rest that was to be begun is taken back"
    assert (wijk.told(before), wijk.told(after)) == (["utter_leak"], ["utter_leak"])


def test_who_may_be_watched_reads_only_that_there_is_a_message_until_they_ask_for_it(wijk: Wijk) -> None:
    anna = wijk.person()
    discreet.switch_on(wijk.session, wijk.now, anna)
    _tell(wijk)
    assert wijk.news(anna) == [UNREAD]
    assert discreet.show_unread(wijk.session, wijk.now, anna) == 1
    assert wijk.messages(anna)[1] == Message("utter_leak", {"text": TEXT})
    assert _tell(wijk) == 0, "what was announced was told"


def test_what_a_watched_resident_opens_at_night_comes_at_once(wijk: Wijk) -> None:
    anna, night = wijk.person(), moment("2026-11-23T22:00")
    discreet.switch_on(wijk.session, wijk.now, anna)
    _tell(wijk)
    wijk.deliver()
    discreet.show_unread(wijk.session, night, anna)
    assert quiet_hours.put_off(wijk.session, night) == 0


def test_the_team_and_who_is_played_are_left_out_and_who_left_the_team_is_told(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    left = joop.person
    practice.begin(wijk.session, wijk.now, fatma)
    handoffs.leave(wijk.session, wijk.now, joop.id)
    assert leak.count(wijk.session, TEXT) == Residents(to_tell=1, told=0, unreachable=0, left_out=0)
    assert _tell(wijk) == 1
    assert "utter_leak" in wijk.told(left) and "utter_leak" not in wijk.told(fatma)


def test_who_is_told_in_person_can_be_left_out_by_their_request(wijk: Wijk) -> None:
    anna, bram = wijk.person(), wijk.person()
    request = wijk.request(person=anna)
    left_out = leak.who_asked(wijk.session, [request.id, 99])
    assert left_out == {request.id: anna.id}
    people_out = list(left_out.values())
    assert leak.count(wijk.session, TEXT, people_out) == Residents(to_tell=1, told=0, unreachable=0, left_out=1)
    assert _tell(wijk, left_out=people_out) == 1
    assert "utter_leak" not in wijk.told(anna) and wijk.told(bram) == ["utter_leak"]
    assert _tell(wijk) == 1, "who is left out once can be told later"


def test_who_cannot_be_reached_is_counted_and_told_when_they_write_again(wijk: Wijk) -> None:
    before, meanwhile = wijk.person(), wijk.person()
    wijk.lose(before)
    assert leak.count(wijk.session, TEXT) == Residents(to_tell=1, told=0, unreachable=1, left_out=0)
    assert _tell(wijk) == 1
    wijk.lose(meanwhile)
    assert leak.count(wijk.session, TEXT) == Residents(to_tell=0, told=0, unreachable=2, left_out=0)
    for person in (before, meanwhile):
        people.find_or_create(wijk.session, wijk.now, person.chat_id)
    assert _tell(wijk) == 2


def test_what_could_not_be_sent_is_tried_in_the_next_run_and_not_in_this_one(wijk: Wijk) -> None:
    anna = wijk.person()
    first = leak.tell_some(wijk.session, wijk.now, TEXT, wijk.now)
    _row(wijk, anna).state = OutgoingState.FAILED
    assert first == Portion(1, anna.id)
    assert leak.tell_some(wijk.session, wijk.now, TEXT, wijk.now, after=anna.id) == Portion(0, None)
    assert _tell(wijk) == 1


# --- when, and in which portions --------------------------------------------------------------------------------


def test_it_comes_in_portions_and_a_second_run_goes_on_where_the_first_stopped(
    wijk: Wijk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leak, "PORTION", 2)
    chats = [wijk.person() for _ in range(5)]
    first = leak.tell_some(wijk.session, wijk.now, TEXT, wijk.now)
    assert first == Portion(2, chats[1].id)
    assert _tell(wijk) == 3
    assert [wijk.told(one) for one in chats] == [["utter_leak"]] * 5
    dues = [_row(wijk, one).due_at - wijk.now for one in chats]
    assert dues == [timedelta()] * 4 + [leak.APART]


def test_it_comes_by_day_and_what_does_not_fit_in_the_day_comes_the_next(wijk: Wijk) -> None:
    night = list(islice(leak.moments(moment("2026-11-28T21:00")), 2))
    assert night == [moment("2026-11-30T09:00"), moment("2026-11-30T09:00:05")]
    evening = list(islice(leak.moments(moment("2026-11-23T19:59:58")), 3))
    assert evening == [moment("2026-11-23T19:59:58"), moment("2026-11-24T09:00"), moment("2026-11-24T09:00:05")]


def test_what_is_late_waits_for_the_morning(wijk: Wijk) -> None:
    anna, night = wijk.person(), moment("2026-11-23T22:00")
    _tell(wijk)
    assert quiet_hours.put_off(wijk.session, night) == 1
    assert _row(wijk, anna).due_at == moment("2026-11-24T09:00")


def test_of_two_runs_at_the_same_moment_nobody_gets_two(database: Database) -> None:
    with database.transaction() as session:
        for number in range(120):
            people.find_or_create(session, START, 1000 + number)

    def run(_: int) -> int:
        told = 0
        last: int | None = 0
        while last is not None:
            with database.transaction() as session:
                portion = leak.tell_some(session, START, TEXT, START, after=last)
            told, last = told + portion.told, portion.last
        return told

    with ThreadPoolExecutor(3) as hands:
        assert sum(hands.map(run, range(3))) == 120
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Outgoing)) == 120
        assert session.scalar(select(func.count(Outgoing.chat_id.distinct()))) == 120


# --- it is a message like any other -----------------------------------------------------------------------------


def test_it_is_shown_and_erased_like_any_message(wijk: Wijk) -> None:
    anna, bram = wijk.person(), wijk.person()
    _tell(wijk)
    wijk.deliver()
    (shown,) = my_data.of_resident(wijk.session, anna)["outgoing"].rows
    assert Message.from_json(shown["content"]).values == {"text": TEXT}
    privacy.forget(wijk.session, wijk.now, anna)
    assert "utter_leak" not in wijk.told(anna) and wijk.told(bram) == ["utter_leak"]
    assert erase_old(wijk.session, wijk.now + timedelta(days=30))["outgoing"] == 1


def test_that_residents_are_told_is_written_down_without_the_words(wijk: Wijk) -> None:
    wijk.person()
    leak.note(wijk.session, wijk.now, TEXT, leak.count(wijk.session, TEXT))
    wijk.session.flush()
    (entry,) = audit.page(wijk.session, 2)
    digest, _, numbers = entry.about.removeprefix("text:").partition(" ")
    assert (entry.act, entry.member_id, numbers) == ("told_residents", None, "residents:1 left_out:0")
    assert len(digest) == 16 and audit.check(wijk.session).broken is None
