"""Cards: edited in everybody's chat when something changes, withdrawn while unsent, at waking hours, impersonal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from actions import cards, handoffs, privacy, quiet_hours
from actions.outbox import Message
from store.states import OfferAnswer, OutgoingState
from store.tables import Member, Outgoing, Request
from tests.actions.people import WISH, Wijk, chat_of, moment, wish

CARD = {"number", "wijk", "topics", "urgency", "reach", "rule"}


def _edits(wijk: Wijk, member: Member) -> list[tuple[str, str]]:
    """What the messages in a chat were replaced by: the key before, and after."""
    before = {row.id: Message.from_json(row.content).key for row in wijk.session.scalars(select(Outgoing))}
    mine = select(Outgoing).where(Outgoing.chat_id == chat_of(member), Outgoing.edits_id.is_not(None))
    rows = wijk.session.scalars(mine.order_by(Outgoing.id))
    return [(before[row.edits_id or 0], Message.from_json(row.content).key) for row in rows]


def _act(wijk: Wijk, act: str, request: Request, fatma: Member) -> None:
    match act:
        case "taken":
            wijk.claim(fatma, request)
        case "widened":
            handoffs.offer(wijk.session, wijk.now, request, request.rule)
        case "erased":
            privacy.forget(wijk.session, wijk.now, request.person)
        case "shown again":
            cards.remind(wijk.session, wijk.now, request, [fatma])
        case "declined" | "too_heavy":
            handoffs.decline(wijk.session, wijk.now, fatma, request.id, OfferAnswer(act))
        case "given back" | "expired":
            wijk.claim(fatma, request)
            wijk.deliver()
            if act == "expired":
                handoffs.expire(wijk.session, wijk.now, request)
            else:
                handoffs.release(wijk.session, wijk.now, fatma, request.id)


# What happens; what the card of Fatma (who does it) becomes, and that of Joop.
EDITED: dict[str, tuple[list[str], list[str]]] = {
    "taken": (["card_claimed_by_you"], ["card_claimed_by_other"]),
    "widened": (["card_expired"], ["card_expired"]),
    "erased": (["card_gone"], ["card_gone"]),
    "shown again": (["card_renewed"], []),
    "declined": (["card_declined"], []),
    "too_heavy": (["card_too_heavy"], []),
    "given back": (["card_claimed_by_you"], ["card_claimed_by_other", "card_renewed"]),
    "expired": (["card_claimed_by_you"], ["card_claimed_by_other", "card_renewed"]),
}


@pytest.mark.parametrize(("act", "fatmas", "joops"), [(act, *both) for act, both in EDITED.items()], ids=EDITED)
def test_cards_are_edited_in_the_chat_of_everybody(wijk: Wijk, act: str, fatmas: list[str], joops: list[str]) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    wijk.coordinator()
    request = wijk.request()
    wijk.deliver()
    _act(wijk, act, request, fatma)
    assert _edits(wijk, fatma) == [("card_request", key) for key in fatmas]
    assert _edits(wijk, joop) == [("card_request", key) for key in joops]


@pytest.mark.parametrize("act", ["taken", "erased", "declined", "shown again"])
def test_a_card_that_was_not_sent_yet_is_withdrawn_instead(wijk: Wijk, act: str) -> None:
    fatma = wijk.member("Fatma")
    wijk.member("Joop")
    request = wijk.request()
    first = wijk.session.scalars(select(Outgoing).order_by(Outgoing.id)).all()[0]
    _act(wijk, act, request, fatma)
    assert _edits(wijk, fatma) == []
    assert wijk.session.get_one(Outgoing, first.id, populate_existing=True).state is OutgoingState.WITHDRAWN


def test_a_card_that_is_being_sent_is_edited_and_not_withdrawn(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.request()
    for row in wijk.session.scalars(select(Outgoing)):
        row.claimed_until = wijk.now
    wijk.session.flush()
    wijk.claim(fatma, request)
    assert _edits(wijk, joop) == [("card_request", "card_claimed_by_other")]


@pytest.mark.parametrize("state", [OutgoingState.FAILED, OutgoingState.UNREACHABLE, OutgoingState.WITHDRAWN])
def test_a_card_that_never_came_is_not_edited(wijk: Wijk, state: OutgoingState) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.request()
    for row in wijk.session.scalars(select(Outgoing)):
        row.state = state
    wijk.session.flush()
    wijk.claim(fatma, request)
    assert _edits(wijk, joop) == []


def test_a_card_that_was_erased_after_its_term_is_not_edited(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    request = wijk.request()
    for row in wijk.session.scalars(select(Outgoing)).all():
        wijk.session.delete(row)
    wijk.session.flush()
    wijk.claim(fatma, request)
    assert _edits(wijk, joop) == []


def test_a_card_that_waits_with_the_coordinator_keeps_its_buttons(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    wijk.coordinator()
    request = wijk.request()
    wijk.deliver()
    handoffs.offer(wijk.session, wijk.now, request, request.rule)
    assert [button.data for row in wijk.messages(fatma)[-1].buttons for button in row] == [
        f"claim:{request.id}",
        f"decline:{request.id}",
        f"heavy:{request.id}",
    ]
    wijk.claim(fatma, request)
    assert wijk.messages(fatma)[2].buttons == ()


def test_each_role_gets_its_own_buttons(wijk: Wijk) -> None:
    fatma, petra, coby = wijk.member("Fatma"), wijk.professional(), wijk.coordinator()
    request = wijk.request(wish("crisis"))
    handoffs.offer(wijk.session, wijk.now, request, request.rule)
    pressed = [
        [button.data.partition(":")[0] for row in wijk.messages(member)[0].buttons for button in row]
        for member in (fatma, petra, coby)
    ]
    assert pressed == [["claim", "decline", "heavy"], ["claim", "decline"], ["claim", "pass"]]


def test_a_reminder_is_a_new_card_and_the_old_one_loses_its_buttons(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    wijk.deliver()
    assert cards.remind(wijk.session, wijk.now, request, [fatma]) == 1
    card, renewed, reminder = wijk.messages(fatma)
    assert (card.key, renewed.key, reminder.key) == ("card_request", "card_renewed", "card_reminder")
    assert renewed.buttons == () and reminder.buttons == card.buttons
    wijk.deliver()
    wijk.claim(fatma, request)
    assert _edits(wijk, fatma)[-1] == ("card_reminder", "card_claimed_by_you")


@pytest.mark.parametrize("key", ["card_request", "card_reminder", "card_expired", "card_gone", "card_claimed_by_other"])
def test_no_card_says_anything_about_the_person(wijk: Wijk, key: str) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person("Annie")
    secret = replace(WISH, summary="Woont op nummer 1.", contact="0612345678", why=("a", "b"), language="tr")
    request = wijk.request(secret, annie)
    wijk.deliver()
    cards.remind(wijk.session, wijk.now, request, [joop])
    cards.edit_all(wijk.session, wijk.now, request, "card_expired", keep=True)
    wijk.deliver()
    wijk.claim(fatma, request)
    privacy.forget(wijk.session, wijk.now, annie)
    known = CARD | {"name"} if key == "card_claimed_by_other" else CARD
    said = [message for message in wijk.messages(joop) if message.key == key]
    assert said
    assert all(set(message.values) <= known and message.values.get("name") in (None, "Fatma") for message in said)


# --- a new card that waits for the morning ------------------------------------------------------------------------

NIGHT, MORNING = moment("2026-11-23 22:00"), moment("2026-11-24 09:00")


def _renewed_at_night(wijk: Wijk) -> tuple[Member, Request]:
    """Fatma has a card since noon, and in the evening a new one waits for her."""
    wijk.now = moment("2026-11-23 12:00")
    fatma, request = wijk.member("Fatma"), wijk.request()
    wijk.member("Joop")
    wijk.deliver()
    wijk.now = NIGHT
    cards.remind(wijk.session, wijk.now, request, [fatma])
    return fatma, request


def _waiting(wijk: Wijk, member: Member) -> list[tuple[str, datetime]]:
    mine = (Outgoing.chat_id == chat_of(member)) & (Outgoing.state == OutgoingState.WAITING)
    rows = wijk.session.scalars(select(Outgoing).where(mine).order_by(Outgoing.id))
    return [(Message.from_json(row.content).key, row.due_at) for row in rows]


def test_the_old_card_points_to_the_new_one_when_that_comes(wijk: Wijk) -> None:
    fatma, _ = _renewed_at_night(wijk)
    assert _waiting(wijk, fatma) == [("card_renewed", MORNING), ("card_reminder", MORNING)]


def test_the_old_card_can_be_taken_at_night_and_says_so_at_once(wijk: Wijk) -> None:
    fatma, request = _renewed_at_night(wijk)
    wijk.claim(fatma, request)
    assert _waiting(wijk, fatma)[0] == ("card_claimed_by_you", NIGHT)
    edits = [key for key in wijk.told(fatma) if key.startswith("card_")]
    assert edits == ["card_request", "card_claimed_by_you"], (
        "the new card, and the words that point to it, are withdrawn"
    )


def test_of_several_new_cards_in_a_night_one_comes(wijk: Wijk) -> None:
    fatma, request = _renewed_at_night(wijk)
    cards.remind(wijk.session, wijk.now, request, [fatma])
    assert _waiting(wijk, fatma) == [("card_renewed", MORNING), ("card_reminder", MORNING)]
    assert _edits(wijk, fatma)[-1] == ("card_request", "card_renewed")


def test_a_new_card_that_keeps_its_buttons_changes_when_it_comes(wijk: Wijk) -> None:
    fatma, request = _renewed_at_night(wijk)
    cards.edit_all(wijk.session, wijk.now, request, "card_expired", keep=True)
    assert _waiting(wijk, fatma)[-1] == ("card_expired", MORNING)


def test_what_was_to_come_in_the_day_and_is_late_points_to_the_new_card_in_the_morning(wijk: Wijk) -> None:
    fatma, request = wijk.member("Fatma"), wijk.request()
    wijk.deliver()
    wijk.now = moment("2026-11-23 19:59")
    cards.remind(wijk.session, wijk.now, request, [fatma])
    assert quiet_hours.put_off(wijk.session, NIGHT) == 2
    wijk.session.expire_all()
    assert _waiting(wijk, fatma) == [("card_renewed", MORNING), ("card_reminder", MORNING)]


# When the resident asks, and when the card comes.
HOURS = {
    "in the day": ("2026-11-23 10:00", "2026-11-23 10:00"),
    "on Saturday": ("2026-11-28 12:00", "2026-11-28 12:00"),
    "in the evening": ("2026-11-23 21:00", "2026-11-24 09:00"),
    "in the night": ("2026-11-24 03:00", "2026-11-24 09:00"),
    "on Saturday evening": ("2026-11-28 22:00", "2026-11-30 09:00"),
    "at Christmas": ("2026-12-25 12:00", "2026-12-28 09:00"),
}


@pytest.mark.parametrize(("asked", "shown"), HOURS.values(), ids=HOURS)
def test_a_card_comes_when_people_are_awake(wijk: Wijk, asked: str, shown: str) -> None:
    wijk.member("Fatma")
    wijk.now = moment(asked)
    requested = handoffs.request(wijk.session, wijk.now, wijk.person(), WISH)
    (card,) = wijk.session.scalars(select(Outgoing))
    assert card.due_at == requested.shown_at == moment(shown)
