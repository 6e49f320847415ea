"""Complaints that households let count along, without names (domain.md, section 9).

What is told can point to nobody: only from more than `THRESHOLD` households, in steps of `STEP`, of whole weeks, with
a delay, never smaller than before, and with `GAP` between one number and the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import quiet_hours, team
from actions.opening_hours import AMSTERDAM, local_day
from actions.outbox import Message
from store.states import Role
from store.tables import Person, Signal, SignalReport

THRESHOLD = 10
STEP = 5
DELAY = timedelta(days=3)
"""How old the youngest complaint is that counts, at least."""
COUNTS_FOR = timedelta(days=365)
"""How long a complaint counts; after that it is erased."""
GAP = timedelta(days=30)
"""Between two numbers about the same complaint, at least."""
ANSWERS_IN = timedelta(days=7)
"""After the households were asked whether they want to do something together, the team hears of it."""
A_FEW = 0
"""So many want to do something together that no number is told."""
ASKS = "together_later"
"""The flow that begins with the question whether somebody wants to do something together."""
TOGETHER = "together:"
"""What stands before the topic in the reports of how many want to do something together."""


@dataclass(frozen=True)
class Complaint:
    """What households of one place report: a flat or block (its key in the directory), or the rest of the wijk."""

    topic: str
    wijk: str
    complex: str = ""

    @property
    def together(self) -> Complaint:
        """Under what is written down how many want to do something together about it."""
        return replace(self, topic=f"{TOGETHER}{self.topic}")


def rounded(households: int) -> int | None:
    """The number that may be told of so many: there are more than 10, 15, 20 ...; None up to `THRESHOLD`."""
    more_than = (households - 1) // STEP * STEP
    return more_than if more_than >= THRESHOLD else None


def counted_until(now: datetime) -> datetime:
    """Complaints from before this moment count: the last midnight to a Monday that is at least `DELAY` ago.

    So numbers only change from week to week, and nobody can be found by the hour at which one grew.
    """
    day = local_day(now - DELAY)
    return datetime.combine(day - timedelta(days=day.weekday()), time(), AMSTERDAM)


def count_along(session: Session, now: datetime, person: Person, complaint: Complaint) -> None:
    """Let the household of a person count; the second time for the same topic changes nothing."""
    counts = select(Signal.id).where(Signal.person_id == person.id, Signal.topic == complaint.topic)
    if session.scalar(counts) is None:
        place = {"wijk": complaint.wijk, "complex": complaint.complex}
        session.add(Signal(person_id=person.id, at=now, topic=complaint.topic, **place))
        session.flush()


def answer_together(session: Session, person: Person, willing: bool) -> None:
    """What somebody answers to the question that came last; without one it says nothing."""
    unanswered = select(Signal).where(Signal.person_id == person.id, Signal.together.is_(None))
    newest_first = session.scalars(unanswered.order_by(Signal.at.desc(), Signal.id.desc()))
    asked = next((one for one in newest_first if _is_told(session, one)), None)
    if asked is not None:
        asked.together = willing


def report(session: Session, now: datetime) -> int:
    """Tell the team what many households report, and ask these households; gives how many numbers were told.

    The same moment twice tells nothing twice, also with several processes: the complaints are locked, in one order.
    """
    return sum(
        _report(session, now, complaint, signals) + _report_together(session, now, complaint, signals)
        for complaint, signals in _counted(session, now).items()
    )


def _counted(session: Session, now: datetime) -> Mapping[Complaint, Sequence[Signal]]:
    counts = (Signal.at < counted_until(now)) & (Signal.at > now - COUNTS_FOR)
    found: dict[Complaint, list[Signal]] = {}
    for signal in session.scalars(select(Signal).where(counts).order_by(Signal.id).with_for_update()):
        found.setdefault(_complaint(signal), []).append(signal)
    return found


def _report(session: Session, now: datetime, complaint: Complaint, signals: Sequence[Signal]) -> bool:
    """The number of households; those that were not counted before are asked."""
    number, earlier = rounded(len(signals)), _reports(session, complaint)
    if number is None or not _may_tell(now, number, earlier):
        return False
    _tell(session, now, complaint, complaint, number, "team_signal")
    for signal in signals:
        if signal.together is None and not any(_was_counted(signal, one) for one in earlier):
            _ask(session, now, signal, number)
    return True


def _report_together(session: Session, now: datetime, complaint: Complaint, signals: Sequence[Signal]) -> bool:
    """How many of these households want to do something together, once they had the time to answer."""
    willing = sum(signal.together is True for signal in signals)
    reports = _reports(session, complaint)
    number = rounded(willing) or A_FEW
    if not willing or not reports or now - reports[0].at < ANSWERS_IN:
        return False
    if not _may_tell(now, number, _reports(session, complaint.together)):
        return False
    _tell(session, now, complaint, complaint.together, number, "team_together")
    return True


def _may_tell(now: datetime, number: int, earlier: Sequence[SignalReport]) -> bool:
    """A greater number than ever before, and long enough after the last one."""
    return all(number > one.more_than and now - one.at >= GAP for one in earlier)


def _tell(session: Session, now: datetime, complaint: Complaint, told: Complaint, number: int, key: str) -> None:
    """Write down that a number is told, and tell the wijkverbinders of the wijk and the coordinators."""
    row = SignalReport(at=now, topic=told.topic, wijk=told.wijk, complex=told.complex, more_than=number)
    session.add(row)
    session.flush()
    card = Message(key, _values(complaint, number))
    members = team.reachable(session, Role.WIJKVERBINDER, [complaint.wijk]) + team.reachable(session, Role.COORDINATOR)
    for member in members:
        assert member.person is not None, "who can be reached has joined"
        quiet_hours.begin(session, now, member.person, card, f"signal:{row.id}")


def _ask(session: Session, now: datetime, signal: Signal, number: int) -> None:
    person = signal.person
    if person.reachable:
        question = Message("utter_ask_together", _values(_complaint(signal), number), person.language, opens=ASKS)
        quiet_hours.begin(session, now, person, question, f"{ASKS}:{signal.id}")


def _values(complaint: Complaint, number: int) -> dict[str, object]:
    """All that a message about it holds."""
    return {
        "topic": complaint.topic,
        "wijk": complaint.wijk,
        "complex": complaint.complex,
        "more_than": number,
    }


def _complaint(signal: Signal) -> Complaint:
    return Complaint(signal.topic, signal.wijk, signal.complex)


def _reports(session: Session, complaint: Complaint) -> Sequence[SignalReport]:
    """What was told about it, oldest first."""
    same = select(SignalReport).where(
        SignalReport.topic == complaint.topic,
        SignalReport.wijk == complaint.wijk,
        SignalReport.complex == complaint.complex,
    )
    return list(session.scalars(same.order_by(SignalReport.at)))


def _was_counted(signal: Signal, told: SignalReport) -> bool:
    return signal.at < counted_until(told.at)


def _is_told(session: Session, signal: Signal) -> bool:
    return any(_was_counted(signal, one) for one in _reports(session, _complaint(signal)))
