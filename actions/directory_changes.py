"""What the team says about the directory: the history of each record, and who is asked today whether it still holds.

The file is not written. What somebody of the team says counts over it, until the file gets a later `assured_date`.
A change of fields confirms the record only when somebody says so: then `assured_date` is among them.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from actions import directory_fields
from actions.opening_hours import AMSTERDAM, Opening, is_open, local_day
from actions.outbox import Button, Message, queue, subject_of
from actions.services import Directory, Service
from store.tables import DirectoryChange, Member, Outgoing, Person

ASKING_HOURS = Opening(frozenset(range(5)), 10 * 60, 16 * 60, closed_on_holidays=True)
ASK_AGAIN = timedelta(days=7)
QUESTION, NUMBER = "directory:", "directory_number:"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('directory'), hashtext(:key))")


class Change(enum.StrEnum):
    """What somebody said of a record."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    """It is wrong; nobody has said yet what is right."""
    CHANGED = "changed"
    """Other numbers, told in Telegram; with that it is confirmed."""
    EDITED = "edited"
    """Fields that were changed on the web page, and no more than those."""
    UNDONE = "undone"
    """What stood before the last change, put back."""


def confirm(session: Session, now: datetime, member: Member, service: Service) -> None:
    """Somebody says that the record is right, as it stands."""
    _note(session, now, member, service, Change.CONFIRMED, {})


def deny(session: Session, now: datetime, member: Member, service: Service) -> None:
    """Somebody says that the record is wrong: from now on it is not shown."""
    _note(session, now, member, service, Change.DENIED, {})


def change_numbers(session: Session, now: datetime, member: Member, service: Service, numbers: Sequence[str]) -> None:
    """These are the numbers now, possibly none; with that the record is confirmed too."""
    old = [phone.number for phone in service.phones]
    _note(session, now, member, service, Change.CHANGED, {"phones": {"old": old, "new": list(numbers)}})


def edit(session: Session, now: datetime, member: Member, old: Service, new: Service, *, confirms: bool) -> bool:
    """From now on the record says what `new` says; gives whether that is anything else.

    Only when it `confirms` does somebody say that all of it is right today.
    """
    if directory_fields.compare(old, new):
        fields = directory_fields.compare(old, _confirmed(new, now) if confirms else new)
        _note(session, now, member, old, Change.EDITED, fields)
    elif confirms:
        confirm(session, now, member, old)
    return old != new or confirms


def undo(session: Session, now: datetime, member: Member, written: Directory, key: str) -> bool:
    """Put back what stood before the last change of a record; gives whether there was anything to put back.

    `written` is the directory as the file says it: what it overtook counts no more, and cannot be put back.
    """
    said = history(session, key)
    after, before = (with_changes(written, some).service(key) for some in (said, said[:-1]))
    fields = directory_fields.compare(after, before)
    if fields:
        _note(session, now, member, after, Change.UNDONE, fields)
    return bool(fields)


def lock(session: Session, key: str) -> int:
    """Let nobody else say anything of a record until the transaction ends; gives the number of the last change, or 0.

    On SQLite a transaction that writes has all of it already.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(_LOCK, {"key": key})
    return session.scalar(select(func.max(DirectoryChange.id)).where(DirectoryChange.service == key)) or 0


def history(session: Session, key: str | None = None) -> Sequence[DirectoryChange]:
    """What was said of a record, or of all of them, the earliest first."""
    query = select(DirectoryChange).order_by(DirectoryChange.at, DirectoryChange.id)
    return session.scalars(query.where(DirectoryChange.service == key) if key else query).all()


def with_changes(directory: Directory, changes: Iterable[DirectoryChange]) -> Directory:
    """The directory as the team says that it is. `changes` come the earliest first."""
    services = {service.key: service for service in directory.services}
    for change in changes:
        service = services.get(change.service)
        if service and _counts(directory.service(service.key), change):
            services[change.service] = _changed(service, change)
    return Directory(tuple(services.values()))


