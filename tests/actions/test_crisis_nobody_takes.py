"""A crisis that nobody takes: within one working hour it is the coordinator's, whoever else could be asked."""

from __future__ import annotations

import pytest

from store.states import Rule
from tests.actions.people import Wijk, moment, wish


@pytest.mark.parametrize(
    ("urgency", "until", "rule"),
    [
        ("crisis", "2026-11-23T09:59", Rule.WISHED),
        ("crisis", "2026-11-23T10:01", Rule.COORDINATOR),
        ("soon", "2026-11-23T12:01", Rule.POOL),
    ],
)
def test_a_crisis_skips_the_rungs_between(wijk: Wijk, urgency: str, until: str, rule: Rule) -> None:
    wijk.now = moment("2026-11-23T09:00")
    wijk.member("Fatma")
    wijk.member("Anna", "soesterberg")
    wijk.coordinator()
    asked = wijk.request(wish(urgency))
    wijk.until(moment(until))
    assert asked.rule is rule
