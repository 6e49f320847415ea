"""What is counted of a talk, without the person in it (`docs/figures.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from actions.signals import DELAY
from bot.dialogue.conversation import Conversation, Counted, Event, Happened
from bot.incoming import Kind
from bot.visit import Visit
from store.tables import Event as EventRow

COUNTED = frozenset(
    {"talk_started", "asked", "answered", "danger", "not_understood", "doubted", "meant", "language", "told"}
    | {"flow_started", "flow_ended", "listened", "topic", "with_topic", "passed_on", "typed", "unclear"}
)
AGAIN = "again"
WHOLE_OF: Mapping[str, str] = {"answered": "asked", "passed_on": "with_topic", "unclear": "typed"}
"""What is a part of what: it is counted at the moment and in the wijk of its whole, so that it can be divided by it."""
SETTLED: timedelta = DELAY
"""A part that comes later than this is no part any more: the figures of that week are told by then."""


def note(visit: Visit, conversation: Conversation, events: list[Event]) -> Mapping[str, Counted]:
    """Keep what is worth counting; gives what has happened in this talk by now."""
    counted = dict(conversation.counted)
    for event in (*_typed(visit, events), *(one for one in events if isinstance(one, Happened))):
        if event.name == "asked" and event.key in counted:
            counted.setdefault(f"{AGAIN}/{event.key}", counted[event.key])
        if event.name in COUNTED:
            row = _row(visit, conversation, event, counted)
            visit.session.add(row)
            counted.setdefault(event.key, (row.at.isoformat(), row.wijk))
    return counted


def _typed(visit: Visit, events: list[Event]) -> Iterator[Happened]:
    """That somebody typed a sentence to the bot, and whether it was not understood."""
    if visit.incoming.kind is Kind.TEXT and not visit.incoming.text.startswith("/"):
        yield Happened("typed")
        if any(isinstance(one, Happened) and one.name == "not_understood" for one in events):
            yield Happened("unclear")


def _row(visit: Visit, conversation: Conversation, event: Happened, counted: Mapping[str, Counted]) -> EventRow:
    slots = conversation.slots
    case = str(slots.get("case") or "")
    about = int(case) if event.name == "told" and case.isdecimal() else None
    row = EventRow(at=visit.now, name=event.name, detail=event.detail, flow=event.flow, request_id=about)
    row.wijk, row.source, row.first = slots.get("wijk"), visit.person.source, event.key not in counted
    if event.name in WHOLE_OF and row.first:
        _put_with_its_whole(row, event, counted)
    return row


def _put_with_its_whole(row: EventRow, event: Happened, counted: Mapping[str, Counted]) -> None:
    whole = event.part_of(WHOLE_OF[event.name])
    since, wijk = counted.get(whole, ("", None))
    row.first = bool(since) and row.at - datetime.fromisoformat(since) <= SETTLED
    if row.first:
        row.at, row.wijk = datetime.fromisoformat(since), wijk
        if f"{AGAIN}/{whole}" in counted:
            row.name = "answered_again"