def ask(session: Session, now: datetime, directory: Directory) -> int:
    """Ask those who are responsible whether a record still holds; gives how many were asked.

    At most one question a day each, on working days; of one record at most one
    in `ASK_AGAIN`. The lock is for several processes that ask at the same moment.
    """
    if not is_open((ASKING_HOURS,), now):
        return 0
    team = select(Member).join(Person).where(Member.active, Person.reachable).order_by(Member.id)
    members = list(session.scalars(team.with_for_update(of=Member, key_share=True)))
    waiting = [one for one in directory.to_ask(local_day(now)) if not _asked(session, one, now - ASK_AGAIN)]
    asked = 0
    for member in members:
        mine = next((one for one in waiting if one.responsible in (member.role.value, member.wijk)), None)
        if mine is not None and not _asked_today(session, now, member):
            waiting.remove(mine)
            queue(session, now, _chat(member), _question(mine), subject=f"{QUESTION}{mine.key}")
            asked += 1
    return asked


def asked_by(session: Session, chat_id: int, telegram_message_id: int | None) -> Outgoing | None:
    """The question that a message was, if nobody has said anything about its record since."""
    here = (Outgoing.chat_id == chat_id) & (Outgoing.telegram_message_id == telegram_message_id)
    row = session.scalar(select(Outgoing).where(here, Outgoing.subject.startswith(QUESTION, autoescape=True)))
    if row is None or row.subject is None:
        return None
    about = DirectoryChange.service == row.subject.removeprefix(QUESTION)
    later = session.scalar(select(exists().where(about, DirectoryChange.at >= row.due_at)))
    return None if later else row


def number_asked(session: Session, chat_id: int, reply_to: int | None) -> str | None:
    """The key of the service of which a message tells the number: it replies to that question, or comes right after."""
    if reply_to is not None:
        subject = subject_of(session, chat_id, reply_to)
    else:
        last = select(Outgoing.subject).where(Outgoing.chat_id == chat_id)
        subject = session.scalar(last.order_by(Outgoing.id.desc()).limit(1))
    return subject.removeprefix(NUMBER) if subject and subject.startswith(NUMBER) else None


def _note(session: Session, now: datetime, member: Member, service: Service, change: Change, fields: object) -> None:
    lock(session, service.key)
    row = DirectoryChange(at=now, service=service.key, change=change.value, fields=fields, member_id=member.id)
    session.add(row)


def _counts(written: Service, change: DirectoryChange) -> bool:
    """Whether the file has no later date."""
    return written.assured_date is None or local_day(change.at) >= written.assured_date


def _changed(service: Service, change: DirectoryChange) -> Service:
    if change.change == Change.DENIED:
        return replace(service, denied=True)
    changed = directory_fields.laid_over(service, change.fields)
    return _confirmed(changed, change.at) if change.change in (Change.CONFIRMED, Change.CHANGED) else changed


def _confirmed(service: Service, at: datetime) -> Service:
    return replace(service, denied=False, assured_date=local_day(at))


def _question(service: Service) -> Message:
    yes = Button("button_service_yes", f"dir:yes:{service.key}")
    no = Button("button_service_no", f"dir:no:{service.key}")
    return Message("team_service_question", {"service": service.key}, buttons=((yes, no),))


def _asked(session: Session, service: Service, since: datetime) -> bool:
    about = (Outgoing.subject == f"{QUESTION}{service.key}") & (Outgoing.due_at > since)
    return bool(session.scalar(select(exists().where(about))))


def _asked_today(session: Session, now: datetime, member: Member) -> bool:
    midnight = datetime.combine(local_day(now), time(), AMSTERDAM)
    questions = Outgoing.subject.startswith(QUESTION, autoescape=True) & (Outgoing.due_at >= midnight)
    return bool(session.scalar(select(exists().where(questions, Outgoing.chat_id == _chat(member)))))


def _chat(member: Member) -> int:
    assert member.person is not None, "only who has joined is asked"
    return member.person.chat_id
