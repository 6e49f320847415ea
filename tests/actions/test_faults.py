"""A process dies right before it would have written: nothing has changed, and the second time it works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Row
from sqlalchemy.orm import Session

from actions import closing, handoffs, measures, notes, practice, privacy, promises, relay, silence
from actions.relay import Letter
from store.database import Database
from store.states import Measures, OfferAnswer, Outcome, RequestState
from store.tables import Member, Person, Request, Table
from tests.actions.people import WISH, Wijk, invariant, moment
from tests.talks import START

LATER = moment("2026-11-24 10:00")


class Killed(Exception):
    """The process is gone."""


def _everything(database: Database) -> dict[str, list[Row[Any]]]:
    with database.reading() as session:
        tables = Table.metadata.sorted_tables
        return {table.name: sorted(session.execute(table.select()).all(), key=str) for table in tables}


class Case:
    """A request, its resident, and the neighbour Fatma."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, START
        members = {member.name: member for member in session.query(Member)}
        self.fatma, self.coby = members["Fatma"], members["Coby"]
        self.request = session.query(Request).one()
        self.annie: Person = self.request.person

    def letter(self) -> Letter:
        return Letter(self.annie.chat_id, 7, "hallo")


Act = Callable[[Case], object]
OFFERED, CLAIMED, CONTACTED, CLOSED = (
    RequestState.OFFERED,
    RequestState.CLAIMED,
    RequestState.CONTACTED,
    RequestState.CLOSED,
)
# What is done, and in which state the request is then.
OPERATIONS: dict[str, tuple[RequestState, Act]] = {
    "request": (OFFERED, lambda c: handoffs.request(c.session, c.now, c.annie, WISH)),
    "claim": (OFFERED, lambda c: handoffs.claim(c.session, c.now, c.fatma, c.request.id)),
    "decline": (
        OFFERED,
        lambda c: handoffs.decline(c.session, c.now, c.fatma, c.request.id, OfferAnswer.DECLINED),
    ),
    "too heavy": (
        OFFERED,
        lambda c: handoffs.decline(c.session, c.now, c.fatma, c.request.id, OfferAnswer.TOO_HEAVY),
    ),
    "assign": (OFFERED, lambda c: handoffs.assign(c.session, c.now, c.coby, c.request.id, c.fatma.id)),
    "release": (CLAIMED, lambda c: handoffs.release(c.session, c.now, c.fatma, c.request.id)),
    "give to a professional": (
        CONTACTED,
        lambda c: handoffs.release(c.session, c.now, c.fatma, c.request.id, too_heavy=True),
    ),
    "leave": (CONTACTED, lambda c: handoffs.leave(c.session, c.now, c.fatma.id)),
    "lose a member": (CLAIMED, lambda c: handoffs.lose(c.session, c.now, c.fatma)),
    "lose a resident": (CLAIMED, lambda c: relay.tell_lost(c.session, c.now, c.annie.chat_id)),
    "pass on to the member": (
        CONTACTED,
        lambda c: relay.to_member(c.session, c.now, c.request, c.letter()),
    ),
    "pass on to the resident": (
        CLAIMED,
        lambda c: relay.to_resident(c.session, c.now, c.request, c.fatma, c.letter()),
    ),
    "speak": (CLAIMED, lambda c: relay.spoke(c.session, c.now, c.fatma, c.request.id)),
    "note": (CLAIMED, lambda c: notes.write(c.session, c.now, c.request, c.fatma, "x")),
    "want measures": (
        CLAIMED,
        lambda c: measures.want(c.session, c.now, c.fatma, c.request.id, Measures.KIT),
    ),
    "say kept": (CLAIMED, lambda c: promises.say_kept(c.session, c.now, c.request)),
    "say broken": (CONTACTED, lambda c: promises.say_broken(c.session, c.now, c.request)),
    "say missed": (CONTACTED, lambda c: promises.say_missed(c.session, c.now, c.request)),
    "close": (CONTACTED, lambda c: closing.close(c.session, c.now, c.fatma, c.request.id, Outcome.OTHER)),
    "reopen": (CLOSED, lambda c: closing.reopen_of(c.session, c.now, c.annie, c.request.id)),
    "reopen by the member": (CLOSED, lambda c: closing.reopen(c.session, c.now, c.request, c.fatma)),
    "watch a card": (OFFERED, lambda c: silence.watch(c.session, LATER)),
    "watch a taker": (CLAIMED, lambda c: silence.watch(c.session, moment("2026-11-26 10:00"))),
    "practise": (OFFERED, lambda c: practice.begin(c.session, c.now, c.fatma)),
    "forget": (CONTACTED, lambda c: privacy.forget(c.session, c.now, c.annie)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_dies_before_it_is_written_has_not_happened_and_works_the_second_time(
    database: Database, name: str
) -> None:
    state, act = OPERATIONS[name]
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.request_in(state, wijk.person())
        wijk.member("Joop"), wijk.professional(), wijk.coordinator()
        wijk.deliver()
    before = _everything(database)

    def die() -> None:
        with database.transaction() as session:
            act(Case(session))
            session.flush()
            raise Killed

    with pytest.raises(Killed):
        die()
    assert _everything(database) == before
    with database.transaction() as session:
        act(Case(session))
    with database.transaction() as session:
        invariant(session)
    assert _everything(database) != before
