"""A wijk with a hundred thousand residents and everything that the pages of coordinators read about them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from actions import directory_changes
from actions.services import Service
from actions.sources import CODE_LETTERS, LETTERS
from store import encryption
from store.agenda_tables import Availability
from store.dashboard_tables import TextChange
from store.states import Role, Why
from store.tables import DirectoryChange, Member, Misunderstood, Person, Poster

RESIDENTS = 100_000
WIJKEN = ("smitsveen", "de_eng", "soesterberg")
TEAM: Mapping[Role, int] = {
    Role.WIJKVERBINDER: 40,
    Role.PROFESSIONAL: 8,
    Role.COORDINATOR: 3,
    Role.ENERGY_COACH: 4,
    Role.VOLUNTEER: 2,
    Role.ADMINISTRATOR: 2,
    Role.READER: 1,
}
MEMBERS = sum(TEAM.values())
SENTENCES, POSTERS, CHANGES = 2_000, 200, 500
FIRST_CHAT = 1_000_000
SAID = "ik heb het zo koud in huis en de verhuurder doet niks, wat nu"
STATE = """CASE WHEN n <= :residents - 4000 OR n % 4 > 0 THEN 'closed'
    WHEN n % 12 = 0 THEN 'offered' WHEN n % 12 = 4 THEN 'claimed' ELSE 'contacted' END"""
"""Of the last 4,000 requests, those of two weeks, 1,000 are open; of these a third waits for somebody."""
OPEN = f"({STATE}) <> 'closed'"
WIJK = "CASE n % 3 WHEN 0 THEN 'smitsveen' WHEN 1 THEN 'de_eng' ELSE 'soesterberg' END"
HELPER = "1 + n % 40"
FIVE_MINUTES = "(:residents - n) * 300"
"""So many seconds ago is what has number n of the residents: over a year together."""
MANY: Sequence[tuple[str, int, Mapping[str, str]]] = (
    (
        "people",
        RESIDENTS,
        {
            "chat_id": "{sealed}",
            "first_name": ":words",
            "language": "'nl'",
            "reachable": "true",
            "created_at": "{year}",
        },
    ),
    ("talks", RESIDENTS, {"person_id": ":members + n", "state": ":json", "version": "3", "updated_at": "{year}"}),
    (
        "requests",
        RESIDENTS,
        {
            "person_id": ":members + n",
            "wijk": WIJK,
            "topics": "'draught mould'",
            "urgency": "CASE WHEN n % 10 = 0 THEN 'crisis' WHEN n % 3 = 0 THEN 'soon' ELSE 'normal' END",
            "reach": "'here'",
            "by_whom": "'own_wijk'",
            "summary": ":words",
            "why": "''",
            "state": STATE,
            "requested_at": "{year}",
            "waiting_since": "{year}",
            "claimed_by_id": f"CASE ({STATE}) WHEN 'offered' THEN NULL ELSE {HELPER} END",
            "rule": "CASE WHEN n % 48 = 0 THEN 'coordinator' ELSE 'wished' END",
            "on_top": "n % 200 = 0",
            "closed_at": f"CASE WHEN {OPEN} THEN NULL ELSE {{year}} END",
            "outcome": f"CASE WHEN {OPEN} THEN NULL ELSE 'solved' END",
        },
    ),
    (
        "promises",
        RESIDENTS,
        {
            "request_id": "n",
            "made_at": "{year}",
            "due_at": "{promised}",
            "state": f"CASE WHEN {OPEN} AND n % 12 < 8 THEN 'open' ELSE 'kept' END",
        },
    ),
    ("request_changes", RESIDENTS * 3, {"request_id": "(n + 2) / 3", "at": "{thrice}", "change": "'opened'"}),
    (
        "offers",
        RESIDENTS,
        {"request_id": "n", "member_id": HELPER, "at": "{year}", "answer": "'shown'", "card_id": "n"},
    ),
    (
        "outgoing",
        RESIDENTS * 2,
        {
            "chat_id": "{sealed}",
            "content": ":json",
            "due_at": "{month}",
            "sent_at": "{month}",
            "state": "'sent'",
            "attempts": "1",
            "repeatable": "true",
        },
    ),
    (
        "appointments",
        10_000,
        {
            "request_id": "n",
            "person_id": ":members + n",
            "member_id": HELPER,
            "kind": "'talk'",
            "place": "'home'",
            "starts_at": "{year}",
            "ends_at": "{year}",
            "state": "'kept'",
            "booked_at": "{year}",
            "uid": "CAST(n AS VARCHAR(36))",
            "sequence": "0",
            "changed_at": "{year}",
        },
    ),
    ("appointment_waits", 100, {"request_id": ":residents - 4 * n", "kind": "'coach'", "since": "{year}"}),
    ("audit_log", RESIDENTS, {"at": "{year}", "member_id": HELPER, "act": "'shown'", "about": "'page:team'"}),
    (
        "signals",
        RESIDENTS // 5,
        {"person_id": ":members + n", "at": "{year}", "topic": "'mould'", "wijk": WIJK, "complex": "''"},
    ),
)
"""Tables of many rows: how many, and what stands in each column of row n."""
TIMES: Mapping[str, str] = {
    "year": FIVE_MINUTES,
    "thrice": "(:residents * 3 - n) * 100",
    "promised": f"{FIVE_MINUTES} - 10 * 86400",
    "month": "(:residents * 2 - n) * 12",
}
INSERT = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    INSERT INTO {table} ({columns}) SELECT {values} FROM numbers
"""
AGO = {
    "sqlite": "(datetime(:now, (-({seconds})) || ' seconds') || '.000000')",
    "postgresql": "(CAST(:now AS timestamptz) - ({seconds}) * interval '1 second')",
}
SEALED = {
    "sqlite": "CAST(CAST(n AS VARCHAR(20)) AS BLOB)",
    "postgresql": "CAST(CAST(n AS VARCHAR(20)) AS BYTEA)",
}
"""In the place of the number of a chat, which no page reads."""


