"""The pictures of one flow: its steps in words, laid out, on one or more sheets."""

from __future__ import annotations

from bot.dialogue.flow import Act, Call, Collect, Decide, Flow, Link, Noop, Say, SetSlots, Step
from bot.drawing.layout import APART, Layout, Told, Wording
from bot.drawing.outline import numbers, outline
from bot.drawing.pages import pages
from bot.drawing.phrases import Labels, Phrases
from bot.drawing.shapes import Picture, Shape

TRIAGE = "action_triage"


def flow_pictures(flow: Flow, phrases: Phrases) -> list[Picture]:
    """Sheets of about A4's form, in order."""
    chain = outline(flow)
    layout = Layout(_wording(flow, phrases, numbers(chain)))
    layout.chain(chain)
    title, topics = phrases.title(flow), phrases.topics(flow)

    def heading(page: int, of: int) -> str:
        return phrases.word("drawing_page", title=title, page=page, pages=of) if of > 1 else title

    begins = phrases.word("drawing_begins", topics=topics) if topics else ""
    return pages(heading, begins, layout.boxes, layout.lines)


def _wording(flow: Flow, phrases: Phrases, numbered: dict[str, int]) -> Wording:
    labels = Labels(phrases, flow, numbered)
    return Wording(
        steps={step: told(flow.steps[step], number, phrases) for step, number in numbered.items()},
        branches={step: labels.of(flow.steps[step]) for step in numbered if len(flow.following[step]) > 1},
        jumps={step: phrases.word("drawing_jump", number=number) for step, number in numbered.items()},
        end=phrases.word("drawing_end"),
    )


def told(step: Step, number: int, phrases: Phrases) -> Told:
    """What stands in the box of a step."""
    shape, text, answers = _of_step(step, phrases)
    caption = f"{number}{APART}{phrases.word(f'drawing_{shape}')}"
    return Told(shape, caption, text, tuple(answers))


def _of_step(step: Step, phrases: Phrases) -> tuple[Shape, str, list[str]]:
    match step:
        case Collect(slot=slot):
            return Shape.QUESTION, phrases.question(slot), phrases.answers(slot)
        case Say(key=key):
            return Shape.SAID, phrases.said(key), []
        case Act(name=name):
            return Shape.ACTION, phrases.action(name), []
        case Decide():
            return Shape.ACTION, phrases.action(TRIAGE), []
        case Call(flow=other):
            return Shape.CALL, phrases.title(phrases.content.flows[other]), []
        case Link(flow=other):
            return Shape.LINK, phrases.title(phrases.content.flows[other]), []
        case SetSlots(values=values):
            return Shape.NOTE, "\n".join(phrases.setting(slot, str(value)) for slot, value in values), []
        case Noop():
            return Shape.DECISION, "", []
