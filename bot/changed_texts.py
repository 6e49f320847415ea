"""What was written on the web page, laid over the texts of the files (decision 0033)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from actions.text_changes import Wording, Written, words_of
from bot.dialogue.content import Content
from bot.dialogue.responses import Response, Variant
from store.dashboard_tables import TextChange

_PLACE = re.compile(r"\{(\w+)\}")


def written(variant: Variant) -> Written:
    """The words of a wording that can be changed: not those of buttons that come from data."""
    return Written(variant.text, variant.own_titles)


def find(content: Content, wording: Wording) -> Variant | None:
    """The wording as it stands in `content`; None when it is not there."""
    response = content.texts.get(wording.language, {}).get(wording.key)
    there = response is not None and 0 <= wording.variant < len(response.variants)
    return response.variants[wording.variant] if response and there else None


def about(change: TextChange) -> Wording:
    """What was changed."""
    return Wording(change.language, change.key, change.variant)


def counts(change: TextChange, variant: Variant) -> bool:
    """Whether a change is what is said: somebody's words, in the place of what the file still says."""
    file, new = written(variant), words_of(change)
    return new is not None and change.replaces == file.digest and _fits(new, file)


def with_words(content: Content, wording: Wording, words: Written) -> Content:
    """`content` with these words for a wording that is in it."""
    response = content.texts[wording.language][wording.key]
    changed = _said(response.variants[wording.variant], words)
    variants = (*response.variants[: wording.variant], changed, *response.variants[wording.variant + 1 :])
    return _with(content, wording.language, replace(response, variants=variants))


def lay_over(content: Content, changes: Iterable[TextChange]) -> Content:
    """`content`, of the files, with the latest changes; what does not count any more leaves the words of the file."""
    laid = content
    for change in changes:
        variant, words = find(content, about(change)), words_of(change)
        if variant is not None and words is not None and counts(change, variant):
            laid = with_words(laid, about(change), words)
    return laid


def places(words: Written) -> list[str]:
    """The names between braces, each once, in their order."""
    return list(dict.fromkeys(name for text in (words.text, *words.titles) for name in _PLACE.findall(text)))


def has_loose_brace(words: Written) -> bool:
    """Whether a brace stands elsewhere than round a name: such a text could not be filled in."""
    bare = (_PLACE.sub("", text) for text in (words.text, *words.titles))
    return any("{" in text or "}" in text for text in bare)


def _fits(new: Written, file: Written) -> bool:
    """Nothing stands in it that nobody fills in: a text that cannot be filled in is never said."""
    known = set(places(file))
    return len(new.titles) == len(file.titles) and not has_loose_brace(new) and known.issuperset(places(new))


def _said(variant: Variant, words: Written) -> Variant:
    kept, own = variant.options[: variant.listed], variant.options[variant.listed :]
    titled = tuple(replace(option, title=title) for option, title in zip(own, words.titles, strict=True))
    return replace(variant, text=words.text, options=(*kept, *titled), changed=True)


def _with(content: Content, language: str, response: Response) -> Content:
    return replace(content, texts={**content.texts, language: {**content.texts[language], response.key: response}})
