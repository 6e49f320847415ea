"""Everything that is held, as one table: of whom it is, how it hangs on them, how long it stays and who sees it.

What a resident or member is told of themselves (`actions.my_data`), what `/vergeet` must reach, and the table in
`docs/privacy/` all follow from it; a column that is not in it turns a test red.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from store.agenda_tables import Appointment, AppointmentWait, Availability
from store.dashboard_tables import AuditEntry, SignInLink, Table, TextChange, WebSession
from store.figure_tables import FigureMail, FigureWeek
from store.tables import (
    Attachment,
    DataKey,
    DirectoryChange,
    Event,
    Inbox,
    Member,
    Misunderstood,
    Offer,
    Outgoing,
    Person,
    Poster,
    Promise,
    Request,
    RequestChange,
    RequestNote,
    Signal,
    SignalReport,
    Talk,
)


class Whose(enum.StrEnum):
    """Of whom a column tells something."""

    RESIDENT = "resident"
    MEMBER = "member"
    NOBODY = "nobody"


class Tie(enum.StrEnum):
    """What the column by which a row hangs on somebody holds."""

    PERSON = "person"
    CHAT = "chat"
    REQUEST = "request"
    """The number of a request: the row is of the resident who asked it."""
    MEMBER = "member"


class Term(enum.StrEnum):
    """How long a row stays: the keys of `actions.terms.TERMS`, and `stays`."""

    TALK = "talk"
    MESSAGE = "message"
    ATTACHMENT = "attachment"
    MISUNDERSTOOD = "misunderstood"
    CLOSED_REQUEST = "closed_request"
    SIGNAL = "signal"
    AUDIT = "audit"
    SIGNED_IN = "signed_in"
    PERSON = "person"
    MEMBER = "member"
    STAYS = "stays"
    """There is nobody in it, or it is the history of a text."""


class Seer(enum.StrEnum):
    """Who of the team is shown it. What no line names nobody of the team is shown."""

    ASKED = "asked"
    """Who is shown the card."""
    HELPER = "helper"
    """Who took the request."""
    VISITOR = "visitor"
    """Who comes or calls at an appointment."""
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    """Who reads sentences that were not understood: a coordinator or an administrator."""


@dataclass(frozen=True)
class Held:
    """One table: its columns between spaces, each named once, under of whom it tells something.

    `ties` are the columns by which a row hangs on somebody. `withheld` are columns that are not shown to the resident
    of whom they are, because somebody else wrote them for colleagues; that they are there is said, and whom to ask.
    """

    table: type[Table]
    term: Term
    resident: str = ""
    member: str = ""
    nobody: str = ""
    ties: Mapping[str, Tie] = field(default_factory=dict)
    seen: Mapping[Seer, str] = field(default_factory=dict)
    withheld: str = ""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    def columns(self, whose: Whose) -> Sequence[str]:
        named = {Whose.RESIDENT: self.resident, Whose.MEMBER: self.member, Whose.NOBODY: self.nobody}
        return named[whose].split()

    def seers(self, column: str) -> Sequence[Seer]:
        return [seer for seer, columns in self.seen.items() if column in columns.split()]


HELD: tuple[Held, ...] = (
    Held(
        Person,
        Term.PERSON,
        resident="chat_id first_name language reachable created_at source messages_stopped discreet",
        nobody="id",
        ties={"id": Tie.PERSON},
        seen={Seer.HELPER: "first_name", Seer.VISITOR: "first_name"},
    ),
    Held(
        Talk,
        Term.TALK,
        resident="person_id state updated_at unkept",
        nobody="version",
        ties={"person_id": Tie.PERSON},
    ),
    Held(
        Inbox,
        Term.MESSAGE,
        resident="chat_id received_at content",
        nobody="update_id state attempts handled_at",
        ties={"chat_id": Tie.CHAT},
    ),
    Held(
        Outgoing,
        Term.MESSAGE,
        resident="chat_id content subject due_at telegram_message_id source_chat_id source_message_id sent_at",
        nobody="id state attempts repeatable edits_id claimed_until",
        ties={"chat_id": Tie.CHAT, "source_chat_id": Tie.CHAT},
        seen={Seer.HELPER: "content"},
    ),
    Held(
        Request,
        Term.CLOSED_REQUEST,
        resident=(
            "id person_id wijk topics urgency reach by_whom summary contact exit coach why state requested_at"
            " claimed_at contacted_at closed_at outcome outcome_detail rule language measures picked_up_at fitted_at"
        ),
        member="claimed_by_id",
        nobody="waiting_since reminded unanswered_since unanswered_reminded look_at on_top practice",
        ties={"person_id": Tie.PERSON, "claimed_by_id": Tie.MEMBER},
        seen={
            Seer.ASKED: "id wijk topics urgency reach state rule",
            Seer.HELPER: "id wijk topics urgency reach summary contact exit coach why state measures language",
            Seer.COORDINATOR: "id wijk topics urgency state requested_at claimed_at claimed_by_id closed_at outcome",
        },
    ),
    Held(
        RequestChange,
        Term.CLOSED_REQUEST,
        resident="request_id at change",
        member="member_id",
        nobody="id",
        ties={"request_id": Tie.REQUEST, "member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "request_id at change member_id"},
    ),
    Held(
        Offer,
        Term.CLOSED_REQUEST,
        resident="request_id at",
        member="member_id answer",
        nobody="id card_id",
        ties={"request_id": Tie.REQUEST, "member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "request_id at member_id answer"},
    ),
    Held(
        Promise,
        Term.CLOSED_REQUEST,
        resident="request_id made_at due_at state asked_at settled_at",
        member="member_id",
        nobody="id",
        ties={"request_id": Tie.REQUEST, "member_id": Tie.MEMBER},
        seen={Seer.HELPER: "request_id due_at state", Seer.COORDINATOR: "request_id due_at state member_id"},
    ),
    Held(
        RequestNote,
        Term.CLOSED_REQUEST,
        resident="request_id at text",
        member="member_id",
        nobody="id",
        ties={"request_id": Tie.REQUEST, "member_id": Tie.MEMBER},
        seen={Seer.HELPER: "request_id at text"},
        withheld="text",
    ),
    Held(
        Appointment,
        Term.CLOSED_REQUEST,
        resident=(
            "request_id person_id kind place starts_at ends_at whereabouts state booked_at changed_at resident_says"
            " member_says"
        ),
        member="member_id",
        nobody="id uid sequence",
        ties={"request_id": Tie.REQUEST, "person_id": Tie.PERSON, "member_id": Tie.MEMBER},
        seen={
            Seer.VISITOR: "request_id kind place starts_at ends_at whereabouts state resident_says",
            Seer.HELPER: "request_id kind place starts_at ends_at state",
        },
    ),
    Held(
        AppointmentWait,
        Term.CLOSED_REQUEST,
        resident="request_id kind since offered_at",
        nobody="id",
        ties={"request_id": Tie.REQUEST},
        seen={Seer.COORDINATOR: "request_id kind since"},
    ),
    Held(
        Attachment,
        Term.ATTACHMENT,
        resident="person_id at kind file_id",
        nobody="id",
        ties={"person_id": Tie.PERSON},
        seen={Seer.HELPER: "kind file_id"},
    ),
    Held(
        Signal,
        Term.SIGNAL,
        resident="person_id at topic wijk complex together",
        nobody="id",
        ties={"person_id": Tie.PERSON},
    ),
    Held(
        Misunderstood,
        Term.MISUNDERSTOOD,
        resident="at person_id text intents shown chosen open_slot language label why labelled_at means_now",
        nobody="id read_by_model",
        ties={"person_id": Tie.PERSON},
        seen={Seer.REVIEWER: "at text intents shown chosen open_slot language label why means_now"},
    ),
    Held(
        Member,
        Term.MEMBER,
        member=(
            "id name wijk role person_id active created_at languages capacity available away_until hours email"
            " monday_figures figures_by_mail"
        ),
        nobody="link_digest link_expires_at",
        ties={"id": Tie.MEMBER, "person_id": Tie.PERSON},
        seen={
            Seer.COORDINATOR: "id name wijk role active languages capacity available away_until hours email",
            Seer.ADMINISTRATOR: "id name wijk role active languages capacity available away_until hours email",
        },
    ),
    Held(
        Availability,
        Term.MEMBER,
        member="member_id hours minutes pause a_day days_off",
        nobody="feed_digest",
        ties={"member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "member_id hours minutes pause a_day days_off"},
    ),
    Held(
        SignInLink,
        Term.SIGNED_IN,
        member="member_id expires_at used_at",
        nobody="digest",
        ties={"member_id": Tie.MEMBER},
    ),
    Held(
        WebSession,
        Term.SIGNED_IN,
        member="member_id created_at seen_at expires_at",
        nobody="digest",
        ties={"member_id": Tie.MEMBER},
    ),
    Held(
        AuditEntry,
        Term.AUDIT,
        member="at member_id act about",
        nobody="id previous digest",
        ties={"member_id": Tie.MEMBER},
        seen={Seer.ADMINISTRATOR: "at member_id act about"},
    ),
    Held(
        FigureMail,
        Term.MESSAGE,
        member="member_id week due_at tries sent_at",
        nobody="id",
        ties={"member_id": Tie.MEMBER},
    ),
    Held(
        Poster,
        Term.STAYS,
        member="member_id",
        nobody="code wijk place created_at",
        ties={"member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "code wijk place created_at member_id"},
    ),
    Held(
        DirectoryChange,
        Term.STAYS,
        member="member_id at service change",
        nobody="id fields",
        ties={"member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "at service change fields member_id"},
    ),
    Held(
        TextChange,
        Term.STAYS,
        member="member_id at language key",
        nobody="id variant version replaces text titles",
        ties={"member_id": Tie.MEMBER},
        seen={Seer.COORDINATOR: "at member_id language key text"},
    ),
    Held(Event, Term.STAYS, nobody="id at name detail wijk flow first source request_id"),
    Held(FigureWeek, Term.STAYS, nobody="week name flow detail wijk told rest"),
    Held(SignalReport, Term.STAYS, nobody="id at topic wijk complex more_than"),
    Held(DataKey, Term.STAYS, nobody="name key"),
)


def called(held: Held, column: str = "") -> str:
    """The key of what a table, or one of its columns, is called to who is shown what is held of them."""
    return f"my_data_column_{column}" if column else f"my_data_table_{held.name}"


def as_rows() -> Iterator[Mapping[str, Any]]:
    """The map, a row for each column: what `wijkwijzer privacy map` prints."""
    for held in HELD:
        for whose in Whose:
            for column in held.columns(whose):
                tie = held.ties.get(column)
                yield {
                    "table": held.name,
                    "column": column,
                    "whose": whose.value,
                    "called": called(held, column) if whose is not Whose.NOBODY else "",
                    "hangs": f"by the {tie.value}" if tie else "",
                    "term": held.term.value,
                    "seen": ", ".join(seer.value for seer in held.seers(column)),
                }
