"""Links and sessions of the web page, and its log; what the pages do with them is in tests/dashboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import exc, update

from actions import audit, sign_in
from actions.retention import erase_old
from actions.roles import PAGE_ONLY
from actions.sign_in import LinkRefused
from actions.team_settings import SettingRefused, takes_requests
from actions.terms import LONGEST
from store.dashboard_tables import AuditEntry, SignInLink, WebSession
from store.states import Role
from tests.actions.people import Wijk, wish

MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize("role", Role)
def test_who_is_here_for_the_page_only_gets_no_requests_and_no_appointments(wijk: Wijk, role: Role) -> None:
    member = wijk.member("Iemand", "smitsveen", role)
    for urgency in ("normal", "crisis"):
        for by_whom in ("own_wijk", "other_wijk", "professional"):
            found = wijk.request(wish(urgency, by_whom))
            assert not (role in PAGE_ONLY and member.name in wijk.shown(found))
    assert not (role in PAGE_ONLY and takes_requests(member))
    assert not (role in PAGE_ONLY and wijk.told(member))


def test_a_link_is_used_up_once_and_looking_does_not_use_it(wijk: Wijk) -> None:
    secret = sign_in.new_link(wijk.session, wijk.now, wijk.coordinator())
    assert sign_in.refusal(wijk.session, wijk.now, secret) is None
    entered = sign_in.sign_in(wijk.session, wijk.now, secret)
    assert not isinstance(entered, LinkRefused) and len(entered) == len(secret) == 43
    assert sign_in.sign_in(wijk.session, wijk.now, secret) is LinkRefused.USED
    assert sign_in.current(wijk.session, wijk.now, entered) is not None
    assert sign_in.current(wijk.session, wijk.now, secret) is None


def test_a_link_that_another_used_at_the_same_moment_is_used(wijk: Wijk, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = sign_in.new_link(wijk.session, wijk.now, wijk.coordinator())
    sign_in.sign_in(wijk.session, wijk.now, secret)
    monkeypatch.setattr(sign_in, "refusal", lambda *given: None)  # as it looked a moment ago
    assert sign_in.sign_in(wijk.session, wijk.now, secret) is LinkRefused.USED


def test_a_visit_is_written_down_once_a_minute(wijk: Wijk) -> None:
    entered = sign_in.sign_in(wijk.session, wijk.now, sign_in.new_link(wijk.session, wijk.now, wijk.coordinator()))
    seen = []
    for seconds in (59, 60, 61):
        sign_in.current(wijk.session, wijk.now + timedelta(seconds=seconds), entered)
        seen.append((wijk.session.query(WebSession).one().seen_at - wijk.now).total_seconds())
    assert seen == [0, 60, 60]


@pytest.mark.parametrize("email", ["coby@example.org", " C.o-b+y_1@sub.ex-ample.org ", "o'brien@xn--caf-dma.nl"])
def test_an_address_is_kept_and_found_however_it_is_written(wijk: Wijk, email: str) -> None:
    coby = wijk.coordinator()
    sign_in.set_email(wijk.session, coby, email)
    assert sign_in.find_by_email(wijk.session, email.upper()) is coby
    sign_in.set_email(wijk.session, coby, email)  # again, by the same person
    sign_in.set_email(wijk.session, coby, "")
    assert coby.email is None and sign_in.find_by_email(wijk.session, email) is None


@pytest.mark.parametrize(
    "email",
    [
        *(
            "coby",
            "coby@",
            "@example.org",
            "a b@example.org",
            "a@example",
            "a@b.nl\r\nBcc: c@d.nl",
            "<a@b.nl>",
            "a,b@c.nl",
        ),
        # The header of a mail would name somebody else, or could not be made.
        *("a(b@c.nl", "team:a@b.nl", "a@b.nl)", "=?utf-8?q?x?=@b.nl", "a@[b.nl", "(a):@b.nl", "a..b@c.nl", "a@b..nl"),
        *("é@b.nl", "a@é.nl", "a\u200b@b.nl", f"{'a' * 65}@b.nl"),
    ],
)
def test_what_is_no_address_is_refused(wijk: Wijk, email: str) -> None:
    coby = wijk.coordinator()
    with pytest.raises(SettingRefused, match="is no e-mail address"):
        sign_in.set_email(wijk.session, coby, email)
    assert coby.email is None


def test_two_people_do_not_have_one_address(wijk: Wijk) -> None:
    coby, other = wijk.coordinator(), wijk.coordinator("Carla")
    sign_in.set_email(wijk.session, coby, "a@example.org")
    with pytest.raises(SettingRefused, match=f"number {coby.id}"):
        sign_in.set_email(wijk.session, other, "A@example.org")


def test_the_database_refuses_to_change_the_log(wijk: Wijk) -> None:
    audit.note(wijk.session, wijk.now, wijk.coordinator(), "shown", "page:team")
    wijk.session.flush()
    with pytest.raises((exc.DBAPIError,), match="the audit log is not changed"), wijk.session.begin_nested():
        wijk.session.execute(update(AuditEntry).values(act="nothing"))
    assert wijk.session.query(AuditEntry).one().act == "shown"


def test_the_log_is_read_in_pages(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    for number in range(5):
        audit.note(wijk.session, wijk.now, coby, f"act_{number}")
    wijk.session.flush()
    first = audit.page(wijk.session, 3)
    rest = audit.page(wijk.session, 3, before=first[-1].id)
    assert [one.act for one in (*first, *rest)] == ["act_4", "act_3", "act_2", "act_1", "act_0"]


def test_links_and_sessions_go_a_day_after_they_end_and_the_log_after_a_year(wijk: Wijk) -> None:
    sign_in.sign_in(wijk.session, wijk.now, sign_in.new_link(wijk.session, wijk.now, wijk.coordinator()))
    over, log = LONGEST["signed_in"], LONGEST["audit"]
    ends = {SignInLink: sign_in.LINK_LASTS + over, WebSession: sign_in.LONGEST + over, AuditEntry: log}
    for table, age in ends.items():
        assert erase_old(wijk.session, wijk.now + age - MOMENT)[table.__tablename__] == 0
        assert erase_old(wijk.session, wijk.now + age)[table.__tablename__] == 1