def fill(session: Session, now: datetime, services: Sequence[Service], texts: Sequence[str]) -> None:
    """Put all of them into an empty database, with what was said of these services and written in these texts."""
    _team(session, now)
    dialect = session.get_bind().dialect.name
    moments = {name: AGO[dialect].format(seconds=seconds) for name, seconds in TIMES.items()}
    bound = {
        "now": now.replace(tzinfo=None).isoformat(" ") if dialect == "sqlite" else now.isoformat(),
        "residents": RESIDENTS,
        "members": MEMBERS,
        "words": encryption.encrypt(SAID),
        "json": encryption.encrypt('{"key": "utter_hello", "values": {"name": "Voorbeeld"}}'),
    }
    for table, count, cells in MANY:
        values = ", ".join(cells.values()).format(**moments, sealed=SEALED[dialect])
        statement = text(INSERT.format(table=table, columns=", ".join(cells), values=values))
        used = {name: value for name, value in bound.items() if f":{name}" in statement.text}
        session.execute(statement, {**used, "count": count})
    session.execute(insert(Misunderstood), list(_sentences(now)))
    session.execute(insert(Poster), list(posters(now)))
    session.execute(insert(DirectoryChange), list(_said(now, services)))
    session.execute(insert(TextChange), list(written(now, texts, 1)))


def _team(session: Session, now: datetime) -> None:
    roles = [role for role, count in TEAM.items() for _ in range(count)]
    for number, role in enumerate(roles):
        person = Person(chat_id=FIRST_CHAT + number, first_name=f"Helper {number}", created_at=now)
        wijk = WIJKEN[number % len(WIJKEN)] if role is Role.WIJKVERBINDER else None
        member = Member(name=f"Helper {number}", wijk=wijk, role=role, person=person, created_at=now, capacity=20)
        session.add(member)
        session.flush()  # one after the other, so that the helpers have the first numbers
        hours = [{"days": [0, 1, 2, 3], "opens": 9 * 60, "closes": 17 * 60}]
        session.add(Availability(member_id=member.id, hours=hours))
    session.flush()


def _sentences(now: datetime) -> Iterator[dict[str, Any]]:
    """Of the last month; half of them somebody has looked at."""
    for number in range(SENTENCES):
        at = now - timedelta(minutes=20 * number)
        yield {
            "at": at,
            "person_id": MEMBERS + 1 + number,
            "text": f"{SAID} {number}",
            "intents": [["draught", 0.4], ["mould", 0.3]],
            "shown": ["draught", "mould"],
            "why": list(Why)[number % len(Why)],
            "label": "draught" if number % 2 else None,
            "labelled_at": at if number % 2 else None,
        }


def posters(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(POSTERS):
        wijk = WIJKEN[number % len(WIJKEN)]
        code = "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(CODE_LETTERS))
        yield {"code": code, "wijk": wijk, "place": f"Plaats {number}", "created_at": now}


def _said(now: datetime, services: Sequence[Service]) -> Iterator[dict[str, Any]]:
    """What was said of each service in turn, over the years."""
    for number, service in zip(range(CHANGES), itertools.cycle(services), strict=False):
        yield {
            "at": now - timedelta(days=CHANGES - number),
            "service": service.key,
            "change": directory_changes.Change.CONFIRMED.value,
            "fields": {},
            "member_id": 1,
        }


def written(now: datetime, keys: Sequence[str], member: int) -> Iterator[dict[str, Any]]:
    """Wordings that somebody wrote; `replaces` is of words that stand in no file any more."""
    for number, key in zip(range(CHANGES), itertools.cycle(keys), strict=False):
        yield {
            "at": now - timedelta(days=CHANGES - number),
            "member_id": member,
            "language": "nl",
            "key": key,
            "variant": 0,
            "version": 1 + number // len(keys),
            "replaces": "0" * 64,
            "text": f"Tekst {number}.",
            "titles": [],
        }
