"""Many people press at once: nothing waits for ever, and no request is left without somebody or a clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import closing, handoffs, privacy, relay, silence
from actions.relay import Letter
from store.database import Database
from store.tables import Member, OfferAnswer, Outcome, Person, Request
from tests.actions.people import Wijk, invariant, wish
from tests.talks import START

HANDS, PRESSES, REQUESTS = 6, 25, 12
NO = (OfferAnswer.DECLINED, OfferAnswer.TOO_HEAVY)


def _press(session: Session, random: Random) -> None:
    """One thing that somebody of the team does, or a resident, or that happens by itself."""
    now = START + timedelta(minutes=random.randrange(6000))
    member = random.choice(session.scalars(select(Member).order_by(Member.id)).all())
    number, person_id = random.choice(session.execute(select(Request.id, Request.person_id)).all())
    match random.randrange(9):
        case 0 | 1 | 2:
            handoffs.claim(session, now, member, number)
        case 3:
            handoffs.decline(session, now, member, number, random.choice(NO))
        case 4:
            handoffs.release(session, now, member, number, too_heavy=random.random() < 0.3)
        case 5:
            closing.close(session, now, member, number, random.choice([*Outcome]))
        case 6:
            silence.watch(session, now)
        case 7:
            person = session.get(Person, person_id)
            if person is not None and (found := handoffs.claimed_for(session, person)) is not None:
                relay.to_member(session, now, found, Letter(person.chat_id, 7, "hallo"))
            elif person is not None:
                closing.reopen_of(session, now, person, number)
        case 8:
            handoffs.hand_over(session, now, member)


def test_many_hands_at_once_leave_nothing_without_somebody(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        for number in range(4):
            wijk.member(f"Buur {number}", "smitsveen" if number % 2 else "de_eng", capacity=3)
        wijk.professional(), wijk.coordinator()
        residents = [wijk.person() for _ in range(REQUESTS + 1)]
        for number, annie in enumerate(residents):
            wijk.request(wish(["crisis", "soon", "normal"][number % 3]), annie)
        gone = residents[0].id

    def hand(seed: int) -> None:
        random = Random(seed)
        for press in range(PRESSES):
            with database.transaction() as session:
                if (seed, press) == (0, PRESSES // 2):
                    privacy.forget(session, START, session.get_one(Person, gone))
                else:
                    _press(session, random)

    with ThreadPoolExecutor(HANDS) as threads:
        list(threads.map(hand, range(HANDS)))
    with database.transaction() as session:
        invariant(session)
        assert len(session.scalars(select(Request)).all()) == REQUESTS
