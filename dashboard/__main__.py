"""`python -m dashboard`: serves the web page until it is stopped."""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Thread

import structlog
import uvicorn
from sqlalchemy import exc

from actions.records import DirectoryError
from bot.logs import configure_logs
from dashboard.app import read_ahead, web_app
from dashboard.site import Site, make_site
from store import encryption, rotation
from store.database import Database
from store.encryption import KeysMissing
from store.settings import SettingsError, load_settings
from store.yaml_lines import ContentError

log = structlog.get_logger()


def server(site: Site) -> uvicorn.Server:
    """What listens at `DASHBOARD_LISTEN`."""
    app = web_app(site)
    host, _, port = site.settings.dashboard_listen.rpartition(":")
    # No access log: an address is a secret.
    config = uvicorn.Config(app, host=host, port=int(port), log_config=None, access_log=False, server_header=False)
    return uvicorn.Server(config)


def check_keys(database: Database) -> None:
    """Raise `KeysMissing` with keys that do not fit; a database that is not there yet is told by the pages."""
    try:
        rotation.check_keys(database)
    except exc.SQLAlchemyError as trouble:
        log.warning("keys_not_checked", error=type(trouble).__name__)


def main() -> None:
    """Serve with the settings of this process; what somebody can mend is told in a line, without a traceback."""
    configure_logs()
    try:
        settings = load_settings()
        encryption.configure(settings.encryption_keys)
        database = Database(settings.database_url)
        site = make_site(settings, database)
        made = server(site)
        check_keys(database)
        Thread(target=read_ahead, args=(site,), daemon=True).start()
        with suppress(KeyboardInterrupt):
            made.run()
        database.close()
    except (SettingsError, ContentError, DirectoryError, KeysMissing, OSError) as wrong:
        print(f"wijkwijzer: {wrong}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
