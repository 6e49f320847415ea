"""`python -m dashboard`: serves the web page until it is stopped. It needs no keys: it reads nothing encrypted."""

from __future__ import annotations

import sys
from contextlib import suppress

import uvicorn

from actions.calendar_files import read_words
from dashboard.app import web_app
from store.clock import Clock
from store.database import Database
from store.settings import Settings, SettingsError, load_settings
from store.yaml_lines import ContentError


def server(settings: Settings, database: Database) -> uvicorn.Server:
    """What listens at `DASHBOARD_LISTEN`. Raises `ContentError` or `OSError` when its words are not there."""
    app = web_app(database, Clock(settings.clock_file), read_words(settings.flows))
    host, _, port = settings.dashboard_listen.rpartition(":")
    # No access log: an address is a secret.
    return uvicorn.Server(uvicorn.Config(app, host=host, port=int(port), log_level="warning", access_log=False))


def main() -> None:
    """Serve with the settings of this process; what somebody can mend is told in a line, without a traceback."""
    try:
        settings = load_settings()
        database = Database(settings.database_url)
        with suppress(KeyboardInterrupt):
            server(settings, database).run()
        database.close()
    except (SettingsError, ContentError, OSError) as wrong:
        print(f"wijkwijzer: {wrong}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
