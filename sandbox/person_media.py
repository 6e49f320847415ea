"""Voice notes, pictures and the like that a person sends."""

from __future__ import annotations

import base64
import binascii

from sandbox import samples
from sandbox.methods.media import store_upload
from sandbox.params import Upload
from sandbox.people import Person
from sandbox.person_actions import ACTIONS, Action, send
from sandbox.wire import BotApiError, ControlError, Json, number
from sandbox.world import World

MIMES = {"voice": "audio/ogg", "audio": "audio/mpeg", "video": "video/mp4", "photo": "image/jpeg",
         "sticker": "image/webp", "document": "application/octet-stream"}  # fmt: skip


def _upload(kind: str, data: Json) -> Upload:
    """Return the file that was given (`content` in base64), or an example of this kind."""
    given = data.get("content")
    if given is None:
        return _example(kind, data)
    try:
        content = base64.b64decode(given, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ControlError("content must be base64") from None
    return Upload(str(data.get("name") or kind), str(data.get("mime") or MIMES[kind]), content)


def _example(kind: str, data: Json) -> Upload:
    if kind in ("voice", "audio"):
        made = samples.voice_note(max(1, int(number(data, "duration", 3))))
    elif kind in ("photo", "sticker"):
        made = samples.picture()
    else:
        made = Upload("voorbeeld.txt", "text/plain", b"Voorbeeld\n")
    return Upload(str(data.get("name") or made.name), made.mime, made.content)


def _sender(kind: str) -> Action:
    def act(world: World, person: Person, data: Json) -> Json:
        return send_upload(world, person, kind, _upload(kind, data), data)

    return act


def send_upload(world: World, person: Person, kind: str, upload: Upload, data: Json) -> Json:
    """Send a file of this kind; `caption` and `duration` (seconds) may come with it."""
    try:
        content = store_upload(world, kind, upload, int(number(data, "duration", 3)))
    except BotApiError as error:
        raise ControlError(error.description) from error
    if kind == "sticker":
        content["sticker"]["emoji"] = str(data.get("emoji", "👍"))
    elif data.get("caption"):
        content["caption"] = str(data["caption"])
    return send(world, person, data, content)


def location(world: World, person: Person, data: Json) -> Json:
    """Send a place."""
    place = {"latitude": number(data, "latitude", 52.17), "longitude": number(data, "longitude", 5.29)}
    return send(world, person, data, {"location": place})


def contact(world: World, person: Person, data: Json) -> Json:
    """Send a phone number: one's own (also with a button that asks for it) or someone else's."""
    shown: Json = {"phone_number": str(data.get("phone_number", "+31612345678")),
                   "first_name": str(data.get("first_name", person.first_name))}  # fmt: skip
    if "first_name" not in data or data.get("user_id"):
        shown["user_id"] = data.get("user_id", person.id)
    return send(world, person, data, {"contact": shown})


ALL_ACTIONS: dict[str, Action] = {
    **ACTIONS,
    **{kind: _sender(kind) for kind in MIMES},
    "location": location,
    "contact": contact,
}
