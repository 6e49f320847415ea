"""How long each kind of thing is kept (domain.md, section 8), and reading what an organisation chooses of it.

Which rows that are stands in `actions.retention`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from actions.records import Record

Terms = Mapping[str, timedelta]
"""How long by the key of `TERMS`."""
FIELD = "retention"


@dataclass(frozen=True)
class Term:
    """How many days at most, which is also how many if nothing else is chosen, and counted from when.

    `told`: residents and the team are told; the rest is ours alone and goes sooner.
    """

    days: int
    since: str
    told: bool = True


TERMS: Mapping[str, Term] = {
    "talk": Term(30, "the last word in it"),
    "unkept": Term(1, "the last word in it, of who did not say that answers may be kept"),
    "person": Term(30, "the first word, once nothing else is kept of them"),
    "message": Term(30, "it was handled, or due to be sent"),
    "attachment": Term(30, "it was sent"),
    "misunderstood": Term(30, "it was written"),
    "closed_request": Term(90, "it was closed"),
    "signal": Term(365, "the household let it count"),
    "audit": Term(365, "it was shown or changed"),
    "member": Term(365, "they were invited, once no request and no log names them"),
    "backup": Term(30, "the copy was made"),
    "practice": Term(7, "it began", told=False),
    "signed_in": Term(1, "the link or the session ended", told=False),
}
LONGEST: Terms = {key: timedelta(days=term.days) for key, term in TERMS.items()}


def called(key: str) -> str:
    """The key of the text that says what a term is about, to residents and team alike."""
    return f"utter_term_{key}"


def read_terms(organisation: Record) -> Terms:
    """What stands under `retention:`, in days, and the longest for the rest; raises `DirectoryError` for longer."""
    chosen = organisation.record(FIELD, "the terms")
    if chosen is None:
        return LONGEST
    chosen.only(TERMS)
    days = {key: chosen.whole(key, 1, term.days) or term.days for key, term in TERMS.items()}
    return {key: timedelta(days=one) for key, one in days.items()}
