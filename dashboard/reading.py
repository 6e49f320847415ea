"""The flows and texts that the bot has, for pages that show them."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import structlog
from sqlalchemy.orm import Session

from actions import text_changes
from actions.directory import Organisation
from bot.changed_texts import lay_over
from bot.dialogue.content import Content
from bot.live_content import stamp
from bot.start import read_content
from store.yaml_lines import ContentError

log = structlog.get_logger()


class Reading:
    """Reads all flows and texts once, which takes about a second, and anew when a file was written."""

    def __init__(self, flows: Path, organisation: Organisation) -> None:
        self._flows, self._organisation = flows, organisation
        self._lock = Lock()
        self._stamp: object = None
        self._content: Content | None = None
        self._laid_over: tuple[object, Content, Content] | None = None

    def content(self, session: Session) -> Content:
        """What the bot has now: the files, and over them what the team wrote. Raises as `files` does."""
        files, written = self.files(), text_changes.stamp(session)
        laid = self._laid_over
        if laid is None or laid[0] != written or laid[1] is not files:
            laid = self._laid_over = written, files, lay_over(files, text_changes.latest(session))
        return laid[2]

    def files(self) -> Content:
        """The last files that fit together, as in the bot. Raises `ContentError` or `OSError` as long as none did."""
        with self._lock:
            found = stamp(self._flows)
            if found == self._stamp and self._content is not None:
                return self._content
            self._stamp = found
            try:
                self._content = read_content(self._flows, self._organisation)
            except (ContentError, OSError) as wrong:
                if self._content is None:
                    raise
                log.error("content_refused", problem=str(wrong))
            return self._content
