"""What coordinators are told: which request needs them, when they are awake, and never what was said."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from actions import coordinators, quiet_hours
from store.tables import Outgoing
from tests.actions.people import WISH, Wijk, chat_of, moment


def test_all_coordinators_who_can_be_reached_are_told_about_a_request(wijk: Wijk) -> None:
    coby, dirk, lost, fatma = (
        wijk.coordinator(),
        wijk.coordinator("Dirk"),
        wijk.coordinator("Weg"),
        wijk.member("Fatma"),
    )
    wijk.lose(lost)
    request = wijk.claimed(fatma, replace(WISH, summary="GEHEIM", contact="0612345678"))
    before = wijk.told(fatma)
    assert coordinators.tell(wijk.session, wijk.now, request, "coordinator_idle") == 2
    (message,) = wijk.messages(coby)
    assert wijk.messages(dirk) == [message]
    assert message.values["name"] == "Fatma" and message.values["number"] == request.id
    assert "GEHEIM" not in str(message) and "0612345678" not in str(message)
    assert (wijk.told(lost), wijk.told(fatma)) == ([], before)


def test_of_what_nobody_has_no_name_is_told(wijk: Wijk) -> None:
    wijk.member("Fatma")
    coby, request = wijk.coordinator(), wijk.request()
    coordinators.tell(wijk.session, wijk.now, request, "coordinator_promise_broken")
    assert wijk.messages(coby)[0].values["name"] == ""


def test_without_a_coordinator_nobody_is_told(wijk: Wijk) -> None:
    assert coordinators.tell(wijk.session, wijk.now, wijk.request(), "coordinator_idle") == 0
    assert coordinators.tell_of(wijk.session, wijk.now, "coordinator_member_lost", "Fatma") == 0


def test_who_has_stopped_messages_does_not_count_as_told(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    assert coby.person is not None
    quiet_hours.stop(wijk.session, coby.person)
    assert coordinators.tell_of(wijk.session, wijk.now, "coordinator_member_lost", "Fatma") == 0


def test_they_are_told_in_waking_hours(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    coordinators.tell_of(wijk.session, moment("2026-11-28 22:00"), "coordinator_member_lost", "Fatma")
    (row,) = wijk.session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_of(coby)))
    assert row.due_at == moment("2026-11-30 09:00")
