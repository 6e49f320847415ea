"""How somebody came in: by a poster of a wijk, which is then known without asking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from actions import sources
from bot.dialogue.conversation import Conversation
from bot.visit import Visit

FROM_POSTER = f"/start {sources.LINK_PREFIX}"


def by_poster(visit: Visit, wijken: Collection[str]) -> Visit:
    """The visit with the wijk of the poster that was scanned; with a code that we do not know it is a plain start.

    Only who is new is counted. Who is in the middle of a talk goes on with it.
    """
    text = visit.incoming.text
    poster = sources.find(visit.session, text.removeprefix(FROM_POSTER)) if text.startswith(FROM_POSTER) else None
    if poster is None or poster.wijk not in wijken:
        return visit
    if not visit.conversation.started:
        sources.note_arrival(visit.session, visit.now, visit.person, poster)
    return replace(visit, heard=replace(visit.heard, known={"wijk": poster.wijk}))


def forget_if_refused(visit: Visit, conversation: Conversation) -> None:
    """Who does not want answers kept: how they came is forgotten at once, the wijk when the talk is over.

    That somebody came by the poster stays counted; there is no person in that figure.
    """
    if conversation.slots.get("consent") == "no":
        visit.person.source = None
