"""A labelled sentence is read by the real Rasa, which names its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions import misunderstood, people
from actions.misunderstood import Misunderstood
from bot import trained
from bot.dialogue.content import Content
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from store.database import Database
from store.settings import ROOT
from store.states import Why
from store.tables import Misunderstood as Row
from tests.rasa_server import RasaServer
from tests.talks import START

pytestmark = pytest.mark.rasa


async def test_the_model_that_runs_reads_what_somebody_labelled(
    rasa_server: RasaServer, tmp_path: Path, content: Content, phrases: SafetyPhrases
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.upgrade()
    with database.transaction() as session:
        person = people.find_or_create(session, START, 5, "Annie")
        said = Misunderstood("het tocht bij mijn balkondeur", Why.UNSURE)
        number = misunderstood.note(session, START, person, said)
        misunderstood.label(session, START, number, "draught")

    async def at_once(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    rasa = Rasa(rasa_server.url, 10)
    assert await trained.read_again(database, Understanding(content, phrases, rasa), at_once) == 1
    with database.reading() as session:
        row = session.get_one(Row, number)
        trained_now = (ROOT / "var" / "models" / "current").read_text(encoding="utf-8").strip()
        assert (row.means_now, row.read_by_model) == ("draught", trained_now)
    await rasa.close()
    database.close()
