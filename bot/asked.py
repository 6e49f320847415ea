"""What an action of a flow may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.dialogue.conversation import Conversation
from bot.words import Words
from store.tables import Person


@dataclass(frozen=True)
class Asked:
    """The transaction, the moment, the person, their talk and the slots as the flow sees them."""

    session: Session
    now: datetime
    person: Person
    conversation: Conversation
    slots: Mapping[str, Any]
    words: Words
