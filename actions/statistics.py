"""All figures, each with one definition that also stands in `docs/figures.md`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from actions import small_numbers, statistics_now, statistics_requests, statistics_talks, weeks
from actions.figures import Period, Table
from actions.statistics_names import Names
from actions.statistics_times import TIMES, times

DEFINED: tuple[Table, ...] = (
    statistics_talks.TALKS,
    statistics_talks.TOPICS,
    statistics_talks.SOURCES,
    statistics_talks.FUNNEL,
    statistics_talks.WITHOUT_PERSON,
    statistics_talks.ASKED_TWICE,
    statistics_talks.NOT_UNDERSTOOD,
    statistics_requests.HANDOFFS,
    TIMES,
    statistics_requests.PROMISES,
    statistics_requests.OUTCOMES,
    statistics_requests.BOTH_SAY,
    statistics_requests.APPOINTMENTS,
    statistics_requests.USEFUL,
    statistics_requests.FIRST_TIME,
    statistics_requests.FITTED,
    statistics_now.LOAD,
    statistics_now.WAITING_LIST,
)
"""The figures without their numbers, in the order in which they are shown."""
NAMELESS = Names()


def tables(
    session: Session, now: datetime, period: Period, wijk: str | None = None, names: Names = NAMELESS
) -> list[Table]:
    """All figures over the whole weeks of a period (`small_numbers.whole_weeks`), of one wijk or of all.

    Small numbers are hidden already. `names` is what `statistics_names.read_names` gives. Raises
    `small_numbers.PeriodRefused`.
    """
    counted = small_numbers.whole_weeks(period, now)
    told = weeks.told(session, counted, wijk)
    return [
        statistics_talks.talks(told),
        statistics_talks.topics(told),
        statistics_talks.sources(told),
        statistics_talks.funnel(told, names),
        statistics_talks.without_person(told),
        statistics_talks.asked_twice(told, names),
        statistics_talks.not_understood(told),
        statistics_requests.handoffs(told),
        times(session, now, counted, wijk),
        statistics_requests.promises(told),
        statistics_requests.outcomes(told),
        statistics_requests.both_say(told),
        statistics_requests.appointments(told),
        statistics_requests.useful(told),
        statistics_requests.first_time(told),
        statistics_requests.fitted(told),
        statistics_now.load(session, wijk),
        statistics_now.waiting_list(session, wijk),
    ]
