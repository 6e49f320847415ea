"""The control API and the page over HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sandbox import control
from sandbox.params import Upload
from sandbox.person_media import MIMES, send_upload
from sandbox.stream import events
from sandbox.wire import ControlError, Json
from sandbox.world import World

PAGE = Path(__file__).parent / "page"
Endpoint = Callable[[Request], Awaitable[Response]]
SAFE_TO_SHOW = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/webm",
                "video/mp4")  # fmt: skip


def control_app(world: World) -> Starlette:
    """Return the app for everything that is not the Bot API."""
    app = Starlette(routes=[*_people(), *_chats(), *_switches(), *_page()], exception_handlers={ControlError: _failed})
    app.state.world = world
    return app


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)
    return JSONResponse({"error": error.description}, status_code=error.status)


async def _body(request: Request) -> Json:
    raw = await request.body()
    if not raw:
        return {}
    try:
        data = json.loads(raw)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ControlError("the body must be a JSON object")
    return data


def _doing(do: Callable[[World, Json], object], status: int = 200) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(do(request.app.state.world, await _body(request)), status_code=status)

    return endpoint


def _showing(show: Callable[[World], object]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(show(request.app.state.world))

    return endpoint


async def _act(request: Request) -> Response:
    world: World = request.app.state.world
    path = request.path_params
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return JSONResponse(await _act_with_file(request, world))
    data = {**await _body(request), "do": path["action"], "person": path["person"]}
    return JSONResponse(control.act(world, data))


async def _act_with_file(request: Request, world: World) -> Json:
    kind = request.path_params["action"]
    async with request.form() as form:
        part = form.get("file")
        if kind not in MIMES or not isinstance(part, UploadFile):
            raise ControlError("send a file in the field `file`")
        upload = Upload(part.filename or kind, part.content_type or MIMES[kind], await part.read())
        data: Json = {name: value for name, value in form.items() if isinstance(value, str)}
    for name in ("chat", "reply_to", "duration"):
        if name in data:
            data[name] = _whole(data[name], name)
    return send_upload(world, world.person(request.path_params["person"]), kind, upload, data)


def _whole(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ControlError(f"{name} must be a whole number") from None


def _query(request: Request, name: str, default: float) -> float:
    try:
        return float(request.query_params.get(name, default))
    except ValueError:
        raise ControlError(f"{name} must be a number") from None


async def _messages(request: Request) -> Response:
    after = int(_query(request, "after", 0))
    return JSONResponse(control.history(request.app.state.world, request.path_params["chat"], after))


async def _wait(request: Request) -> Response:
    found = await control.wait_for_messages(
        request.app.state.world, request.path_params["chat"], int(_query(request, "after", 0)),
        int(_query(request, "count", 1)), _query(request, "timeout", 10), request.query_params.get("by", ""),
    )  # fmt: skip
    return JSONResponse(found)


async def _events(request: Request) -> Response:
    world, chat = request.app.state.world, request.path_params["chat"]
    return JSONResponse(
        await control.wait_for_events(world, chat, int(_query(request, "after", 0)), _query(request, "timeout", 10))
    )


async def _release(request: Request) -> Response:
    return JSONResponse(control.release_fault(request.app.state.world, request.path_params["fault"]))


def _people() -> list[Route]:
    return [
        Route("/sandbox/people", _showing(control.people)),
        Route("/sandbox/people", _doing(control.create_person, 201), methods=["POST"]),
        Route("/sandbox/people/{person:int}/{action}", _act, methods=["POST"]),
        Route("/sandbox/state", _showing(control.state)),
        Route("/sandbox/reset", _doing(control.reset), methods=["POST"]),
    ]


def _chats() -> list[Any]:
    chat = r"/sandbox/chats/{chat:signed}"
    return [
        Route(chat + "/messages", _messages),
        Route(chat + "/wait", _wait),
        Route(chat + "/events", _events),
        WebSocketRoute("/sandbox/events", events),
    ]


def _switches() -> list[Route]:
    return [
        Route("/sandbox/limits", _showing(control.limits)),
        Route("/sandbox/limits", _doing(control.set_limits), methods=["PUT"]),
        Route("/sandbox/faults", _showing(control.faults)),
        Route("/sandbox/faults", _doing(control.add_fault, 201), methods=["POST"]),
        Route("/sandbox/faults", _doing(lambda world, _: control.clear_faults(world)), methods=["DELETE"]),
        Route("/sandbox/faults/{fault:int}", _release, methods=["DELETE"]),
        Route("/sandbox/faults/{fault:int}/release", _release, methods=["POST"]),
        Route("/sandbox/updates", _doing(control.update_faults), methods=["POST"]),
        Route("/sandbox/clock", _showing(control.clock_view)),
        Route("/sandbox/clock", _doing(control.move_clock), methods=["PUT"]),
    ]


async def _file(request: Request) -> Response:
    stored = request.app.state.world.files.get(request.path_params["file_id"])
    if stored is None:
        raise ControlError("there is no such file", 404)
    # What people upload is untrusted: only pictures and sound are shown, the rest is offered as a download.
    if stored.mime in SAFE_TO_SHOW:
        return Response(stored.content, media_type=stored.mime)
    return Response(stored.content, media_type="application/octet-stream",
                    headers={"Content-Disposition": "attachment"})  # fmt: skip


async def _index(_request: Request) -> Response:
    return Response((PAGE / "index.html").read_bytes(), media_type="text/html; charset=utf-8")


def _page() -> list[Any]:
    return [
        Route("/", _index),
        Route("/sandbox/files/{file_id}", _file),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
