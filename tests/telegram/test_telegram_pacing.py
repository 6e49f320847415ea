"""Never faster than Telegram allows, in any stretch of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import FloodLimit

from bot.telegram.pacing import BURST, FORGET_FROM, Pacing

PERSON, GROUP = 5, -7
TINY = 1e-6
arrivals = st.lists(
    st.tuples(st.integers(1, 4), st.floats(0, 2, allow_nan=False), st.booleans()), min_size=1, max_size=120
)


def send_all(pacing: Pacing, wanted: list[tuple[int, float, bool]]) -> list[tuple[int, float, bool]]:
    """Send each wish (chat, seconds after the previous one, edit) as early as may be; gives what went when."""
    now, sent = 0.0, []
    for chat, pause, edit in wanted:
        now = pacing.ready_at(chat, now + pause, edit=edit)
        assert pacing.ready_at(chat, now, edit=edit) == now
        pacing.took(chat, now, edit=edit)
        sent.append((chat, now, edit))
    return sent


def most_within(times: list[float], seconds: float) -> int:
    return max((sum(1 for time in times if start <= time < start + seconds - TINY) for start in times), default=0)


@given(arrivals, st.integers(1, 30))
def test_overall_never_more_than_the_limit_in_any_second(wanted: list[tuple[int, float, bool]], limit: int) -> None:
    sent = send_all(Pacing(limit), wanted)
    assert most_within([time for _, time, _ in sent], 1) <= limit


@given(arrivals, st.floats(0.1, 60))
def test_a_private_chat_gets_one_a_second_after_a_burst(wanted: list[tuple[int, float, bool]], stretch: float) -> None:
    sent = send_all(Pacing(), wanted)
    for chat in {chat for chat, _, _ in sent}:
        times = [time for one, time, edit in sent if one == chat and not edit]
        assert most_within(times, stretch) <= BURST + stretch * FloodLimit.MESSAGES_PER_SECOND_PER_CHAT


@given(arrivals)
def test_a_group_never_gets_more_than_twenty_in_any_minute(wanted: list[tuple[int, float, bool]]) -> None:
    sent = send_all(Pacing(), [(-chat, pause, edit) for chat, pause, edit in wanted])
    for chat in {chat for chat, _, _ in sent}:
        times = [time for one, time, _ in sent if one == chat]
        assert most_within(times, 60) <= FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP


def test_a_burst_goes_at_once_and_then_one_a_second() -> None:
    sent = send_all(Pacing(), [(PERSON, 0, False)] * (BURST + 2))
    assert [time for _, time, _ in sent] == [0] * BURST + [1, 2]


def test_changes_of_messages_do_not_use_up_a_private_chat_but_do_count_overall() -> None:
    sent = send_all(Pacing(10), [(PERSON, 0, True)] * 11)
    assert [time for _, time, _ in sent] == [0] * 10 + [1]


def test_a_pause_holds_one_chat_only_and_a_shorter_one_does_not_end_it() -> None:
    pacing = Pacing()
    pacing.pause(PERSON, 0, 30)
    pacing.pause(PERSON, 1, 2)
    assert pacing.ready_at(PERSON, 2) == 30
    assert pacing.ready_at(PERSON, 2, edit=True) == 30
    assert pacing.ready_at(PERSON + 1, 2) == 2
    assert pacing.not_ready(2, within=1) == {PERSON}
    assert pacing.not_ready(29, within=1) == frozenset()


def test_a_full_group_is_not_ready() -> None:
    pacing = Pacing()
    send_all(pacing, [(GROUP, 0, False)] * FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP)
    assert pacing.not_ready(5, within=1) == {GROUP}


def test_idle_chats_are_forgotten_and_busy_ones_are_not() -> None:
    pacing = Pacing(1000)
    pacing.pause(GROUP, 0, 1e6)
    for number in range(20 * FORGET_FROM):
        pacing.took(number + 1, number * 0.1)
    assert len(pacing._chats) <= FORGET_FROM + 1
    assert pacing.ready_at(GROUP, 5000) == 1e6
