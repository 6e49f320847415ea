"""What a member of the team does in Telegram: press cards, talk with residents, look at the day, change settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from actions import directory_changes, handoffs, notes, people, practice, relay, wellbeing
from actions import my_data as held
from actions.outbox import Button, queue, subject_of
from actions.relay import Letter
from actions.roles import BUTTONS as BUTTONS_OF
from actions.roles import COMMANDS as COMMANDS_OF
from actions.team_settings import takes_requests
from bot import my_data, team_appointments, team_cases, team_figures, team_overview, team_own_settings, team_page
from bot.directory_answers import DirectoryAnswers
from bot.incoming import FILES, Incoming, Kind
from bot.team_visit import TeamVisit
from bot.words import Words
from store.states import RequestState
from store.tables import Member, Request

log = structlog.get_logger()
PRESSED = re.compile(r"([a-z]{3,9}):(\d{1,18})(?::([a-z0-9_:]{1,60}))?", re.ASCII)
DIRECTORY, SETTINGS, WELL = "dir:", "set:", "well:"
ACTS: Mapping[str, team_cases.Act] = {**team_cases.ACTS, **team_appointments.ACTS}
BUTTONS = (*(f"{act}:" for act in ACTS), DIRECTORY, SETTINGS, WELL)
"""What the data of buttons of the team begins with; residents' buttons begin otherwise."""

COMMANDS: Mapping[str, Callable[[TeamVisit], None]] = {
    "/vandaag": team_overview.today,
    "/team": team_overview.team_load,
    "/maatregelen": team_overview.measures_list,
    "/instellingen": team_own_settings.show,
    "/oefenen": lambda visit: practice.begin(visit.session, visit.now, visit.member),
    "/webpagina": team_page.link,
    "/gegevens": lambda visit: _show_my_data(visit),
}
NOTE, FIGURES = "/notitie", "/cijfers"


@dataclass(frozen=True)
class TeamSide:
    """What happens with an update of a member of the team."""

    words: Words
    refresh_directory: Callable[[], None]
    dashboard_url: str = ""

    def handle(self, session: Session, now: datetime, member: Member, incoming: Incoming) -> None:
        """Answer one update within its transaction."""
        visit = TeamVisit(self.words, session, now, member, incoming, self.dashboard_url)
        match incoming.kind:
            case Kind.PRESS:
                self._press(visit)
            case Kind.BLOCKED:
                people.lose(session, incoming.chat_id)
                handoffs.lose(session, now, member)
            case Kind.UNBLOCKED:
                handoffs.catch_up(session, now, member)
            case Kind.EDITED if written := notes.written_in(session, incoming.chat_id, incoming.message_id):
                team_cases.change_note(visit, written, _as_note(incoming.text))
            case _ if incoming.text.startswith("/"):
                _command(visit)
            case Kind.EDITED:
                _pass_on_edit(visit)
            case _ if team_cases.take_note(visit):
                return
            case _ if incoming.reply_to and (key := _asked_number(visit)):
                _directory(visit).number(key)
            case _:
                _pass_on(visit)

    def _press(self, visit: TeamVisit) -> None:
        data = visit.incoming.data
        name = data.partition(":")[0]
        if name in BUTTONS_OF and visit.member.role not in BUTTONS_OF[name]:
            _log_refusal(visit, name)
            return visit.tell("utter_request_gone")
        if data.startswith(DIRECTORY):
            return _directory(visit).press()
        if data.startswith(SETTINGS):
            return team_own_settings.press(visit, data.removeprefix(SETTINGS))
        if data.startswith(WELL):
            return _how_they_are(visit, data.removeprefix(WELL))
        found = PRESSED.fullmatch(data)
        act = ACTS.get(found[1]) if found else None
        if found is None or act is None:
            log.warning("team_button_refused", update_id=visit.incoming.update_id, member_id=visit.member.id)
            return visit.help()
        return act(visit, int(found[2]), found[3] or "")


def _command(visit: TeamVisit) -> None:
    name, rest = _parts(visit.incoming.text)
    if name in COMMANDS_OF and visit.member.role not in COMMANDS_OF[name]:
        _log_refusal(visit, name)
        return visit.help()
    if name == NOTE:
        return _note(visit, rest)
    if name == FIGURES:
        return team_figures.figures(visit, rest)
    command = COMMANDS.get(name)
    return command(visit) if command else visit.help()


def _log_refusal(visit: TeamVisit, asked: str) -> None:
    """A command or button that is not for the role of who used it."""
    log.warning("team_role_refused", asked=asked, role=visit.member.role.value, member_id=visit.member.id)


def _parts(text: str) -> tuple[str, str]:
    """The command with which a text begins, without the name of the bot, and what stands behind it."""
    name, rest = [*text.split(None, 1), "", ""][:2]
    return name.partition("@")[0].casefold(), rest.strip()


