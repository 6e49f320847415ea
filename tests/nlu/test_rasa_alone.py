"""Rasa's old libraries: its process is on loopback, and is given no key, no token and no address of a database."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from bot.together import surroundings
from store.settings import ROOT, Settings

SECRET = {
    "ENCRYPTION_KEYS": "key-of-the-house",
    "TELEGRAM_BOT_TOKEN": "42:token",
    "TELEGRAM_WEBHOOK_SECRET": "secret-of-the-webhook",
    "DATABASE_URL": "postgresql://wijk:password@db/wijk",
    "SMTP_URL": "smtp://wijk:password@mail",
}


def test_every_secret_setting_is_tried() -> None:
    named = re.compile("token|secret|keys|database_url|smtp_url")
    assert {name.upper() for name in Settings.model_fields if named.search(name)} == set(SECRET)


def test_together_gives_rasa_nothing_secret_and_the_bot_all_of_it() -> None:
    ours = {"PATH": "/bin", **SECRET, "ANYTHING": "else"}
    assert surroundings("rasa", ours) == {"PATH": "/bin"}
    assert surroundings("bot", ours) == ours


def test_rasas_own_script_takes_secrets_out_and_stays_on_loopback(tmp_path: Path) -> None:
    """The real script, with a program in Rasa's place that writes down how it was called."""
    (tmp_path / "nlu" / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "var" / "models").mkdir(parents=True)
    (tmp_path / "var" / "models" / "current").write_text("model.tar.gz")
    script, stand_in = tmp_path / "nlu" / "serve", tmp_path / "nlu" / ".venv" / "bin" / "python"
    script.write_text((ROOT / "nlu" / "serve").read_text())
    stand_in.write_text('#!/bin/sh\nenv\necho "called with: $*"\n')
    for file in (script, stand_in):
        file.chmod(0o700)
    called = subprocess.run(
        [str(script), "--port", "5055"], env={**os.environ, **SECRET}, capture_output=True, text=True
    )
    assert called.returncode == 0, called.stderr
    assert "--interface 127.0.0.1 --port 5055" in called.stdout
    for name, value in SECRET.items():
        assert name not in called.stdout and value not in called.stdout


@pytest.mark.parametrize("url", ["http://0.0.0.0:5005", "http://rasa:5005", "https://10.0.0.1:5005"])
def test_the_bot_talks_to_a_rasa_of_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match="RASA_URL must be on this machine"):
        Settings(_env_file=None, rasa_url=url)  # type: ignore[call-arg]
