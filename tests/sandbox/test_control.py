"""The control API, the client and the stream of events."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from sandbox import journal
from sandbox.__main__ import main
from sandbox.client import NothingHeard, Person, SandboxClient, SandboxError
from sandbox.users import read_settings
from sandbox.wire import ControlError
from tests.sandbox.conftest import Place

pytestmark = pytest.mark.asyncio
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("say", {"text": " "}, "a message needs a text"),
    ("say", {"text": "x" * 4097}, "at most 4096"),
    ("say", {"text": "x", "chat": 5000002}, "is not in chat"),
    ("say", {"text": "x", "chat": 1}, "there is no chat 1"),
    ("say", {"text": "x", "reply_to": 999}, "there is no message 999"),
    ("start", {"payload": "x" * 65}, "a start payload"),
    ("start", {"payload": "a b"}, "a start payload"),
    ("press", {"label": "Ja"}, "there is no button 'Ja'"),
    ("press", {"message_id": 1}, "a press needs"),
    ("edit", {"message_id": 1, "text": "x"}, "only an own message"),
    ("voice", {"content": "?"}, "base64"),
    ("photo", {"content": base64.b64encode(b"x").decode()}, "IMAGE_PROCESS_FAILED"),
    ("unblock", {}, "has not blocked"),
    ("dance", {}, "unknown action"),
    ("add_to_group", {"members": 5}, "must be a list"),
    ("forward", {"message_id": 1, "to": 77}, "there is nobody with id 77"),
    ("location", {"latitude": "north"}, "must be a number"),
]


async def test_what_a_phone_would_not_do_is_refused(place: Place) -> None:
    joop = await place.people.person("Joop", on_page=False)
    await joop.starts()
    answer = await place.call("sendMessage", chat_id=joop.id, text="dag")
    number = answer["result"]["message_id"]  # type: ignore[index]
    for action, details, reason in REFUSED:
        given = {**details, **({"message_id": number} if details.get("message_id") and action != "press" else {})}
        with pytest.raises(SandboxError, match=reason):
            await joop.does(action, **given)


async def test_a_start_link_carries_its_payload(place: Place) -> None:
    joop = await place.people.person("Joop", start="team-42", on_page=False)
    await joop.starts()
    await joop.starts("other_1")
    assert [message.text for message in await place.people.history(joop.id)] == ["/start team-42", "/start other_1"]


async def test_people_edit_delete_react_and_forward(place: Place, fatma: Person) -> None:
    said = await fatma.says("een")
    await fatma.edits(said["message_id"], "twee")
    await fatma.does("react", message_id=said["message_id"], emoji="🙏")
    photo = await fatma.sends("photo", caption="raam")
    await fatma.edits(photo["message_id"], "deur")
    place_of = await fatma.sends("location")
    with pytest.raises(SandboxError, match="cannot be edited"):
        await fatma.edits(place_of["message_id"], "x")
    await fatma.does("delete", message_id=said["message_id"])
    first, second = (await place.people.history(fatma.id))[1:3]
    assert (first.text, first.edited, first.deleted) == ("twee", True, True)
    assert second.text == "deur"
    other = await place.people.person("Joop", on_page=False)
    passed = await fatma.does("forward", message_id=photo["message_id"], to=other.id)
    back = await other.does("forward", message_id=passed["message_id"])
    assert passed["update_id"] is None and back["update_id"] is not None
    assert (await place.people.history(other.id))[0].raw["forwarded_from"] == "Fatma"


async def test_every_kind_of_file_can_be_sent(place: Place, fatma: Person) -> None:
    content = base64.b64encode(b"hallo").decode()
    for kind in ("voice", "photo", "document", "sticker", "audio", "video", "location", "contact"):
        await fatma.sends(kind)
    await fatma.sends("document", content=content, name="brief.txt")
    last = (await place.people.history(fatma.id))[-1].raw
    assert last["document"]["file_name"] == "brief.txt"
    shown = await place.http.get(f"/sandbox/files/{last['document']['file_id']}")
    assert shown.content == b"hallo" and "attachment" in shown.headers["content-disposition"]
    assert (await place.http.get("/sandbox/files/none")).status_code == 404


async def test_a_file_comes_as_an_upload(place: Place, fatma: Person) -> None:
    url = f"/sandbox/people/{fatma.id}/voice"
    answer = await place.http.post(url, files={"file": ("a.ogg", b"OggS", "audio/ogg")}, data={"duration": "2"})
    assert answer.status_code == 200
    assert (await place.http.post(url, data={"duration": "2"}, files={"other": b"x"})).status_code == 400
    assert (await place.http.post(url, files={"file": b"x"}, data={"duration": "x"})).status_code == 400


async def test_waiting_ends_with_the_message(place: Place, fatma: Person) -> None:
    waiting = asyncio.create_task(place.people.get(f"/sandbox/chats/{fatma.id}/wait", by="bot", timeout=5))
    events = asyncio.create_task(place.people.get(f"/sandbox/chats/{fatma.id}/events", after=place.world.journal.seq))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await place.call("sendMessage", chat_id=fatma.id, text="dag")
    assert [message["text"] for message in await waiting] == ["dag"]
    assert [event["event"] for event in await events] == ["message"]
    assert await place.people.get(f"/sandbox/chats/{fatma.id}/wait", after=999, timeout=0) == []
    assert await place.people.get(f"/sandbox/chats/{fatma.id}/events", after=999, timeout=0) == []


async def test_a_client_hears_messages_edits_and_silence(place: Place, fatma: Person) -> None:
    answer = await place.call("sendMessage", chat_id=fatma.id, text="een")
    number = answer["result"]["message_id"]  # type: ignore[index]
    await place.call("editMessageText", chat_id=fatma.id, message_id=number, text="twee")
    assert [message.text for message in await fatma.next_messages(2)] == ["een", "twee"]
    with pytest.raises(NothingHeard, match=r"waited 0.01 s for 1 messages"):
        await fatma.next_messages(timeout=0.01)
    await place.call("sendMessage", chat_id=fatma.id, text="drie")
    assert (await fatma.hears("dri")).text == "drie"


async def test_a_client_says_what_is_wrong(place: Place, fatma: Person) -> None:
    with pytest.raises(SandboxError, match="async with"):
        await SandboxClient(place.address).call("reset")
    with pytest.raises(SandboxError, match="nobody with id 9"):
        await place.people.known_person(9)
    known = await place.people.known_person(5000001)
    assert known.name == "Voorbeeld" and await place.people.known_person(5000001) is known
    with pytest.raises(SandboxError, match="there is already a person"):
        await place.people.person("Dubbel", id=5000001)
    with pytest.raises(SandboxError, match="needs a first_name"):
        await place.people.person(" ")
    with pytest.raises(SandboxError, match="above 0"):
        await place.people.person("Min", id=-1)
    with pytest.raises(SandboxError, match="unknown field"):
        await place.people.person("Rood", colour="red")


async def test_a_listener_hears_what_it_missed(place: Place, fatma: Person) -> None:
    after = place.world.journal.seq
    await fatma.says("een")
    async with connect(f"{place.address.replace('http', 'ws')}/sandbox/events?after={after}&chats={fatma.id}") as line:
        assert json.loads(await line.recv())["message"]["text"] == "een"
        await line.send(json.dumps({"call": 1, "do": "say", "person": fatma.id, "text": "twee"}))
        both = [json.loads(await line.recv()) for _ in range(2)]
        assert both[0]["message"]["text"] == "twee" and both[1]["result"]["message_id"]
        await line.send("nonsense")
        assert json.loads(await line.recv())["error"] == "expected a JSON object"


async def test_a_listener_who_missed_too_much_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.world.journal.recent.clear()
    place.world.journal.seq = 50
    async with connect(f"{place.address.replace('http', 'ws')}/sandbox/events?after=3") as line:
        assert json.loads(await line.recv())["event"] == "resync"
    monkeypatch.setattr(journal, "MOST_UNSENT", 1)
    listener = journal.Listener(lambda _: True)
    listener.offer("a")
    listener.offer("b")
    assert listener.overrun


async def test_a_reset_keeps_the_ids_rising(place: Place, fatma: Person) -> None:
    first = await fatma.says("een")
    await place.people.fault("slow")
    await place.people.reset()
    assert (await place.people.get("/sandbox/faults"))["faults"] == []
    known = await place.people.known_person(5000001)
    second = await known.starts()
    assert second["update_id"] > first["update_id"] and second["message_id"] > first["message_id"]
    assert len((await place.people.get("/sandbox/state"))["messages"]) == 2


async def test_the_page_is_strict_about_what_it_loads(place: Place) -> None:
    page = await place.http.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in page.text and "style=" not in page.text
    assert (await place.http.get("/page/app.js")).status_code == 200
    assert (await place.http.put("/sandbox/limits", json={"fast": 1})).json()["error"].startswith("unknown limit")
    assert (await place.http.put("/sandbox/limits", content=b"[")).status_code == 400
    assert (await place.http.get("/sandbox/chats/5000001/wait?timeout=x")).status_code == 400


async def test_a_users_file_is_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "users.yml"
    file.write_text("people: [{first_name: Ada, start: t1}]\nlimits: {private_burst: 9}\nbot: {first_name: Hulp}\n")
    settings = read_settings(file)
    assert (settings.people[0].start, settings.limits.private_burst, settings.bot_name) == ("t1", 9, "Hulp")
    assert len(read_settings().people) == 6
    for text, reason in (
        ("{", "cannot read"), ("[]", "expected the keys"), ("others: 1", "expected the keys"),
        ("people: [{id: 1, first_name: A}, {id: 1, first_name: B}]", "the same id"),
    ):  # fmt: skip
        file.write_text(text)
        with pytest.raises(ControlError, match=reason):
            read_settings(file)


async def test_the_program_refuses_wrong_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--token", "nonsense"]) == 2
    assert main(["--users", str(tmp_path / "none.yml")]) == 2
    (tmp_path / "clock").write_text("noon")
    assert main(["--clock-file", str(tmp_path / "clock")]) == 2
    told = capsys.readouterr().err
    assert "a token is" in told and "cannot read" in told and "does not hold an ISO date-time" in told
