"""Who of the team may see and do what: one table, from which the code decides and `docs/privacy.md` is written.

Beside the role it also matters whose something is: a card is pressed only by who was shown it, a request is read only
by who took it (`actions.handoffs`), settings are one's own. Residents may nothing of this: they are not of the team.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from store.states import Role

Roles = frozenset[Role]

COORDINATES: Roles = frozenset({Role.COORDINATOR})
ADMINISTERS: Roles = frozenset({Role.ADMINISTRATOR})
OFFICE: Roles = COORDINATES | ADMINISTERS
ON_PAGE: Roles = OFFICE | {Role.READER}
"""Who may use the web page."""
TAKES: Roles = COORDINATES | {Role.WIJKVERBINDER, Role.PROFESSIONAL}
"""Who can have requests."""
MEETS: Roles = TAKES | {Role.ENERGY_COACH, Role.VOLUNTEER}
"""Who can have appointments."""
PAGE_ONLY: Roles = frozenset(Role) - MEETS
"""Who is here for the web page only: no requests, no appointments."""


@dataclass(frozen=True)
class Allowed:
    """Who sees a page with its files, and who may send its forms."""

    what: str
    sees: Roles
    acts: Roles


PAGES: Mapping[str, Allowed] = {
    "vandaag": Allowed("what waits: numbers, states, wijken", OFFICE, OFFICE),
    "aanvragen": Allowed("load and state of requests, never words", OFFICE, OFFICE),
    "team": Allowed("names, holidays, load and start links of the team", OFFICE, OFFICE),
    "cijfers": Allowed("figures, small numbers hidden", ON_PAGE, OFFICE),
    "gids": Allowed("the records of the directory", ON_PAGE, OFFICE),
    "teksten": Allowed("what the bot says", OFFICE, OFFICE),
    "zinnen": Allowed("sentences that were not understood, masked", OFFICE, OFFICE),
    "keuzetabel": Allowed("how urgency is decided", ON_PAGE, OFFICE),
    "posters": Allowed("posters and who they are of", OFFICE, OFFICE),
    "instellingen": Allowed("one's own settings", ON_PAGE, ON_PAGE),
    "logboek": Allowed("who was shown and did what", ADMINISTERS, ADMINISTERS),
    "werk": Allowed("what one ordered on another page", ON_PAGE, OFFICE),
}
"""The pages of the web page, by the first part of their address."""


class Right(enum.StrEnum):
    """What part of a page somebody sees or does beside the rest of it."""

    NAMES_IN_FIGURES = "figures in which names of the team are"
    DANGER_TEXTS = "change texts about danger"
    HOUSE = "how the organisation is set, on Instellingen"
    HISTORY = "who of the team said what of a record of the directory"


RIGHTS: Mapping[Right, Roles] = {
    Right.NAMES_IN_FIGURES: OFFICE,
    Right.DANGER_TEXTS: ADMINISTERS,
    Right.HOUSE: OFFICE,
    Right.HISTORY: OFFICE,
}
COMMANDS: Mapping[str, Roles] = {
    "/vandaag": MEETS,
    "/team": COORDINATES,
    "/maatregelen": MEETS,
    "/instellingen": MEETS,
    "/oefenen": TAKES,
    "/notitie": TAKES,
    "/cijfers": COORDINATES,
    "/webpagina": ON_PAGE,
    "/gegevens": frozenset(Role),
}
"""What somebody of the team can type to the bot."""
BUTTONS: Mapping[str, Roles] = {
    **dict.fromkeys(("claim", "decline", "heavy", "back", "open", "again"), TAKES),
    **dict.fromkeys(("spoke", "case", "sentences", "say", "note", "close", "end"), TAKES),
    **dict.fromkeys(("want", "picked", "fitted", "plan", "well"), TAKES),
    **dict.fromkeys(("pass", "give"), COORDINATES),
    **dict.fromkeys(("meet", "shift", "unmeet", "attend", "dir", "set"), MEETS),
}
"""The buttons of the team in Telegram, by the first part of their data."""
