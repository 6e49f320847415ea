"""Notes of the team: kept with the request, shown to who helps next, never sent to the resident."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from actions import handoffs, notes, privacy
from actions.notes import LONGEST, MOST_SHOWN
from store.tables import RequestNote
from tests.actions.people import WISH, Wijk

SECRET = "Doet de deur niet open."


def test_the_latest_notes_are_given_with_their_day_the_oldest_first(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    for number in range(MOST_SHOWN + 2):
        notes.write(wijk.session, wijk.now + timedelta(days=number), request, fatma, f"nummer {number}")
    given = notes.lines(wijk.session, request)
    assert given == ["25-11: nummer 2", "26-11: nummer 3", "27-11: nummer 4", "28-11: nummer 5", "29-11: nummer 6",
                     "30-11: nummer 7"]  # fmt: skip
    assert wijk.changes(request).count("noted") == MOST_SHOWN + 2


def test_the_day_of_a_note_is_that_of_the_dutch_clock(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    notes.write(wijk.session, wijk.now.replace(hour=23, minute=30), request, fatma, "laat")
    assert notes.lines(wijk.session, request) == ["24-11: laat"]


def test_all_that_is_shown_fits_in_one_message(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request = wijk.claimed(fatma)
    for _ in range(MOST_SHOWN):
        notes.write(wijk.session, wijk.now, request, fatma, "x" * 9000)
    assert len("\n".join(notes.lines(wijk.session, request))) < MOST_SHOWN * (LONGEST + 20) < 4096


def test_a_note_of_another_request_is_not_given(wijk: Wijk) -> None:
    fatma = wijk.member("Fatma")
    request, other = wijk.claimed(fatma), wijk.claimed(fatma)
    notes.write(wijk.session, wijk.now, request, fatma, SECRET)
    assert notes.lines(wijk.session, other) == []


def test_the_resident_is_never_sent_a_note_and_it_goes_with_them(wijk: Wijk) -> None:
    fatma, joop, annie = wijk.member("Fatma"), wijk.member("Joop"), wijk.person()
    request = wijk.claimed(fatma, WISH, annie)
    notes.write(wijk.session, wijk.now, request, fatma, SECRET)
    handoffs.release(wijk.session, wijk.now, fatma, request.id)
    wijk.claim(joop, request)
    assert SECRET in str(wijk.messages(joop))
    assert SECRET not in str(wijk.messages(annie))
    privacy.forget(wijk.session, wijk.now, annie)
    assert wijk.session.scalar(select(RequestNote)) is None
    assert SECRET not in str(wijk.messages(joop))
