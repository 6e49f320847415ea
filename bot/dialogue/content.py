"""Flows, slots and responses of one installation, read at start and refused when they do not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.dialogue.flow import Act, Call, Collect, Flow, Link, Say, SetSlots, Slot
from bot.dialogue.flow_reader import FlowReader
from bot.dialogue.responses import Option, Response, read_response
from bot.dialogue.triage import Triage, read_triage
from bot.dialogue.triage_check import check_triage
from store.yaml_lines import ContentError, LocatedDict, line_of, read_yaml, reading, section

DUTCH = "nl"
DATA_FILES = {"slots.yml", "triage.yml"}
DATA_TEXTS = {"safety_phrases.yml", "wordrules.yml"}
MAY_PRESS = frozenset({"no_money"})
DEFAULT_SESSION_MINUTES = 720


@dataclass(frozen=True)
class Content:
    """Everything that the player and the words need."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, Slot]
    texts: Mapping[str, Mapping[str, Response]]
    triggers: Mapping[str, str]
    triage: Triage
    session_minutes: int = DEFAULT_SESSION_MINUTES
    asked_anew: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def response(self, key: str, language: str = DUTCH) -> Response:
        """The response in that language, else in Dutch; raises `KeyError` with the key."""
        return self.texts.get(language, {}).get(key) or self.texts[DUTCH][key]

    def knows(self, key: str) -> bool:
        return key in self.texts[DUTCH]

    def tier(self, intent: str) -> str:
        """How soon somebody must look at it, before anything was asked."""
        return self.triage.tiers.get(intent, "info")

    def rank(self, intent: str) -> int:
        """Where an intent stands among those that cannot wait as long; the lower, the sooner it is talked about."""
        order = tuple(self.triage.tiers)
        return order.index(intent) if intent in order else len(order)

    def is_pressing(self, intent: str) -> bool:
        """Whether an intent is a crisis, or becomes one by its answers: worth a question however unsure."""
        return self.tier(intent) == "crisis" or intent in MAY_PRESS

    @property
    def persisted(self) -> frozenset[str]:
        """The slots that outlive a talk."""
        return frozenset().union(*(flow.persisted for flow in self.flows.values()))


def load_content(flows: Path, lists: Mapping[str, tuple[Option, ...]]) -> Content:
    """Read `flows/`; `lists` has the options that come from the organisation's data. Raises `ContentError`."""
    slots, minutes = _read_slots(flows / "slots.yml", lists)
    found = dict(_read_flows(flows))
    texts = {folder.name: _read_texts(folder, lists) for folder in sorted((flows / "texts").iterdir())}
    file = flows / "triage.yml"
    with reading(file, "the triage table"):
        content = Content(found, slots, texts, _triggers(found), read_triage(file), minutes)
    with reading(flows, "what flows, texts and slots name"):
        return _checked(flows, content)


def _checked(flows: Path, content: Content) -> Content:
    for name, flow in content.flows.items():
        _check_flow(flows, name, flow, content)
    check_triage(content.triage, {name: slot.values for name, slot in content.slots.items()}, content.knows)
    return replace(content, asked_anew={name: _asked_anew(content, name) for name in content.flows})


def _read_slots(file: Path, lists: Mapping[str, tuple[Option, ...]]) -> tuple[dict[str, Slot], int]:
    source = read_yaml(file)
    slots = {name: _read_slot(file, name, entry, lists) for name, entry in section(file, source, "slots").items()}
    session = section(file, source, "session_config")
    with reading(file, "session_config", session):
        return slots, int(session.get("session_expiration_time", DEFAULT_SESSION_MINUTES))


def _read_slot(file: Path, name: str, entry: LocatedDict, lists: Mapping[str, tuple[Option, ...]]) -> Slot:
    with reading(file, f"slot '{name}'", entry):
        return _slot(file, name, entry, lists)


