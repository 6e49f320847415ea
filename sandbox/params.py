"""The parameters of one Bot API call, however they were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.limits import UPLOAD_BYTES
from sandbox.wire import BotApiError, Json, bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """Values as they came (text, or JSON types in a JSON body) and files."""

    values: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text; empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def number(self, name: str) -> float:
        """Return a number such as a latitude; raises 400 when it is missing."""
        try:
            return float(self.values.get(name, ""))
        except (TypeError, ValueError):
            raise bad_request(f"{name} is empty or invalid") from None

    def flag(self, name: str) -> bool:
        """Return whether a parameter is true in one of the ways Telegram accepts."""
        value = self.values.get(name)
        return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "1")) or value == 1

    def data(self, name: str, what: str = "") -> Any:
        """Return a JSON parameter, which may be sent as JSON or as a string of JSON; None when it is missing."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what or name} JSON object") from None

    def mapping(self, name: str) -> Json:
        """Return a parameter that is a JSON object; empty when it is missing."""
        value = self.data(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name} JSON object")
        return value


async def read_params(request: Request) -> Params:
    """Read query, JSON, form or multipart into one set of parameters."""
    if int(request.headers.get("content-length") or 0) > UPLOAD_BYTES + 1024 * 1024:
        raise BotApiError(413, "Request Entity Too Large")
    query = request.scope["query_string"]
    values: Json = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return await _read_multipart(request, values)
    body = await request.body()
    if not body:
        return Params(values)
    if kind.startswith("application/json"):
        values.update(_json_object(body))
    else:
        values.update(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return Params(values)


def _json_object(body: bytes) -> Json:
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise bad_request("Can't parse request: expected a JSON object")
    return data


async def _read_multipart(request: Request, values: Json) -> Params:
    files: dict[str, Upload] = {}
    async with request.form() as form:
        for name, part in form.multi_items():
            if isinstance(part, UploadFile):
                mime = part.content_type or "application/octet-stream"
                files[name] = Upload(part.filename or name, mime, await part.read())
            else:
                values[name] = part
    return Params(values, files)
