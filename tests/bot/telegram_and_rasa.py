"""Telegram's `getMe` and Rasa's `/status` on a loopback port, for commands that only ask whether they are there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ME = {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Wijkwijzer", "username": "wijkwijzer_bot"}}


class _Answers(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(ME if self.path.endswith("/getMe") else {}).encode()
        self.send_response(200 if self.path == "/status" or "/bot42:right/" in self.path else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at what the commands print."""


@contextmanager
def running() -> Iterator[str]:
    """The address, while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
