"""The picture of a week: its facts (`actions.monday`) as charts in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from actions.pictures import Bar, Chart, Picture

Say = Callable[[str, Mapping[str, Any]], str]
"""The words of a key, filled with facts."""


def picture(told: Mapping[str, Any], say: Say) -> Picture:
    """The charts of a week; raises `KeyError` for facts of another version."""
    charts = (
        Chart(say("picture_topics", told), _topic_bars(told, say)),
        Chart(say("picture_hours", told), _hour_bars(told, say)),
        Chart(say("picture_promises", told), _promise_bars(told, say)),
    )
    return Picture(say("picture_title", told), say("picture_place", told), charts)


def _topic_bars(told: Mapping[str, Any], say: Say) -> tuple[Bar, ...]:
    bars = tuple(Bar(name, str(count), count) for name, count in told["topics_told"])
    return bars or (Bar(say("picture_each_topic", told), say("picture_few", told)),)


def _hour_bars(told: Mapping[str, Any], say: Say) -> tuple[Bar, ...]:
    now, before = (_hours(told[name], say) for name in ("hours", "hours_before"))
    this = Bar(say("picture_this_month", told), *now)
    return this, Bar(say("picture_month_before", told), *before, pale=True)


def _hours(hours: int | str, say: Say) -> tuple[str, int]:
    """In words, and as the length of a bar."""
    return say("picture_hours_number", {"hours": hours}), hours if isinstance(hours, int) else 0


def _promise_bars(told: Mapping[str, Any], say: Say) -> tuple[Bar, ...]:
    counts = {"picture_kept": told["kept"], "picture_late": told["ended"] - told["kept"]}
    few = say("picture_few", told)
    return tuple(Bar(say(key, told), str(count) if count else few, count) for key, count in counts.items())
