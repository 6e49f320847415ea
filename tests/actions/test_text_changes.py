"""Versions of a wording: what counts, who was first, and what came before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions import text_changes
from actions.text_changes import NOTHING_WRITTEN, Taken, Wording, Written, words_of
from store.dashboard_tables import TextChange
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.actions.people import Wijk
from tests.talks import START

THANKS = Wording("nl", "utter_thank", 0)
FILE = Written("Graag gedaan.", ("Ja", "Nee"))
NEW = Written("Heel graag gedaan.", ("Ja, graag", "Nee"))
PATIENCE_SECONDS = 20


def publish(
    session: Session, member: Member, words: Written | None, seen: int, wording: Wording = THANKS
) -> TextChange:
    return text_changes.publish(session, START, member, wording, words, seen, FILE)


def coordinator(database: Database, name: str = "Coby") -> Member:
    with database.transaction() as session:
        return Wijk(session).member(name, None, Role.COORDINATOR)


def test_each_version_is_a_row_with_what_it_replaces(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    first, second = publish(wijk.session, coby, NEW, 0), publish(wijk.session, coby, None, 1)
    assert [first.version, second.version] == [1, 2]
    assert first.replaces == second.replaces == FILE.digest
    assert [words_of(first), words_of(second), words_of(None)] == [NEW, None, None]
    assert [row.version for row in text_changes.history(wijk.session, THANKS)] == [2, 1]
    assert (first.at, first.member_id) == (START, coby.id)


def test_words_without_any_text_are_no_words_of_the_file(wijk: Wijk) -> None:
    assert words_of(publish(wijk.session, wijk.coordinator(), Written(""), 0)) == Written("")


def test_wordings_have_versions_of_their_own(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    others = [Wording("en", "utter_thank", 0), Wording("nl", "utter_thank", 1), Wording("nl", "button_yes", 0)]
    for wording in (THANKS, *others):
        assert publish(wijk.session, coby, NEW, 0, wording).version == 1
    publish(wijk.session, coby, NEW, 1, others[1])
    found = [(row.language, row.key, row.variant, row.version) for row in text_changes.latest(wijk.session)]
    assert found == [
        ("en", "utter_thank", 0, 1),
        ("nl", "button_yes", 0, 1),
        ("nl", "utter_thank", 0, 1),
        ("nl", "utter_thank", 1, 2),
    ]


@pytest.mark.parametrize("seen", [0, 2, -1])
def test_who_saw_another_version_is_told_whose_it_is(wijk: Wijk, seen: int) -> None:
    coby, dirk = wijk.coordinator(), wijk.coordinator("Dirk")
    first = publish(wijk.session, coby, NEW, 0)
    with pytest.raises(Taken) as taken:
        publish(wijk.session, dirk, FILE, seen)
    assert taken.value.by is first
    assert [row.version for row in text_changes.history(wijk.session, THANKS)] == [1]


def test_a_first_version_may_be_written_without_having_seen_one(wijk: Wijk) -> None:
    assert publish(wijk.session, wijk.coordinator(), NEW, 7).version == 1


def test_of_two_at_the_same_moment_one_is_first_and_the_other_sees_it(database: Database) -> None:
    members = [coordinator(database), coordinator(database, "Dirk")]
    together = Barrier(2, timeout=PATIENCE_SECONDS)

    def write(member: Member) -> int | None:
        """Gives whose row was there before, if any."""
        together.wait()
        with database.transaction() as session:
            try:
                publish(session, member, Written(f"Van {member.id}."), 0)
            except Taken as taken:
                return taken.by.member_id
            return None

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(write, members, timeout=PATIENCE_SECONDS))
    with database.reading() as session:
        (row,) = text_changes.history(session, THANKS)
    assert sorted(told, key=str) == sorted([None, row.member_id], key=str)
    assert told[[member.id for member in members].index(row.member_id or 0)] is None


def test_who_looked_before_the_other_was_there_is_stopped_by_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw no version: only the unique constraint knows better, and the transaction goes on."""
    coby, dirk = coordinator(database), coordinator(database, "Dirk")
    with database.transaction() as session:
        publish(session, coby, NEW, 0)
    look, looks = text_changes._latest, iter((True, False))
    monkeypatch.setattr(text_changes, "_latest", lambda *given: None if next(looks) else look(*given))
    with database.transaction() as session:
        with pytest.raises(Taken) as taken:
            publish(session, dirk, FILE, 0)
        assert taken.value.by.member_id == coby.id
        assert len(text_changes.history(session, THANKS)) == 1


def test_another_refusal_of_the_database_is_not_taken_for_somebody_else(wijk: Wijk) -> None:
    nobody = Member(id=987_654, name="Niemand", role=Role.COORDINATOR, created_at=START)
    with pytest.raises(IntegrityError):
        publish(wijk.session, nobody, NEW, 0)


def test_the_stamp_changes_with_each_row(wijk: Wijk) -> None:
    coby = wijk.coordinator()
    seen = [text_changes.stamp(wijk.session)]
    for version in range(3):
        publish(wijk.session, coby, NEW if version % 2 else None, version)
        seen.append(text_changes.stamp(wijk.session))
    assert seen[0] == NOTHING_WRITTEN and len(set(seen)) == 4


def test_who_wrote_is_told_as_far_as_they_are_known(wijk: Wijk) -> None:
    coby, dirk = wijk.coordinator(), wijk.coordinator("Dirk")
    rows = [publish(wijk.session, coby, NEW, 0), publish(wijk.session, dirk, None, 1)]
    assert text_changes.writers(wijk.session, rows) == {coby.id: "Coby", dirk.id: "Dirk"}
    wijk.session.delete(dirk)
    wijk.session.flush()
    wijk.session.expire_all()
    assert text_changes.writers(wijk.session, rows) == {coby.id: "Coby"}
    assert rows[1].member_id is None


@pytest.mark.parametrize(
    "other",
    [
        Written("Graag gedaan.", ("Ja", "nee")),
        Written("Graag gedaan. ", FILE.titles),
        Written("Graag gedaan."),
        Written('Graag gedaan.", "Ja', ("Nee",)),
        Written("Graag gedaan.", ("Ja", "Nee", "")),
    ],
)
def test_other_words_have_another_digest(other: Written) -> None:
    assert other.digest != FILE.digest and len(other.digest) == 64
