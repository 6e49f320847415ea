"""What every page needs: database, clock, the organisation, its words, and the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.orm import Session

from actions import calendar_files, directory_changes
from actions.calendar_files import CalendarWords
from actions.directory import Organisation, load_directory, load_organisation
from actions.figures import HIDDEN_WORDS, Cell, Hidden
from actions.mail import Mail
from actions.opening_hours import AMSTERDAM
from actions.service_reader import Everything
from actions.services import Directory
from actions.statistics_names import Names, read_names
from actions.terms import TERMS, called
from dashboard.limits import Limit
from dashboard.reading import Reading
from dashboard.texts import Texts
from dashboard.works import Works
from store.clock import Clock
from store.database import Database
from store.settings import Settings
from store.yaml_lines import read_yaml

HERE = Path(__file__).parent
RETRY_SECONDS = 60
TOPIC = "utter_topic_"


@dataclass(frozen=True)
class Site:
    """The web page of one installation."""

    settings: Settings
    database: Database
    clock: Clock
    organisation: Organisation
    calendar_words: CalendarWords
    topics: Mapping[str, str]
    """How each topic is called."""
    kept: Mapping[str, str]
    """What each term is about that the team is told of."""
    names: Names
    """How flows and questions are called."""
    mail: Mail | None
    templates: Environment
    reading: Reading
    """What the bot asks and says."""
    texts: Texts
    """The wordings of it, with what was changed on the page."""
    works: Works = field(default_factory=Works)
    """What takes long and is being done."""
    asked: Limit = field(default_factory=Limit)
    """How often links are asked for."""
    tried: Limit = field(default_factory=Limit)
    """How often links are tried that do not work."""

    @property
    def address(self) -> str:
        """Where others reach the pages."""
        return self.settings.dashboard_address

    def directory(self, session: Session) -> Directory:
        """The services as the team says that they are."""
        return directory_changes.with_changes(self.written_directory(), directory_changes.history(session))

    def written_directory(self) -> Directory:
        """The services as the file says that they are; the bot has checked it, with its topics."""
        return load_directory(self.settings.directory, self.settings.organisation, Everything())


def make_site(settings: Settings, database: Database) -> Site:
    """Put together from the settings. Raises `ContentError`, `DirectoryError` or `OSError` when data is not there."""
    organisation = load_organisation(settings.directory, settings.organisation)
    reading = Reading(settings.flows, organisation)
    return Site(
        settings=settings,
        database=database,
        clock=Clock(settings.clock_file),
        organisation=organisation,
        calendar_words=calendar_files.read_words(settings.flows),
        topics=_topics(settings.flows),
        kept=_kept(settings.flows),
        names=read_names(settings.flows),
        mail=Mail.of(settings),
        templates=_templates(organisation),
        reading=reading,
        texts=Texts(reading, settings.flows),
    )


def _topics(flows: Path) -> Mapping[str, str]:
    """The names of the topics, as the bot says them."""
    said = _said(flows, "system.yml")
    return {key.removeprefix(TOPIC): words for key, words in said.items() if key.startswith(TOPIC)}


def _kept(flows: Path) -> Mapping[str, str]:
    """What terms are about, as the bot says it."""
    said = _said(flows, "retention.yml")
    return {key: said[called(key)] for key, term in TERMS.items() if term.told}


def _said(flows: Path, file: str) -> Mapping[str, str]:
    """The first wording of each key of a file."""
    responses = read_yaml(flows / "texts" / "nl" / file)["responses"]
    return {key: str(said[0].get("text", "")).strip() for key, said in responses.items()}


def _templates(organisation: Organisation) -> Environment:
    """Everything that is filled in is escaped, and a name that is not there is an error."""
    loader = FileSystemLoader(HERE / "templates")
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters.update(moment=_moment, day=_day, wijk=lambda key: organisation.wijk_name(key) or "geen wijk")
    templates.filters["cell"] = _cell
    templates.globals.update(organisation=organisation.name, wijken=organisation.wijk_names())
    templates.globals.update(hidden=HIDDEN_WORDS, one_day=timedelta(days=1))
    return templates


def _cell(cell: Cell) -> str:
    """A cell of a figure in Dutch."""
    if isinstance(cell, Hidden):
        return HIDDEN_WORDS
    if cell is None:
        return "geen"
    return cell if isinstance(cell, str) else _number(cell)


@lru_cache(maxsize=1024)
def _number(found: float) -> str:
    """Kept: a page of figures has hundreds of them, many alike."""
    return str(format_decimal(found, locale="nl"))


def _moment(at: datetime) -> Markup:
    """A moment by the Dutch clock, also for machines."""
    local = at.astimezone(AMSTERDAM)
    said = format_datetime(local, "EEE d MMM y, H:mm", tzinfo=None, locale="nl")
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="minutes"), said)


def _day(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), format_date(day, "d MMM y", locale="nl"))