def _as_note(text: str) -> str:
    """The words of a note, with or without the command before them."""
    name, rest = _parts(text)
    return rest if name == NOTE else text


def _show_my_data(visit: TeamVisit) -> None:
    """`/gegevens`: what is held of the member themselves."""
    for told in my_data.of_member(visit.words, visit.now, held.of_member(visit.session, visit.member)):
        queue(visit.session, visit.now, visit.incoming.chat_id, told)


def _note(visit: TeamVisit, text: str) -> None:
    """`/notitie` with the words behind it, about the request that it replies to, or the only one."""
    case = _meant(visit, handoffs.claimed_by(visit.session, visit.member))
    if case is None:
        return visit.tell("team_note_about_which")
    if not text:
        return team_cases.ask_note(visit, case.id, "")
    team_cases.keep_note(visit, case.id, text)
    return None


def _how_they_are(visit: TeamVisit, said: str) -> None:
    if said not in ("good", "so_so", "talk"):
        return visit.help()
    return visit.show(wellbeing.answer(visit.session, visit.now, visit.member, said))


def _directory(visit: TeamVisit) -> DirectoryAnswers:
    return DirectoryAnswers(visit.words, visit.session, visit.now, visit.member, visit.incoming)


def _asked_number(visit: TeamVisit) -> str | None:
    return directory_changes.number_asked(visit.session, visit.incoming.chat_id, visit.incoming.reply_to)


def _pass_on(visit: TeamVisit) -> None:
    incoming = visit.incoming
    if incoming.refused:
        return visit.tell("team_file_refused")
    cases = handoffs.claimed_by(visit.session, visit.member)
    if (incoming.reply_to or not cases) and (closed := _closed(visit)) is not None:
        again = ((Button("button_again", f"again:{closed.id}"),),)
        return visit.tell("team_closed_already", again, number=closed.id)
    if not cases and (key := _asked_number(visit)):
        return _directory(visit).number(key)
    if not cases:
        return visit.tell("team_no_case") if takes_requests(visit.member) else visit.help()
    meant = None if _has_just_closed(visit) else _meant(visit, cases)
    case = handoffs.held_by(visit.session, visit.member, meant.id) if meant is not None else None
    if case is None:
        return _ask_which(visit, cases)
    letter = Letter(incoming.chat_id, incoming.message_id, incoming.text, incoming.kind in FILES)
    return team_cases.pass_on(visit, case, letter)


def _pass_on_edit(visit: TeamVisit) -> None:
    """What was edited follows to the resident who was sent it, and to nobody else."""
    incoming = visit.incoming
    number = relay.passed_on_about(visit.session, incoming.chat_id, incoming.message_id)
    case = handoffs.held_by(visit.session, visit.member, number) if number is not None else None
    if case is None:
        return visit.tell("team_edit_not_passed_on")
    letter = Letter(incoming.chat_id, incoming.message_id, incoming.text, is_edit=True)
    return relay.to_resident(visit.session, visit.now, case, visit.member, letter)


def _has_just_closed(visit: TeamVisit) -> bool:
    """Whether the last word in the chat was in a talk that is closed: then nobody knows for whom the next one is."""
    return visit.incoming.reply_to is None and _closed(visit) is not None


def _meant(visit: TeamVisit, cases: list[Request]) -> Request | None:
    """The case that a message replies to, or the only one there is."""
    if visit.incoming.reply_to is not None:
        replied = _replied_to(visit)
        return next((case for case in cases if case.id == replied), None)
    return cases[0] if len(cases) == 1 else None


def _replied_to(visit: TeamVisit) -> int | None:
    incoming = visit.incoming
    return handoffs.request_of(subject_of(visit.session, incoming.chat_id, incoming.reply_to or 0))


def _closed(visit: TeamVisit) -> Request | None:
    """The request that was closed, when a message is a reply in that talk, or comes right after closing it."""
    number = _replied_to(visit) if visit.incoming.reply_to else _last_talked_about(visit)
    found = visit.session.get(Request, number) if number is not None else None
    mine = found is not None and found.claimed_by_id == visit.member.id
    return found if mine and found is not None and found.state is RequestState.CLOSED else None


def _last_talked_about(visit: TeamVisit) -> int | None:
    return handoffs.last_talked_about(visit.session, visit.now, visit.incoming.chat_id)


def _ask_which(visit: TeamVisit, cases: list[Request]) -> None:
    number = visit.incoming.message_id
    rows = tuple(
        (Button("button_case", f"case:{case.id}:{number}", {"number": case.id, "wijk": case.wijk}),) for case in cases
    )
    visit.tell("utter_which_case", rows)
