"""What is fit to print: by status, date, switch and wijk, on the days on which that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from actions.services import GRACE, REVIEW_DAYS, Directory, Fit, Service, Shown, Status

TODAY = date(2026, 11, 23)


def _service(key: str = "a", status: Status = Status.UNVERIFIED, **fields: Any) -> Service:
    return Service(key, key.upper(), "Hulp.", status, "een bron", **fields)


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


TERM, CERTAIN_TERM = REVIEW_DAYS[Status.DATED], REVIEW_DAYS[Status.CERTAIN]
FIT = [
    (_service(status=Status.CERTAIN), Fit.SHOWN),
    (_service(status=Status.DATED), Fit.UNCONFIRMED),
    (_service(status=Status.DATED, source_date=_ago(1)), Fit.UNCONFIRMED),
    (_service(status=Status.UNVERIFIED), Fit.UNCONFIRMED),
    (_service(status=Status.UNVERIFIED, assured_date=TODAY), Fit.SHOWN),
    (_service(status=Status.DATED, assured_date=_ago(TERM)), Fit.SHOWN),
    (_service(status=Status.DATED, assured_date=_ago(TERM + 1)), Fit.CALL_FIRST),
    (_service(status=Status.DATED, assured_date=_ago(TERM + GRACE.days)), Fit.CALL_FIRST),
    (_service(status=Status.DATED, assured_date=_ago(TERM + GRACE.days + 1)), Fit.STALE),
    (_service(status=Status.DATED, assured_date=_ago(11), review_days=10), Fit.CALL_FIRST),
    (_service(status=Status.CERTAIN, source_date=_ago(CERTAIN_TERM)), Fit.SHOWN),
    (_service(status=Status.CERTAIN, source_date=_ago(CERTAIN_TERM + 1)), Fit.CALL_FIRST),
    (_service(status=Status.CERTAIN, source_date=_ago(1000), assured_date=_ago(1)), Fit.SHOWN),
    (_service(status=Status.CERTAIN, switched_on=False), Fit.SWITCHED_OFF),
    (_service(status=Status.CLOSED, assured_date=TODAY), Fit.CLOSED),
    (_service(status=Status.CERTAIN, denied=True), Fit.DENIED),
]


@pytest.mark.parametrize(("service", "expected"), FIT)
def test_a_record_is_fit_to_print_or_not(service: Service, expected: Fit) -> None:
    assert service.fit(TODAY) is expected


def test_every_reason_has_an_example() -> None:
    assert {fit for _, fit in FIT} == set(Fit)


KNOWN = _service("known", Status.CERTAIN)
LATE = _service("late", assured_date=_ago(TERM + 10))
LONG_AGO = _service("long_ago", assured_date=_ago(TERM + 200))
LOCAL = _service("local", Status.CERTAIN, wijken=("de_eng",))
OFF = _service("off", switched_on=False)
WRONG = _service("wrong", Status.CERTAIN, denied=True, source_date=_ago(1))
NEW = _service("new")
DIRECTORY = Directory((KNOWN, LATE, LONG_AGO, LOCAL, OFF, WRONG, NEW))


@pytest.mark.parametrize(
    ("keys", "wijk", "expected"),
    [
        (["late", "known"], None, [("late", True), ("known", False)]),
        (["local", "known"], "smitsveen", [("known", False)]),
        (["local", "known"], "de_eng", [("local", False), ("known", False)]),
        (["local"], None, []),
        (["long_ago", "off", "wrong", "new"], "de_eng", []),
        ([], None, []),
    ],
)
def test_what_is_shown_keeps_its_order(keys: list[str], wijk: str | None, expected: list[tuple[str, bool]]) -> None:
    shown = DIRECTORY.shown(keys, TODAY, wijk)
    assert [(one.service.key, one.call_first) for one in shown] == expected
    assert all(isinstance(one, Shown) for one in shown)


def test_a_key_that_is_not_there_is_an_error() -> None:
    assert "known" in DIRECTORY and "nobody" not in DIRECTORY
    with pytest.raises(KeyError):
        DIRECTORY.shown(["nobody"], TODAY, None)


def test_what_is_overdue_and_never_confirmed_is_named() -> None:
    assert [service.key for service in DIRECTORY.overdue(TODAY)] == ["long_ago", "late"]
    assert [service.key for service in DIRECTORY.never_confirmed()] == ["known", "local", "new"]


def test_the_most_pressing_is_asked_first_and_what_is_certain_not_at_all() -> None:
    assert [service.key for service in DIRECTORY.to_ask(TODAY)] == ["long_ago", "late", "wrong", "new"]


def test_a_record_cannot_be_changed() -> None:
    assert replace(KNOWN, denied=True) != KNOWN
    with pytest.raises(AttributeError):
        KNOWN.denied = True  # type: ignore[misc]
