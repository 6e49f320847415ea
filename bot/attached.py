"""Files that a resident sends before anybody helps: kept for whoever will, when the resident lets us keep answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions import attachments
from bot.dialogue.conversation import Event, Said
from bot.visit import Visit

SLOT = "attachments"
ANSWERS = frozenset({"utter_photo", "utter_voice", "utter_document"})


def keep(visit: Visit) -> Visit:
    """Keep the file of this visit, if there is one and it may be; the talk then knows how many there are."""
    if is_kept(visit):
        incoming = visit.incoming
        attachments.keep(visit.session, visit.now, visit.person, incoming.file_kind, incoming.file_id)
    elif SLOT not in visit.conversation.slots:
        return visit
    slots = {**visit.conversation.slots, SLOT: attachments.count(visit.session, visit.person)}
    return replace(visit, conversation=replace(visit.conversation, slots=slots))


def is_kept(visit: Visit) -> bool:
    """Never without consent, and never what came with words about danger (domain.md, section 8)."""
    return bool(visit.incoming.file_id) and not visit.person_keeps_nothing and not visit.heard.danger


def told(visit: Visit, events: Sequence[Event]) -> list[Event]:
    """The events, with the answer saying that the file is kept."""
    if not is_kept(visit):
        return list(events)
    found = [_kept(event) if isinstance(event, Said) and event.key in ANSWERS else event for event in events]
    return found if found != list(events) else [Said("utter_attachment_kept", {}), *events]


def _kept(answer: Said) -> Said:
    return replace(answer, values={**answer.values, "kept": "yes"})
