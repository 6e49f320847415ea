"""What the team says of a record counts, stays in its history, and decides who is asked what, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import directory_changes
from actions.directory_changes import ask, asked_by, change_numbers, confirm, deny, history, number_asked, with_changes
from actions.opening_hours import local_day
from actions.outbox import Message, queue
from actions.services import Directory, Fit, Phone, Service, Status
from store.states import Role
from store.tables import Member, Outgoing
from tests.actions.people import Wijk

ORDINARY = datetime.fromisoformat("2026-11-23T11:00+01:00")


def _service(key: str, status: Status = Status.UNVERIFIED, **fields: Any) -> Service:
    return Service(key, key.upper(), "Hulp.", status, "een bron", **fields)


GOOS = _service("goos", phones=(Phone("0800-8115", "gratis"),))
OLD = _service("old", assured_date=date(2025, 1, 1))
OURS = _service("ours", responsible="smitsveen")
SURE = _service("sure", Status.CERTAIN)
DIRECTORY = Directory((GOOS, OLD, OURS, SURE))


def _now(wijk: Wijk, directory: Directory = DIRECTORY) -> Directory:
    wijk.session.flush()
    return with_changes(directory, history(wijk.session))


def _coordinator(wijk: Wijk, name: str = "Sanne") -> Member:
    return wijk.member(name, None, Role.COORDINATOR)


def _questions(wijk: Wijk) -> list[str]:
    """What was asked, of whom."""
    asked = select(Outgoing).where(Outgoing.subject.startswith("directory:")).order_by(Outgoing.id)
    return [f"{row.content['values']['service']} {row.chat_id}" for row in wijk.session.scalars(asked)]


# --- what is said counts ----------------------------------------------------------------------------------------


def test_what_somebody_confirms_is_shown_from_that_day(wijk: Wijk) -> None:
    sanne = _coordinator(wijk)
    confirm(wijk.session, ORDINARY, sanne, GOOS)
    found = _now(wijk).service("goos")
    assert (found.assured_date, found.phones, found.fit(local_day(ORDINARY))) == (
        date(2026, 11, 23),
        GOOS.phones,
        Fit.SHOWN,
    )


def test_what_somebody_denies_is_not_shown_until_it_is_mended(wijk: Wijk) -> None:
    sanne = _coordinator(wijk)
    deny(wijk.session, ORDINARY, sanne, SURE)
    assert _now(wijk).service("sure").fit(local_day(ORDINARY)) is Fit.DENIED
    confirm(wijk.session, ORDINARY, sanne, SURE)
    assert _now(wijk).service("sure").fit(local_day(ORDINARY)) is Fit.SHOWN


@pytest.mark.parametrize("numbers", [["112"], ["112", "0800 8115"], []])
def test_a_new_number_takes_the_place_of_the_old_one_and_both_are_kept(wijk: Wijk, numbers: list[str]) -> None:
    sanne = _coordinator(wijk)
    deny(wijk.session, ORDINARY, sanne, GOOS)
    change_numbers(wijk.session, ORDINARY, sanne, GOOS, numbers)
    found = _now(wijk).service("goos")
    assert ([phone.number for phone in found.phones], found.denied) == (numbers, False)
    assert found.assured_date == date(2026, 11, 23)
    denied, changed = history(wijk.session, "goos")
    assert (denied.change, denied.fields, denied.member_id) == ("denied", {}, sanne.id)
    assert (changed.change, changed.fields) == ("changed", {"phones": {"old": ["0800-8115"], "new": numbers}})


@pytest.mark.parametrize(
    ("assured", "expected"),
    [(date(2026, 11, 22), ["112"]), (date(2026, 11, 23), ["112"]), (date(2026, 11, 24), ["0800-8115"])],
)
def test_a_file_with_a_later_date_counts_over_what_was_said_before(
    wijk: Wijk, assured: date, expected: list[str]
) -> None:
    change_numbers(wijk.session, ORDINARY, _coordinator(wijk), GOOS, ["112"])
    written = _service("goos", phones=GOOS.phones, assured_date=assured)
    assert [phone.number for phone in _now(wijk, Directory((written,))).service("goos").phones] == expected


def test_what_was_said_of_a_record_that_is_gone_does_no_harm(wijk: Wijk) -> None:
    confirm(wijk.session, ORDINARY, _coordinator(wijk), _service("gone"))
    assert _now(wijk) == DIRECTORY


def test_the_history_is_of_one_record_or_of_all_and_in_order(wijk: Wijk) -> None:
    sanne = _coordinator(wijk)
    for days, service in ((2, GOOS), (1, OLD), (0, GOOS)):
        confirm(wijk.session, ORDINARY + timedelta(days=days), sanne, service)
    wijk.session.flush()
    assert [change.service for change in history(wijk.session)] == ["goos", "old", "goos"]
    assert [change.at.day for change in history(wijk.session, "goos")] == [23, 25]


# --- who is asked what ------------------------------------------------------------------------------------------


def test_a_coordinator_is_asked_the_most_pressing_first_and_once_a_day(wijk: Wijk) -> None:
    chat = _coordinator(wijk).person.chat_id  # type: ignore[union-attr]
    assert [ask(wijk.session, ORDINARY + timedelta(minutes=m), DIRECTORY) for m in (0, 60, 240)] == [1, 0, 0]
    assert ask(wijk.session, ORDINARY + timedelta(days=1), DIRECTORY) == 1
    assert ask(wijk.session, ORDINARY + timedelta(days=2), DIRECTORY) == 0
    assert _questions(wijk) == [f"old {chat}", f"goos {chat}"]


def test_what_stays_without_an_answer_is_asked_again_after_a_week(wijk: Wijk) -> None:
    _coordinator(wijk)
    only = Directory((GOOS,))
    asked = [ask(wijk.session, ORDINARY + timedelta(days=days), only) for days in (0, 1, 4, 7, 8)]
    assert asked == [1, 0, 0, 1, 0]


def test_two_coordinators_are_asked_different_things(wijk: Wijk) -> None:
    chats = [_coordinator(wijk, name).person.chat_id for name in ("Sanne", "Ali")]  # type: ignore[union-attr]
    assert ask(wijk.session, ORDINARY, DIRECTORY) == 2
    assert _questions(wijk) == [f"old {chats[0]}", f"goos {chats[1]}"]


def test_a_record_of_a_wijk_is_asked_of_a_wijkverbinder_there(wijk: Wijk) -> None:
    wijk.member("Joop", "de_eng")
    assert ask(wijk.session, ORDINARY, DIRECTORY) == 0
    fatma = wijk.member("Fatma", "smitsveen").person.chat_id  # type: ignore[union-attr]
    assert ask(wijk.session, ORDINARY, DIRECTORY) == 1
    assert _questions(wijk) == [f"ours {fatma}"]


def test_who_left_blocked_the_bot_or_has_not_joined_is_not_asked(wijk: Wijk) -> None:
    left, blocked = _coordinator(wijk, "A"), _coordinator(wijk, "B")
    left.active = False
    assert blocked.person is not None
    blocked.person.reachable = False
    wijk.session.add(Member(name="C", role=Role.COORDINATOR, active=True, created_at=ORDINARY))
    assert ask(wijk.session, ORDINARY, DIRECTORY) == 0


@pytest.mark.parametrize(
    "moment",
    ["2026-11-23T09:59+01:00", "2026-11-23T16:00+01:00", "2026-11-22T12:00+01:00", "2026-12-25T12:00+01:00"],
)
def test_nobody_is_asked_at_night_in_weekends_or_on_holidays(wijk: Wijk, moment: str) -> None:
    _coordinator(wijk)
    assert ask(wijk.session, datetime.fromisoformat(moment), DIRECTORY) == 0


# --- answers find their question --------------------------------------------------------------------------------


def _asked(wijk: Wijk) -> tuple[Member, Outgoing]:
    sanne = _coordinator(wijk)
    ask(wijk.session, ORDINARY, Directory((GOOS,)))
    wijk.deliver()
    wijk.session.flush()
    row = wijk.session.scalars(select(Outgoing)).one()
    return sanne, row


def test_a_question_is_found_by_its_message_until_something_is_said(wijk: Wijk) -> None:
    sanne, row = _asked(wijk)
    assert asked_by(wijk.session, row.chat_id, row.telegram_message_id) is row
    assert asked_by(wijk.session, row.chat_id + 1, row.telegram_message_id) is None
    assert asked_by(wijk.session, row.chat_id, None) is None
    confirm(wijk.session, ORDINARY + timedelta(minutes=1), sanne, OLD)
    wijk.session.flush()
    assert asked_by(wijk.session, row.chat_id, row.telegram_message_id) is row
    confirm(wijk.session, ORDINARY + timedelta(minutes=1), sanne, GOOS)
    wijk.session.flush()
    assert asked_by(wijk.session, row.chat_id, row.telegram_message_id) is None


def test_a_number_is_an_answer_by_reply_or_when_the_question_was_said_last(wijk: Wijk) -> None:
    _, row = _asked(wijk)
    chat = row.chat_id
    asked = queue(wijk.session, ORDINARY, chat, Message("team_service_number"), subject="directory_number:goos")
    wijk.deliver()
    wijk.session.flush()
    replies = [None, asked.telegram_message_id, row.telegram_message_id, 10**9]
    assert [number_asked(wijk.session, chat, reply) for reply in replies] == ["goos", "goos", None, None]
    queue(wijk.session, ORDINARY, chat, Message("team_help"))
    assert number_asked(wijk.session, chat, None) is None
    assert number_asked(wijk.session, chat + 1, None) is None


def test_a_question_and_a_number_are_filed_apart() -> None:
    assert not directory_changes.NUMBER.startswith(directory_changes.QUESTION)
