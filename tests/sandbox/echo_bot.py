"""A tiny bot, for the tests of the page: it says back what it hears and has a few buttons."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.sandbox.conftest import TOKEN

QUESTION = {
    "inline_keyboard": [
        [{"text": "Ja, het tocht", "callback_data": "yes"}, {"text": "Nee", "callback_data": "no"}],
        [{"text": "Ik weet het niet", "callback_data": "unsure"}],
        [{"text": "Ik wil een mens", "callback_data": "human"}],
    ]
}
WELCOME = "Dag. Ik ben <b>Wijkwijzer</b>, een computer.\nIk help u als het koud is in huis.\n\nTocht het bij u?"


class EchoBot:
    """Polls the sandbox and answers everything."""

    def __init__(self, address: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{address}/bot{TOKEN}", timeout=60, trust_env=False, verify=False)

    async def run(self) -> None:
        """Answer until cancelled."""
        await self._call("setMyCommands", commands=[
            {"command": "start", "description": "Opnieuw beginnen"},
            {"command": "gegevens", "description": "Wat weten wij van u?"},
            {"command": "mens", "description": "Praat met een mens"},
        ])  # fmt: skip
        offset = 0
        while True:
            for update in await self._call("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                await self._answer(update)

    async def _call(self, method: str, **params: Any) -> Any:
        response = await self._http.post(f"/{method}", json=params)
        return response.json().get("result", [])

    async def _answer(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self._pressed(update["callback_query"])
        elif "message" in update:
            await self._heard(update["message"])
        elif "edited_message" in update:
            await self._say(update["edited_message"], f"U heeft veranderd: {update['edited_message']['text']}")

    async def _pressed(self, query: dict[str, Any]) -> None:
        message = query["message"]
        await asyncio.sleep(0.15)  # so that the page is seen waiting
        await self._call("answerCallbackQuery", callback_query_id=query["id"], text=f"Gekozen: {query['data']}")
        await self._call("editMessageText", chat_id=message["chat"]["id"], message_id=message["message_id"],
                         text=f"{message['text']}\n\nUw antwoord: {query['data']}")  # fmt: skip
        await self._say(message, "Dank u.\nWaar voelt u de kou?")

    async def _heard(self, message: dict[str, Any]) -> None:
        await self._call("sendChatAction", chat_id=message["chat"]["id"], action="typing")
        if "voice" in message:
            await self._say(message, f"Ik hoorde {message['voice']['duration']} seconden.")
        elif message.get("text", "").startswith("/start"):
            await self._say(message, WELCOME, parse_mode="HTML", reply_markup=QUESTION)
        else:
            await self._say(message, f"U zei: {message.get('text', 'iets anders')}")

    async def _say(self, message: dict[str, Any], text: str, **extra: Any) -> None:
        await self._call("sendMessage", chat_id=message["chat"]["id"], text=text, **extra)
