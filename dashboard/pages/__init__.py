"""The pages, in the order of the menu."""

from __future__ import annotations

from dashboard.pages import directory, figures, log, posters, requests, sentences, settings, team, texts, today, triage
from dashboard.visit import Page

PAGES: tuple[Page, ...] = (
    today.PAGE,
    requests.PAGE,
    team.PAGE,
    figures.PAGE,
    directory.PAGE,
    texts.PAGE,
    sentences.PAGE,
    triage.PAGE,
    posters.PAGE,
    settings.PAGE,
    log.PAGE,
)
