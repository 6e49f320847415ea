"""The library's requests over aiohttp, against a server that misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from telegram.error import NetworkError, TimedOut

from bot.telegram.connect import make_bot
from bot.telegram.request import NOT_SENT, AiohttpRequest
from sandbox.client import SandboxClient
from sandbox.clock import Clock
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import DEFAULT_TOKEN, World

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)
    writer.close()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.close()


@pytest.fixture
async def request_of_ours() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(2, 0.05) as made:
        yield made


async def _asked(request: AiohttpRequest, handler: Handler) -> None:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await request.do_request(f"http://127.0.0.1:{port}/", "POST")


async def test_an_answer_that_does_not_come_is_a_time_out_that_may_have_been_sent(
    request_of_ours: AiohttpRequest,
) -> None:
    with pytest.raises(TimedOut) as late:
        await _asked(request_of_ours, says_nothing)
    assert not isinstance(late.value.__cause__, NOT_SENT)


async def test_a_cut_line_is_a_network_error_that_may_have_been_sent(request_of_ours: AiohttpRequest) -> None:
    with pytest.raises(NetworkError) as cut:
        await _asked(request_of_ours, hangs_up)
    assert not isinstance(cut.value.__cause__, NOT_SENT)


async def test_no_line_at_all_means_that_nothing_was_sent(
    request_of_ours: AiohttpRequest, unused_tcp_port: int
) -> None:
    with pytest.raises(NetworkError) as offline:
        await request_of_ours.do_request(f"http://127.0.0.1:{unused_tcp_port}/", "POST")
    assert isinstance(offline.value.__cause__, NOT_SENT)
    assert isinstance(offline.value.__cause__, aiohttp.ClientError)


async def test_it_refuses_to_work_before_it_is_initialized() -> None:
    with pytest.raises(RuntimeError):
        await AiohttpRequest(1, 1.0).do_request("http://127.0.0.1/", "GET")


async def test_files_are_sent_in_parts() -> None:
    async with running(World(read_settings(), Clock(None))) as address, SandboxClient(address) as sandbox:
        person = await sandbox.person("Voorbeeld", on_page=False)
        await person.starts()
        async with make_bot(DEFAULT_TOKEN, address) as bot:
            sent = await bot.send_document(person.id, b"wat er staat", filename="brief.txt")
            assert sent.document is not None and sent.document.file_name == "brief.txt"
            file = await sent.document.get_file()
            assert await file.download_as_bytearray() == b"wat er staat"
