"""The figures of one week for coordinators: a picture, five sentences, and what needs them now.

It is the last week that may be told (`actions.small_numbers`), so that on Monday it says the same as the web page.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import overview, quiet_hours, small_numbers, waiting_list, weeks
from actions.figures import Period, Table
from actions.opening_hours import AMSTERDAM, is_open, local_day
from actions.outbox import Message
from actions.statistics import tables
from actions.statistics_words import word
from actions.working_time import OFFICE
from store.figure_tables import FigureMail
from store.states import Role
from store.tables import Member, Outgoing

MOST_TOPICS = 4
WEEK, MONTH = timedelta(weeks=1), timedelta(weeks=4)
"""In one week too few people wait for a person to tell how long (`small_numbers.FEWEST_FOR_SHARE`)."""
STILL_WAITING = "waiting"
ROLES = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who may have the figures on Monday."""
USEFUL = ("yes", "a_little", "no")


class Way(enum.StrEnum):
    """How somebody gets the figures."""

    TELEGRAM = "telegram"
    MAIL = "mail"


def way(member: Member, *, mail: bool) -> Way | None:
    """How somebody gets the figures on Monday, or that they do not; `mail` says whether e-mail can be sent.

    Coordinators get them unless they do not want them; administrators when they asked for them by e-mail.
    """
    if not (member.active and member.monday_figures and member.role in ROLES):
        return None
    here = on_telegram(member)
    if mail and member.email and (member.figures_by_mail or not (here or member.role is Role.ADMINISTRATOR)):
        return Way.MAIL
    return Way.TELEGRAM if here else None


def on_telegram(member: Member) -> bool:
    """Whether the figures can reach them there."""
    return member.role is Role.COORDINATOR and member.person is not None and member.person.reachable


def send(session: Session, now: datetime, *, mail: bool) -> int:
    """Send all who want them the figures, when the first working day of a week begins; gives to how many.

    Once a week, also with several processes: who may have them is locked, in one order. By e-mail is a row that
    `actions.figure_mails` works off; without `mail` there are no such rows.
    """
    subject = f"monday:{_monday(now)}"
    if not is_open(OFFICE, now) or _is_sent(session, now, subject):
        return 0
    held = _may_have_it(session)
    if _is_sent(session, now, subject):
        return 0
    by_mail = [one for one in held if way(one, mail=mail) is Way.MAIL]
    session.add_all(FigureMail(member_id=one.id, week=told_week(now), due_at=now) for one in by_mail)
    wanted = [one.person for one in held if way(one, mail=mail) is Way.TELEGRAM and one.person]
    told = messages(session, now, of_week=told_week(now)) if wanted else ()
    sent = [[quiet_hours.begin(session, now, person, message, subject) for message in told] for person in wanted]
    return len(by_mail) + sum(None not in rows for rows in sent)


def told_week(now: datetime) -> date:
    """The week, by its Monday, whose figures are sent in the week of this moment."""
    begins = datetime.combine(_monday(now), time(), AMSTERDAM)
    return small_numbers.settled_until(begins) - WEEK


def messages(
    session: Session, now: datetime, wijk: str | None = None, of_week: date | None = None
) -> tuple[Message, ...]:
    """The picture with its sentences, of one wijk or of all; and of all what needs a coordinator now."""
    told = facts(session, now, wijk, of_week)
    figures = Message("team_figures", told, picture=told)
    return (figures,) if wijk else (figures, _attention(session))


def facts(session: Session, now: datetime, wijk: str | None = None, of_week: date | None = None) -> dict[str, Any]:
    """What picture and sentences tell, as a message keeps it; a number that is hidden is 0 there.

    Of the week of this Monday, or else of the last that may be told.
    """
    weeks.settle(session, now)
    until = of_week + WEEK if of_week else small_numbers.settled_until(now)
    ends = {WEEK: until, MONTH: until, 2 * MONTH: until - MONTH}
    week, month, before = (tables(session, now, Period(until - ago, end), wijk) for ago, end in ends.items())
    told = {"week": (until - WEEK).isoformat(), "wijk": wijk or ""}
    return {**told, **_of_week(week), **_times(month, before)}


def _of_week(found: Sequence[Table]) -> dict[str, Any]:
    topics = [[row[0], row[1]] for row in _rows(found, "topics") if isinstance(row[1], int)][:MOST_TOPICS]
    ended, kept = (_sum(_rows(found, "promises"), column) for column in (1, 2))
    useful = {row[0]: row[1] for row in _rows(found, "useful") if isinstance(row[1], int)}
    return {
        "talks": _sum(_rows(found, "talks"), 1),
        "topics_told": topics,
        "topic_told": topics[0][0] if topics else "",
        "ended": ended,
        "kept": kept,
        "answers": sum(useful.get(word(answer), 0) for answer in USEFUL),
        "useful": useful.get(word("yes"), 0),
    }


def _rows(found: Sequence[Table], key: str) -> tuple[tuple[Any, ...], ...]:
    return next(table.rows for table in found if table.key == key)


def _sum(rows: Sequence[tuple[Any, ...]], column: int) -> int:
    """Of all rows that are told; their parts do not overlap."""
    return sum(row[column] for row in rows if isinstance(row[column], int))


def _times(found: Sequence[Table], before: Sequence[Table]) -> dict[str, Any]:
    """Within how many working hours half of the people spoke with somebody, of the urgency that most of them had."""
    rows = [row for row in _rows(found, "times") if _hours(row)]
    if not rows:
        return {"urgency_told": "", "hours": 0, "hours_before": 0}
    most = max(rows, key=lambda row: row[1])
    same = next(row for row in _rows(before, "times") if row[0] == most[0])
    return {"urgency_told": most[0].lower(), "hours": _hours(most), "hours_before": _hours(same)}


def _hours(row: tuple[Any, ...]) -> int | str:
    """At least 1, as it is rounded upwards; 0 when it is hidden."""
    half = row[2]
    if isinstance(half, str):
        return STILL_WAITING
    return max(half, 1) if isinstance(half, int) else 0


def _attention(session: Session) -> Message:
    """What waits for a coordinator now, in numbers of the team's own work, which are not hidden from it."""
    full = sum(one.open >= one.member.capacity for one in overview.load(session))
    counts = {
        "requests": len(overview.needs_coordinator(session)),
        "times": waiting_list.count(session),
        "full": full,
    }
    items = [{"kind": kind, "count": count} for kind, count in counts.items() if count]
    return Message(
        "team_figures_attention", {"items": items, "item_key": "team_figures_attention_line", "waits": bool(items)}
    )


def _may_have_it(session: Session) -> Sequence[Member]:
    """They are locked, so that of two processes the second sees what the first has done."""
    query = select(Member).where(Member.role.in_(ROLES), Member.active).order_by(Member.id)
    held = query.with_for_update(of=Member, key_share=True).execution_options(populate_existing=True)
    return session.scalars(held).all()


def _is_sent(session: Session, now: datetime, subject: str) -> bool:
    begun = select(Outgoing.id).where(Outgoing.subject == f"{quiet_hours.BEGUN}:{subject}")
    mailed = select(FigureMail.id).where(FigureMail.week == told_week(now))
    return any(session.scalar(rows.limit(1)) is not None for rows in (begun, mailed))


def _monday(now: datetime) -> date:
    day = local_day(now)
    return day - timedelta(days=day.weekday())
