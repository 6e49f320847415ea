"""Methods that send files, and the one that finds them again."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.files import StoredFile, checked_voice, facts_of, shown_media
from sandbox.limits import DOWNLOAD_BYTES, MEDIA_GROUP_ITEMS
from sandbox.methods.sending import caption_content, deliver
from sandbox.params import Params, Upload
from sandbox.wire import Json, bad_request
from sandbox.world import World


def _file(world: World, kind: str, params: Params) -> StoredFile:
    given = params.text(kind)
    upload = params.files.get(kind)
    if given.startswith("attach://"):
        upload = params.files.get(given.removeprefix("attach://"))
    if upload is not None:
        if kind == "voice":
            upload = checked_voice(upload)
        return world.files.add(kind, upload, facts_of(kind, upload, params.integer("duration")))
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    return _known_file(world, kind, given)


def _known_file(world: World, kind: str, file_id: str) -> StoredFile:
    stored = world.files.get(file_id)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return stored


def _sender(kind: str) -> Callable[[World, Params], Json]:
    def send(world: World, params: Params) -> Json:
        caption = {} if kind == "sticker" else caption_content(params)
        world.reachable(params.values.get("chat_id"))
        return deliver(world, params, {**shown_media(_file(world, kind, params)), **caption}).body()

    return send


def send_media_group(world: World, params: Params) -> list[Json]:
    """sendMediaGroup: pictures, videos, sounds or documents that belong together."""
    items = params.data("media")
    if not isinstance(items, list) or not 2 <= len(items) <= MEDIA_GROUP_ITEMS:
        raise bad_request("wrong number of media in the album: there must be 2-10 items")
    chat = world.reachable(params.values.get("chat_id"))
    contents = [_group_item(world, item, params) for item in items]
    world.pace.take(chat.id, len(contents))
    group = str(world.last_id + 1)
    silent = params.flag("disable_notification")
    return [world.post(chat, None, content, silent=silent, media_group_id=group).body() for content in contents]


def _group_item(world: World, item: object, params: Params) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ("photo", "video", "audio", "document"):
        raise bad_request("can't parse InputMedia: type must be photo, video, audio or document")
    kind = item["type"]
    one = Params({**item, kind: item.get("media")}, params.files)
    return {**shown_media(_file(world, kind, one)), **caption_content(one)}


def get_file(world: World, params: Params) -> Json:
    """getFile: tells where a file can be fetched; at most 20 MB."""
    stored = world.files.get(params.text("file_id"))
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    shown = stored.shown
    return {"file_id": shown["file_id"], "file_unique_id": shown["file_unique_id"],
            "file_size": shown["file_size"], "file_path": stored.path}  # fmt: skip


def store_upload(world: World, kind: str, upload: Upload, duration: int) -> Json:
    """Keep a file that a person sends; returns the part of the message that shows it."""
    return shown_media(world.files.add(kind, upload, facts_of(kind, upload, duration)))


METHODS = {
    "sendPhoto": _sender("photo"),
    "sendVoice": _sender("voice"),
    "sendDocument": _sender("document"),
    "sendAudio": _sender("audio"),
    "sendVideo": _sender("video"),
    "sendSticker": _sender("sticker"),
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
