"""A wijk in which something waits on every page."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from actions import availability, directory_changes, misunderstood, sources
from actions.misunderstood import Misunderstood
from actions.records import DirectoryError
from dashboard.site import Site
from store.agenda_tables import AppointmentKind, AppointmentWait
from store.states import Role, Rule, Why
from store.tables import Event, Member, Request
from tests.actions.people import Wijk, wish
from tests.dashboard.conftest import House

QUOTED = 'Fa\'tma "Fa" <b>Voorbeeld</b><script>alert(1)</script>'
EMAIL = "coby@example.org"


def fill(house: House, requests: int = 60) -> int:
    """Requests of twenty days ago and of today, people, the figures of some weeks; gives the number of Coby."""
    with house.wijk() as wijk:
        wijk.now = house.clock.at - timedelta(days=20)
        coby = wijk.coordinator("Coby", email=EMAIL)
        fatma = wijk.member(QUOTED)
        availability.of(wijk.session, fatma).hours = [{"days": [1, 3], "opens": 600, "closes": 720}]
        wijk.member("Joop", "soesterberg", away_until=(house.clock.at + timedelta(days=9)).date())
        wijk.member("Kees", None, Role.ENERGY_COACH)
        wijk.claimed(wijk.professional(), wish("crisis"))
        _waits(wijk, on_top=True)
        _waits(wijk)
        for number in range(requests):
            wijk.request(wish("soon" if number % 7 else "crisis", topics=("draught", "mould")))
        wait = wijk.request(wish(topics=("energy_advice",)))
        wijk.session.add(AppointmentWait(request_id=wait.id, kind=AppointmentKind.COACH, since=wijk.now))
        _figures(wijk)
        _sentences(wijk)
        _posters(wijk, fatma)
        directory_changes.deny(wijk.session, wijk.now, coby, house_service(house.site, wijk))
        return coby.id


def house_service(site: Site, wijk: Wijk):  # type: ignore[no-untyped-def]
    """The first service of the directory."""
    services = site.directory(wijk.session).services
    if not services:
        raise DirectoryError("there is no service to deny")
    return services[0]


def _waits(wijk: Wijk, on_top: bool = False) -> Request:
    """A request that nobody took, so that the coordinator must place it."""
    found = wijk.request(wish("soon", wijk="de_eng"))
    found.rule, found.on_top = Rule.COORDINATOR, on_top
    return found


def _figures(wijk: Wijk) -> None:
    for day in range(90):
        for number in range(6 + day % 5):
            at = wijk.now - timedelta(days=day)
            place = ("smitsveen", "de_eng", "soesterberg")[number % 3]
            wijk.session.add(Event(at=at, name="talk_started", wijk=place))


SAID = (
    ("brr wat een ijshol is het hier vandaag", "nl", "neither", None, None),
    (f"ze zeggen dat ik moet luchten {QUOTED}", "nl", "draught", None, None),
    ("البيت بارد جدا ولا أستطيع الدفع", "ar", None, None, None),
    ("zo'n trekhok niet te doen", "nl", "draught", "draught", "draught"),
    ("ijspegels aan mijn neus", "nl", None, "cold_home", "draught"),
    ("ik wil een plek op de markt", "nl", None, "new", None),
    *((f"dat doet het weer niet {'eens ' * number}", "nl", "bill", None, None) for number in range(10)),
)
"""A sentence, its language, what was chosen, its label, and what a model made of it since."""


def _sentences(wijk: Wijk) -> None:
    for text, language, chosen, label, means in SAID:
        ranking = [("cold_home", 0.4), ("draught", 0.3), ("mould", 0.1)]
        said = Misunderstood(text, Why.DOUBT, intents=ranking, chosen=chosen, open_slot="tenure", language=language)
        number = misunderstood.note(wijk.session, wijk.now, wijk.person(), said)
        misunderstood.label(wijk.session, wijk.now, number, label)
        if label and means:
            misunderstood.read_again(wijk.session, number, label, means, "nlu-1.tar.gz")


def _posters(wijk: Wijk, whose: Member) -> None:
    """Posters, by some of which people came."""
    for number, place in enumerate(("flat Voorbeeld, hal", QUOTED, "buurthuis, bij de koffie", "bibliotheek")):
        of = whose.id if number % 2 else None
        made = sources.make(wijk.session, wijk.now, "smitsveen", place, Random(number), of)
        for _ in range(number * 4):
            sources.note_arrival(wijk.session, wijk.now, wijk.person(), made)
