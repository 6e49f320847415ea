"""States, roles and reasons that are stored as whole words."""

from __future__ import annotations

import enum

from sqlalchemy import Enum


class Words(enum.StrEnum):
    """A status that is stored as a whole word."""


def as_word(kind: type[Words]) -> Enum:
    """The column of a status."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda members: [m.value for m in members])


class InboxState(Words):
    RECEIVED = "received"
    HANDLED = "handled"
    SET_ASIDE = "set_aside"


class OutgoingState(Words):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


class Role(Words):
    WIJKVERBINDER = "wijkverbinder"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"
    ENERGY_COACH = "energy_coach"
    """Comes to look at the house; is shown no requests."""
    VOLUNTEER = "volunteer"
    """Comes to fit measures; is shown no requests."""
    ADMINISTRATOR = "administrator"
    """Looks after the web page and its log; gets no requests and no appointments."""
    READER = "reader"
    """Reads the figures on the web page, and nothing else."""


class RequestState(Words):
    """Where a request is. Which change leads where stands in `actions.request_states`."""

    REQUESTED = "requested"
    """Nobody of the team has been shown its card: the coordinator answers for it."""
    OFFERED = "offered"
    CLAIMED = "claimed"
    """Somebody answers for it, and has not spoken with the resident yet."""
    CONTACTED = "contacted"
    RELEASED = "released"
    """Given back, and nobody has been shown it since."""
    EXPIRED = "expired"
    """Taken back from somebody who stayed silent, and nobody has been shown it since."""
    REOPENED = "reopened"
    """Closed before, and nobody has been shown it since."""
    CLOSED = "closed"


class Rule(Words):
    """The rung of the routing ladder that decides who is shown a request, in the order in which they are tried."""

    POSTER = "poster"
    """Whose poster the resident scanned."""
    EARLIER = "earlier"
    """Who helped this resident before."""
    LANGUAGE = "language"
    """Those whom the resident wished, as far as they speak the language of the resident."""
    WISHED = "wished"
    """Those whom the resident wished: of the own wijk, of another wijk, or a professional."""
    POOL = "pool"
    """Everybody who does not go against that wish."""
    COORDINATOR = "coordinator"
    """The coordinators, who look for somebody."""


class OfferAnswer(Words):
    """What became of the card that somebody was shown."""

    SHOWN = "shown"
    DECLINED = "declined"
    TOO_HEAVY = "too_heavy"


class PromiseState(Words):
    OPEN = "open"
    KEPT = "kept"
    ESCALATED = "escalated"
    """Not kept in time, or the resident says that it was not: a coordinator has been told."""
    REPLACED = "replaced"
    """Another promise took its place, or there is nothing left to promise."""


class Outcome(Words):
    """How a request ended, as whoever closed it says."""

    SOLVED = "solved"
    REFERRED = "referred"
    COACH_BOOKED = "coach_booked"
    MEASURES_PLACED = "measures_placed"
    NOT_REACHED = "not_reached"
    OTHER = "other"


class Measures(Words):
    """Free measures against cold that a resident asks for."""

    KIT = "kit"
    """Materials to fit by oneself."""
    FITTING = "fitting"
    """Materials with volunteers who fit them."""


class Urgency(Words):
    """How soon somebody must look at it (domain.md, section 3), most urgent first."""

    DANGER = "danger"
    CRISIS = "crisis"
    SOON = "soon"
    NORMAL = "normal"
    INFO = "info"


class Why(Words):
    """Why a sentence is kept for review."""

    UNSURE = "unsure"
    """Below the threshold: the bot did not know what was meant."""
    DOUBT = "doubt"
    """The bot asked which of a few it was."""
    CORRECTED = "corrected"
    """The bot thought that it knew, and the resident said otherwise."""
