"""What a person is called or wrote is never plain in the database; keys can be changed, and a lost one is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from store import encryption, rotation
from store.database import Database
from store.encryption import KeysMissing
from store.states import InboxState, Why
from store.tables import Inbox, Misunderstood, Outgoing, Person, Talk
from tests.actions.people import WISH, Wijk
from tests.talks import START

SECRETS = (
    "Geheimzinnige Annie",
    "het tocht bij mijn balkondeur",
    "+31 6 12345678",
    "Huurt van Portaal",
    "Fatma de Buur",
    "brr wat een ijshol",
)


@pytest.fixture(autouse=True)
def _keys_of_the_house() -> Iterator[None]:
    """A test may lose keys; the others get theirs back."""
    before = encryption._keys
    yield
    encryption._keys = before


def _fill(database: Database) -> None:
    name, words, phone, summary, helper, unclear = SECRETS
    with database.transaction() as session:
        wijk = Wijk(session)
        person = wijk.person(name)
        wijk.member(helper)
        session.add(Talk(person_id=person.id, state={"said": words}, version=1, updated_at=START))
        session.add(
            Inbox(
                update_id=7,
                chat_id=1,
                received_at=START,
                content={"text": words},
                state=InboxState.RECEIVED,
                attempts=0,
            )
        )
        session.add(Outgoing(chat_id=1, content={"text": words}, due_at=START))
        kept = {"text": unclear, "intents": [["cold_home", 0.2]], "shown": ["menu"], "why": Why.UNSURE}
        session.add(Misunderstood(at=START, person_id=person.id, **kept))
        wish = {**WISH.__dict__, "summary": summary, "contact": phone}
        wijk.request(type(WISH)(**wish), person)


def _read(database: Database) -> tuple[object, ...]:
    with database.reading() as session:
        person = session.query(Person).filter(Person.first_name.is_not(None)).order_by(Person.id).first()
        return (person.first_name if person else None, session.query(Inbox).one().content)


def test_the_file_of_the_database_holds_no_names_and_no_words(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'raw.db'}")
    database.upgrade()
    _fill(database)
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("raw.db*"))
    database.close()
    assert b"smitsveen" in raw
    for secret in SECRETS:
        assert secret.encode() not in raw


def test_what_was_stored_is_read_back(database: Database) -> None:
    _fill(database)
    assert _read(database) == (SECRETS[0], {"text": SECRETS[1]})


def _made_with(keys: str, url: str) -> Database:
    """A database that begins with these keys."""
    encryption.configure(keys)
    database = Database(url)
    database.upgrade()
    return database


def test_after_rotation_the_old_key_may_go(database_url: str) -> None:
    old, new = encryption.new_key(), encryption.new_key()
    database = _made_with(old, database_url)
    _fill(database)
    encryption.configure(f"{new}, {old}")
    with database.reading() as session:
        before = session.execute(text("SELECT content FROM outgoing ORDER BY id")).scalars().all()
    # Two names, a member, a talk, an update, two messages, a summary with why it is urgent, a telephone number, and of
    # what was not understood the sentence, the intents and what was shown; and the key of the numbers.
    assert rotation.rotate(database) == 14
    with database.reading() as session:
        assert not set(before) & set(session.execute(text("SELECT content FROM outgoing")).scalars())
    database.close()
    encryption.configure(new)
    database = Database(database_url)  # as a process does that starts after it
    rotation.check_keys(database)
    assert _read(database) == (SECRETS[0], {"text": SECRETS[1]})
    with database.reading() as session:
        assert session.query(Misunderstood).one().text == SECRETS[5]
        written_to = session.scalars(select(Outgoing.chat_id).order_by(Outgoing.id)).all()
        assert written_to == [1, 1002], "an answer to the first, and a card"
    encryption.configure(old)
    with pytest.raises(KeysMissing, match="cannot be read with the present ENCRYPTION_KEYS"):
        rotation.check_keys(database)
    database.close()


def test_rotation_goes_on_past_one_handful(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "ROWS_AT_ONCE", 3)
    database = _made_with(encryption.new_key(), database_url)
    with database.transaction() as session:
        session.add_all(Outgoing(chat_id=1, content={"n": n}, due_at=START) for n in range(8))
    assert rotation.rotate(database) == 8 + 1
    database.close()


def test_a_database_belongs_to_its_keys_even_when_it_is_empty(database_url: str) -> None:
    _made_with(encryption.new_key(), database_url).close()
    encryption.configure(encryption.new_key())
    database = Database(database_url)
    with pytest.raises(KeysMissing, match="cannot be read with the present ENCRYPTION_KEYS"):
        rotation.check_keys(database)
    database.close()


def test_a_number_of_a_chat_is_nowhere_to_be_read_and_found_all_the_same(database_url: str) -> None:
    number = 6_543_210_987
    database = _made_with(encryption.new_key(), database_url)
    with database.transaction() as session:
        session.add(Outgoing(chat_id=number, source_chat_id=-number, content={}, due_at=START))
        session.add(Inbox(update_id=1, chat_id=number, received_at=START))
    with database.reading() as session:
        stored = session.execute(text("SELECT chat_id, source_chat_id FROM outgoing")).one()
        assert len({bytes(one) for one in stored}) == 2
        assert not any(form in bytes(one) for one in stored for form in (str(number).encode(), number.to_bytes(5)))
        found = select(Outgoing.source_chat_id).join(Inbox, Inbox.chat_id == Outgoing.chat_id)
        assert session.scalars(found.where(Inbox.chat_id.in_([1, number]))).all() == [-number]
        session.execute(text("UPDATE outgoing SET chat_id = source_chat_id"))
        assert session.scalar(select(Outgoing.chat_id)) == -number
    database.close()


def test_a_number_that_was_changed_is_refused(database: Database) -> None:
    with database.transaction() as session:
        session.add(Outgoing(chat_id=7, content={}, due_at=START))
        session.flush()
        session.execute(text("UPDATE outgoing SET chat_id = :forged"), {"forged": b"x" * 24})
        with pytest.raises(KeysMissing, match="cannot be read with the key of this database"):
            session.scalar(select(Outgoing.chat_id))


def test_before_the_upgrade_there_is_no_key_for_numbers(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as session, pytest.raises(StatementError, match="wijkwijzer db upgrade"):
        session.scalar(select(Outgoing.id).where(Outgoing.chat_id == 1))
    database.close()


@pytest.mark.parametrize("keys", ["", " , ", "no-key", f"{'a' * 44}, b"])
def test_what_is_no_key_is_refused_with_what_to_do(keys: str) -> None:
    with pytest.raises(KeysMissing, match="wijkwijzer keys new"):
        encryption.configure(keys)


def test_without_keys_nothing_is_read_or_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "_keys", None)
    for use in (lambda: encryption.encrypt("a"), lambda: encryption.decrypt(b"a")):
        with pytest.raises(KeysMissing, match="has not been set"):
            use()


def test_nothing_stays_nothing_and_all_letters_come_back() -> None:
    assert encryption.decrypt(encryption.encrypt("ñ غاز 👍")) == "ñ غاز 👍"
    assert encryption.EncryptedText().process_bind_param(None, None) is None  # type: ignore[arg-type]
    assert encryption.EncryptedJson().process_result_value(None, None) is None  # type: ignore[arg-type]
