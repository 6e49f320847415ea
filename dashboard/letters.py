"""E-mail of the web page itself: links to sign in, and that an address was changed."""

from __future__ import annotations

import structlog

from actions import mail
from dashboard.site import Site

log = structlog.get_logger()


def send(site: Site, to: str, template: str, **values: object) -> None:
    """Send the words of a template, the first line as subject. Call it after the transaction: it may take seconds.

    What fails is for the log: whoever asked for it has their answer already.
    """
    if site.mail is None:
        return
    try:
        site.mail.send(mail.plain(to, site.templates.get_template(template).render(values)))
    except OSError as error:
        log.error("mail_not_sent", error=type(error).__name__)
