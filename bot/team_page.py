"""`/webpagina`: a link to sign in to the web page, for who may."""

from __future__ import annotations

from actions import sign_in
from bot.team_visit import TeamVisit


def link(visit: TeamVisit) -> None:
    """Send a link that works once, for a few minutes."""
    if not visit.dashboard_url:
        return visit.tell("team_page_none")
    secret = sign_in.new_link(visit.session, visit.now, visit.member)
    return visit.tell("team_page_link", address=sign_in.link_address(visit.dashboard_url, secret))