def _slot(file: Path, name: str, entry: LocatedDict, lists: Mapping[str, tuple[Option, ...]]) -> Slot:
    kind = entry.get("type")
    if kind not in ("categorical", "text", "list"):
        raise ContentError(f"{file}:{line_of(entry)}: slot '{name}' is of type categorical, text or list.")
    values = [str(value) for value in entry.get("values", ())]
    if kind == "categorical" and not values:
        raise ContentError(f"{file}:{line_of(entry)}: slot '{name}' needs 'values:'.")
    metadata = entry.get("metadata") or {}
    listed = lists.get(metadata.get("options", ""), ())
    return Slot(name, tuple(option.value for option in listed) + tuple(values), bool(metadata.get("counted")))


def _read_flows(flows: Path) -> Iterator[tuple[str, Flow]]:
    seen: dict[str, Path] = {}
    for file in sorted(flows.glob("*.yml")):
        if file.name in DATA_FILES:
            continue
        for name, entry in section(file, read_yaml(file), "flows").items():
            if name in seen:
                raise ContentError(f"{file}:{line_of(entry)}: flow '{name}' stands in {seen[name]} too.")
            seen[name] = file
            with reading(file, f"flow '{name}'", entry):
                flow = FlowReader(file, name, entry).read()
            yield name, flow


def _read_texts(folder: Path, lists: Mapping[str, tuple[Option, ...]]) -> dict[str, Response]:
    texts: dict[str, Response] = {}
    for file in sorted(folder.glob("*.yml")):
        if file.name in DATA_TEXTS:
            continue
        for key, entry in section(file, read_yaml(file), "responses").items():
            if key in texts:
                raise ContentError(f"{file}:{line_of(entry)}: '{key}' stands at {texts[key].where} too.")
            with reading(file, f"'{key}'", entry):
                texts[key] = read_response(file, key, entry, lists)
    return texts


def _asked_anew(content: Content, name: str) -> frozenset[str]:
    """The slots that a flow, and those it calls, ask again each time: neither kept for the talk nor for good."""
    reached, to_do = {name}, [name]
    while to_do:
        steps = content.flows[to_do.pop()].steps.values()
        called = {step.flow for step in steps if isinstance(step, Call)} - reached
        reached |= called
        to_do += called
    anew = {step.slot for flow in reached for step in content.flows[flow].collects() if not step.keep}
    has_lines = any(content.response(f"utter_ask_{slot}").variants[0].lines for slot in anew)
    return frozenset(anew - content.persisted | ({"left_out"} if has_lines else set()))


def _triggers(flows: Mapping[str, Flow]) -> dict[str, str]:
    triggers: dict[str, str] = {}
    for flow in flows.values():
        for intent in flow.triggers:
            if intent in triggers:
                raise ContentError(f"flows: intent '{intent}' starts both '{triggers[intent]}' and '{flow.name}'.")
            triggers[intent] = flow.name
    return triggers


def _check_flow(flows: Path, name: str, flow: Flow, content: Content) -> None:
    """Every slot, response and flow that a step names must exist."""
    for step in flow.steps.values():
        match step:
            case Collect(slot=slot):
                _need(flows, name, slot in content.slots, f"slot '{slot}'; add it to flows/slots.yml")
                asked = f"utter_ask_{slot}"
                _need(flows, name, content.knows(asked), f"text '{asked}'; add it to flows/texts/nl")
                _check_options(content, slot)
            case Say(key=key):
                _need(flows, name, content.knows(key), f"text '{key}'; add it to flows/texts/nl")
            case Call(flow=other) | Link(flow=other):
                _need(flows, name, other in content.flows, f"flow '{other}'")
            case SetSlots(values=values):
                for slot, _ in values:
                    _need(flows, name, slot in content.slots, f"slot '{slot}'; add it to flows/slots.yml")
            case Act() | _:
                pass


def _check_options(content: Content, slot: str) -> None:
    """A button must give a value that the slot knows."""
    values = content.slots[slot].values
    for texts in content.texts.values():
        response = texts.get(f"utter_ask_{slot}")
        for variant in response.variants if response else ():
            for option in variant.options:
                if values and option.value not in values:
                    assert response is not None
                    raise ContentError(f"{response.where}: '{option.value}' is no value of slot '{slot}'.")


def _need(flows: Path, name: str, there: bool, what: str) -> None:
    if not there:
        raise ContentError(f"{flows}: flow '{name}' names {what}. It is not there.")
