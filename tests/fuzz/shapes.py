"""What people, programs and attackers may send: texts, numbers and JSON of every kind, and the Bot API's shapes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

HALVES = st.text(st.characters(exclude_categories=()), max_size=40)
"""Halves of characters too, which JSON can carry."""
NASTY = (
    "",
    " \n\t ",
    "\x00\x07\x1b[31m",
    "tocht\x00tocht",
    "\u200b\u2060\ufeff",
    "\u202e\u200ftocht\u202c\u2066",
    "👨‍👩‍👧‍👦🏳️‍🌈🥶",
    "e\u0301" * 30,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "البيت بارد جدا",
    "房子很冷",
    "ﷺ" * 20,
    "İstanbul ı ß ǆ ﬀ",
    "٠٦١٢٣٤٥٦٧٨",
    "１２３４５６７８９",
    "²³¹⁴",
    "'; DROP TABLE people; --",
    "{0} {tenure} %s %(x)s {{}} ${7*7} {{7*7}}",
    "<b>tocht</b><script>alert(1)</script>*_`[x](javascript:1)",
    "../../../../etc/passwd",
    "=HYPERLINK(1)",
    "\ud83e",
    "-0",
    "1e999",
    "NaN",
    "9" * 60,
    "a" * 4096,
    "🥶" * 4096,
    "0 " * 2000,
    "-" * 3000,
    "het is koud " * 340,
    "/start",
    "/vergeet",
    "/start " + "A" * 64,
    "/start wv_" + "0" * 40,
    '/draught{"tenure":"own"}',
    "/notitie 1 x",
    "/cijfers 99999999999999999999",
)
WORDS = [
    "ja",
    "nee",
    "tocht",
    "schimmel",
    "koud",
    "ik",
    "wij",
    "heb",
    "geen",
    "huur",
    "Portaal",
    "rekening",
    "hoog",
    "morgen",
    "overmorgen",
    "maandag",
    "dinsdag",
    "om",
    "3",
    "uur",
    "half",
    "kwart",
    "voor",
    "over",
    "tussen",
    "en",
    "of",
    "niet",
    "na",
    "de",
    "week",
    "volgende",
    "weekend",
    "'s",
    "ochtends",
    "middags",
    "24",
    "12",
    "31",
    "2026",
    "november",
    "Voorbeeldstraat",
    "12",
    "a",
    "bis",
    "3764",
    "ab",
    "nummer",
    "bsn",
    "iban",
    "nl91",
    "abna",
    "0417",
    "1643",
    "00",
    "111222333",
    "06",
    "+31",
    "112",
    "113",
    "-",
    ".",
    ",",
    ":",
    "/",
    "(",
    ")",
    "!",
    "?",
]
sentences = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
texts = st.one_of(sentences, HALVES, st.sampled_from(NASTY), st.lists(st.sampled_from(NASTY), max_size=3).map("".join))
huge = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**40, True, 1.5, 1e300]),
)
scalars = st.one_of(st.none(), st.booleans(), huge, texts)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def _places(found: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [(*at, name) for name, _ in inside] + [place for name, one in inside for place in _places(one, (*at, name))]


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """The same with one to three of its values taken out, or something else in their place."""
    found = copy.deepcopy(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        places = _places(found)
        if not places:
            return draw(anything)
        *above, last = draw(st.sampled_from(places))
        holder = found
        for name in above:
            holder = holder[name]
        if draw(st.booleans()) and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = draw(anything)
    return found


# --- the Bot API ------------------------------------------------------------------------------------------------

ids = st.integers(1, 2**52)
USER: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Voorbeeld", "language_code": "nl"}
CHAT: dict[str, Any] = {"id": 7, "type": "private", "first_name": "Voorbeeld"}
users = st.fixed_dictionaries(
    {"id": ids, "is_bot": st.booleans(), "first_name": texts},
    optional={"last_name": texts, "username": texts, "language_code": texts, "is_premium": st.booleans()},
)
_file = {"file_id": texts, "file_unique_id": texts}
_size = st.integers(0, 2**31)
files = st.fixed_dictionaries(_file, optional={"file_name": texts, "mime_type": texts, "file_size": _size})
timed = st.fixed_dictionaries({**_file, "duration": _size}, optional={"mime_type": texts, "file_size": _size})
sized = st.fixed_dictionaries({**_file, "width": _size, "height": _size}, optional={"file_size": _size})
entities = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["bold", "bot_command", "url", "mention", "spoiler", "no_such"]), "offset": _size}
    ).flatmap(lambda one: st.integers(0, 5000).map(lambda length: {**one, "length": length})),
    max_size=2,
)
_sticker = sized.map(lambda one: {**one, "type": "regular", "is_animated": False, "is_video": False})
_poll = st.fixed_dictionaries(
    {
        "id": texts,
        "question": texts,
        "options": st.lists(st.fixed_dictionaries({"text": texts, "voter_count": _size}), max_size=3),
        "total_voter_count": _size,
        "is_closed": st.booleans(),
        "is_anonymous": st.booleans(),
        "type": st.sampled_from(["regular", "quiz"]),
        "allows_multiple_answers": st.booleans(),
    }
)
CONTENTS: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "caption": texts,
    "photo": st.lists(sized, max_size=3),
    "voice": timed,
    "audio": timed,
    "video_note": st.fixed_dictionaries({**_file, "length": _size, "duration": _size}),
    "video": sized.map(lambda one: {**one, "duration": 3}),
    "animation": sized.map(lambda one: {**one, "duration": 3}),
    "document": files,
    "sticker": _sticker,
    "poll": _poll,
    "dice": st.fixed_dictionaries({"emoji": texts, "value": _size}),
    "contact": st.fixed_dictionaries({"phone_number": texts, "first_name": texts}, optional={"vcard": texts}),
    "location": st.fixed_dictionaries({"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}),
    "new_chat_members": st.lists(users, max_size=2),
    "left_chat_member": users,
    "new_chat_title": texts,
    "pinned_message": st.just({"message_id": 1, "date": 0, "chat": CHAT}),
    "entities": entities,
    "web_app_data": st.fixed_dictionaries({"data": texts, "button_text": texts}),
    "successful_payment": st.just({"currency": "EUR", "total_amount": 1}),
    "story": st.just({"id": 1, "chat": CHAT}),
    "giveaway": st.just({}),
    "forward_origin": st.just({"type": "hidden_user", "date": 1, "sender_user_name": "x"}),
    "reply_to_message": st.just({"message_id": 3, "date": 0, "chat": CHAT}),
    "media_group_id": texts,
}


@st.composite
def messages(draw: st.DrawFn, chat: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    """A message of one of all kinds, or of several at once."""
    kinds = draw(st.lists(st.sampled_from(sorted(CONTENTS)), min_size=1, max_size=2, unique=True))
    found = {"message_id": draw(ids), "date": draw(st.integers(0, 2**33)), "chat": chat}
    given = draw(st.sampled_from([{"from": user}, {"from": user}, {"sender_chat": chat}, {}]))
    return {**found, **given, **{kind: draw(CONTENTS[kind]) for kind in kinds}}


def _member(user: dict[str, Any], status: str) -> dict[str, Any]:
    return {"user": user, "status": status, "until_date": 0}


@st.composite
def contents(
    draw: st.DrawFn, data: Sequence[str], chat: dict[str, Any] = CHAT, user: dict[str, Any] = USER
) -> dict[str, Any]:
    """What an update holds beside its number; `data` is of buttons that are or were on a screen."""
    kind = draw(st.sampled_from(["message"] * 4 + ["callback_query"] * 3 + ["edited_message", "other"]))
    if kind in ("message", "edited_message"):
        return {kind: draw(messages(chat, user))}
    if kind == "callback_query":
        return {kind: draw(presses(data, chat, user))}
    return draw(st.one_of(_others(chat, user)))


def _others(chat: dict[str, Any], user: dict[str, Any]) -> list[st.SearchStrategy[dict[str, Any]]]:
    status = st.sampled_from(["member", "kicked", "left", "administrator", "restricted", "no_such"])
    change = status.map(
        lambda new: {
            "chat": chat,
            "from": user,
            "date": 1,
            "old_chat_member": _member(user, "member"),
            "new_chat_member": _member(user, new),
        }
    )
    group = st.sampled_from(["group", "supergroup", "channel", "no_such"]).map(
        lambda sort: {"id": -100 - int(user["id"]), "type": sort, "title": "Flat"}
    )
    return [
        change.map(lambda one: {"my_chat_member": one}),
        change.map(lambda one: {"chat_member": one}),
        group.flatmap(lambda flat: messages(flat, user)).map(lambda one: {"message": one}),
        group.flatmap(lambda flat: messages(flat, user)).map(lambda one: {"channel_post": one}),
        _poll.map(lambda one: {"poll": one}),
        texts.map(lambda words: {"inline_query": {"id": "1", "from": user, "query": words, "offset": ""}}),
        st.just({"message_reaction": {"chat": chat, "message_id": 1, "date": 1}}),
        st.just({"pre_checkout_query": {"id": "1", "from": user}}),
        st.just({}),
    ]


TEAM_ACTS = [
    "claim",
    "close",
    "end",
    "say",
    "want",
    "attend",
    "plan",
    "case",
    "release",
    "decline",
    "heavy",
    "pass",
    "note",
    "give",
    "set",
    "well",
    "dir",
    "f",
    "q",
]


def data_of(known: Sequence[str]) -> st.SearchStrategy[str]:
    """Data of buttons: as it is, changed in one sign, with another number, made up, or nonsense."""
    real = st.sampled_from(sorted(known)) if known else st.just("q1:yes")
    numbers = st.sampled_from([0, 1, 2, 3, 5, 9, 17, 999, 2**31, 2**63, 10**17, 10**18])
    swapped = st.tuples(real, numbers).map(lambda two: _with_number(*two))
    changed = st.tuples(real, st.integers(0, 60), st.characters(exclude_categories=())).map(
        lambda three: three[0][: three[1]] + three[2] + three[0][three[1] + 1 :]
    )
    made = st.tuples(st.sampled_from(TEAM_ACTS), numbers, st.one_of(texts, st.sampled_from(["yes", "1", "away:1"])))
    made_up = made.map(lambda three: f"{three[0]}:{three[1]}:{three[2]}"[:64])
    return st.one_of(real, swapped, changed, made_up, texts, st.just("q1:" + "x" * 61))


def _with_number(data: str, number: int) -> str:
    """`claim:5` becomes `claim:9`, and `q12:yes` `q9:yes`."""
    digits = [place for place, sign in enumerate(data) if sign in "0123456789"]
    if not digits:
        return f"{data}:{number}"
    end = next((place for place in range(digits[0], len(data)) if data[place] not in "0123456789"), len(data))
    return f"{data[: digits[0]]}{number}{data[end:]}"


@st.composite
def presses(draw: st.DrawFn, data: Sequence[str], chat: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    shown = draw(st.sampled_from(["message", "message", "gone", "inline", "none"]))
    found = {"id": draw(st.text("0123456789", min_size=1, max_size=18)), "from": user, "chat_instance": "1"}
    if shown in ("message", "gone"):
        date = 0 if shown == "gone" else 1
        found["message"] = {"message_id": draw(st.integers(1, 400)), "date": date, "chat": chat, "text": "?"}
    if shown == "inline":
        found["inline_message_id"] = "1"
    if draw(st.integers(0, 9)):
        found["data"] = draw(data_of(data))
    else:
        found["game_short_name"] = "x"
    return found
