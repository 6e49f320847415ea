"""The pages, in the order of the menu."""

from __future__ import annotations

from dashboard.pages import figures, log, requests, team, today
from dashboard.visit import Page

PAGES: tuple[Page, ...] = (today.PAGE, requests.PAGE, team.PAGE, figures.PAGE, log.PAGE)
