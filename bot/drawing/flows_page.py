"""The page with all flows for coordinators and partners, and its pictures, as files that are the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.dialogue.content import Content
from bot.dialogue.flow import Call, Flow, Link
from bot.drawing.flow_pictures import flow_pictures
from bot.drawing.layout import GAP, MARGIN, WIDTH, Told, step_box
from bot.drawing.pages import pages
from bot.drawing.phrases import Phrases
from bot.drawing.shapes import Box, Picture, Shape

LEGEND = "legend"
EXPLAINED = (Shape.QUESTION, Shape.SAID, Shape.ACTION, Shape.CALL, Shape.LINK, Shape.NOTE, Shape.DECISION)


@dataclass(frozen=True)
class FlowsPage:
    """The page in Markdown, its pictures by name (without ending), and the text keys that are not there yet."""

    markdown: str
    pictures: Mapping[str, Picture]
    missing: tuple[str, ...]


def flows_page(content: Content, folder: str) -> FlowsPage:
    """Every flow with its description and pictures; `folder` is where the pictures are, seen from the page."""
    phrases = Phrases(content)
    drawn = {flow.name: flow_pictures(flow, phrases) for flow in content.flows.values()}
    pictures = {LEGEND: legend(phrases)}
    for name, sheets in drawn.items():
        pictures |= {_file(name, n, len(sheets)): sheet for n, sheet in enumerate(sheets, start=1)}
    lines = [*_head(phrases, folder), *_groups(content, phrases, {n: len(s) for n, s in drawn.items()}, folder)]
    return FlowsPage("\n".join(lines) + "\n", pictures, tuple(sorted(phrases.missing)))


def legend(phrases: Phrases) -> Picture:
    """What each shape means."""
    boxes: list[Box] = []
    y = 0.0
    for shape in EXPLAINED:
        told = Told(shape, phrases.word(f"drawing_{shape}"), phrases.word(f"drawing_legend_{shape}"))
        boxes.append(step_box(told, MARGIN, y, WIDTH - 2 * MARGIN))
        y = boxes[-1].bottom + GAP / 2
    return pages(lambda *_: phrases.word("drawing_doc_legend"), "", boxes, [])[0]


def _file(name: str, number: int, of: int) -> str:
    return name if of == 1 else f"{name}-{number}"


def _head(phrases: Phrases, folder: str) -> Iterator[str]:
    yield from (f"# {phrases.word('drawing_doc_title')}", "", phrases.word("drawing_doc_made"), "")
    yield from (f"## {phrases.word('drawing_doc_legend')}", "", phrases.word("drawing_doc_order"), "")
    yield f"![{phrases.word('drawing_doc_legend')}]({folder}/{LEGEND}.svg)"


def _groups(content: Content, phrases: Phrases, sheets: Mapping[str, int], folder: str) -> Iterator[str]:
    """The flows that the bot begins, those that a resident begins (the most urgent first), and their parts."""
    used = {name for flow in content.flows.values() for name in _leads_to(flow)}
    flows = list(content.flows.values())
    topics = sorted((f for f in flows if f.triggers), key=lambda flow: min(map(content.rank, flow.triggers)))
    rest = [flow for flow in flows if not flow.triggers]
    groups = {
        "drawing_doc_begins": [flow for flow in rest if flow.name not in used],
        "drawing_doc_topics": topics,
        "drawing_doc_parts": [flow for flow in rest if flow.name in used],
    }
    for key, members in groups.items():
        yield from ("", f"## {phrases.word(key)}")
        for flow in members:
            yield from _section(content, phrases, flow, sheets[flow.name], folder)


def _section(content: Content, phrases: Phrases, flow: Flow, sheets: int, folder: str) -> Iterator[str]:
    title = phrases.title(flow)
    yield from ("", f'### <a id="{flow.name}"></a>{title}', "")
    remarks = [flow.description[len(title) :].strip("; ")]
    topics = phrases.topics(flow)
    remarks.append(phrases.word("drawing_begins", topics=topics) if topics else "")
    comes_from = [other.name for other in content.flows.values() if flow.name in _leads_to(other)]
    for key, names in (("drawing_doc_goes_to", _leads_to(flow)), ("drawing_doc_comes_from", comes_from)):
        links = ", ".join(f"[{phrases.title(content.flows[name])}](#{name})" for name in names)
        remarks.append(phrases.word(key, flows=links) if links else "")
    for remark in filter(None, remarks):
        yield f"- {remark[0].upper()}{remark[1:]}"
    for number in range(1, sheets + 1):
        yield from ("", f"![{title} {number}]({folder}/{_file(flow.name, number, sheets)}.svg)")


def _leads_to(flow: Flow) -> list[str]:
    """The flows that it calls or links to, each once."""
    return list(dict.fromkeys(step.flow for step in flow.steps.values() if isinstance(step, (Call, Link))))
