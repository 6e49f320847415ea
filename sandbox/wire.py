"""What goes over the line: JSON objects and the errors that Telegram's Bot API gives."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TITLES = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}


class BotApiError(Exception):
    """An error answer of the Bot API, with Telegram's code and text."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def answer(self) -> Json:
        """Return the JSON that the Bot API answers with."""
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


class ControlError(Exception):
    """A request to the control API that cannot be carried out."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.description = description
        self.status = status


class ConnectionCut(Exception):
    """The connection must be cut without an answer (a fault that was asked for)."""


def number(data: Json, name: str, default: float) -> float:
    """Return a number from a control request; raises ControlError when it is something else."""
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ControlError(f"{name} must be a number")
    return value


def bad_request(reason: str) -> BotApiError:
    """Return Telegram's 400 error for this reason."""
    return BotApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> BotApiError:
    """Return Telegram's 403 error for this reason."""
    return BotApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> BotApiError:
    """Return Telegram's 429 error; `retry_after` in seconds."""
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)
