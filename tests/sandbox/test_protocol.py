"""The sandbox speaks the real protocol: python-telegram-bot's own client can use it."""

from __future__ import annotations

import asyncio

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from sandbox import samples
from sandbox.client import Person
from tests.sandbox.conftest import Place

pytestmark = pytest.mark.asyncio
YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Ja", callback_data="yes"), InlineKeyboardButton("Nee", callback_data="no")]]
)


async def test_a_message_arrives_as_it_was_sent(bot: Bot, fatma: Person) -> None:
    sent = await bot.send_message(
        fatma.id, "<b>Dag</b> &amp; welkom 🙂 <i>hier</i>", parse_mode="HTML", reply_markup=YES_NO
    )
    assert sent.text == "Dag & welkom 🙂 hier"
    assert {sent.parse_entity(entity): str(entity.type) for entity in sent.entities} == {
        "Dag": "bold",
        "hier": "italic",
    }
    assert sent.reply_markup == YES_NO
    (message,) = await fatma.next_messages()
    assert (message.text, message.labels) == ("Dag & welkom 🙂 hier", ["Ja", "Nee"])


@pytest.mark.parametrize("silent", [True, False, None])
async def test_a_message_makes_a_sound_unless_it_is_sent_without(bot: Bot, fatma: Person, silent: bool | None) -> None:
    sent = await bot.send_message(fatma.id, "Dag", disable_notification=silent)
    assert (await fatma.hears("Dag")).silent is bool(silent)
    await bot.forward_message(fatma.id, fatma.id, sent.message_id, disable_notification=silent)
    assert (await fatma.hears("Dag")).silent is bool(silent)
    photo = InputMediaPhoto(samples.picture(20, 10).content)
    await bot.send_media_group(fatma.id, [photo, photo], disable_notification=silent)
    assert {one.silent for one in await fatma.next_messages(2)} == {bool(silent)}


async def test_a_reply_shows_what_it_replies_to(bot: Bot, fatma: Person) -> None:
    said = await fatma.says("Het tocht")
    sent = await bot.send_message(fatma.id, "Waar?", reply_parameters=ReplyParameters(said["message_id"]))
    assert sent.reply_to_message is not None and sent.reply_to_message.text == "Het tocht"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(fatma.id, "Waar?", reply_parameters=ReplyParameters(999))


async def test_updates_wait_until_they_are_confirmed(bot: Bot, fatma: Person) -> None:
    await fatma.says("een")
    await fatma.says("twee")
    first, second = await bot.get_updates()
    assert [update.message.text for update in (first, second) if update.message] == ["een", "twee"]
    assert len(await bot.get_updates(limit=1)) == 1
    assert [update.update_id for update in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_a_negative_offset_keeps_only_the_last(bot: Bot, fatma: Person) -> None:
    for text in ("een", "twee", "drie"):
        await fatma.says(text)
    (last,) = await bot.get_updates(offset=-1)
    assert last.message is not None and last.message.text == "drie"


async def test_a_long_poll_ends_when_someone_speaks(bot: Bot, fatma: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await fatma.says("hallo")
    (update,) = await asyncio.wait_for(poll, 2)
    assert update.message is not None and update.message.text == "hallo"


async def test_a_second_poller_ends_the_first(place: Place, bot: Bot, fatma: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(place.call("getUpdates", timeout=4))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    await fatma.says("hallo")
    assert len((await second)["result"]) == 1  # type: ignore[arg-type]


async def test_only_the_kinds_asked_for_are_kept(bot: Bot, fatma: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await fatma.says("hallo")
    assert await bot.get_updates() == ()


async def test_a_press_is_answered_once(bot: Bot, fatma: Person) -> None:
    await bot.send_message(fatma.id, "Tocht het?", reply_markup=YES_NO)
    await fatma.presses("Nee")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None and (query.data, query.from_user.first_name) == ("no", "Fatma")
    await query.answer("Goed")
    assert await fatma.next_toast() == "Goed"
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()


async def test_a_press_gets_too_old(place: Place, bot: Bot, fatma: Person) -> None:
    await bot.send_message(fatma.id, "Tocht het?", reply_markup=YES_NO)
    press = await fatma.presses("Ja")
    place.seconds.now += 61
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(press["callback_query_id"])


async def test_a_made_up_press_reaches_the_bot_as_it_is(bot: Bot, fatma: Person) -> None:
    sent = await bot.send_message(fatma.id, "Tocht het?", reply_markup=YES_NO)
    await fatma.forges(sent.message_id, "made-up")
    await fatma.forges(999, "gone")
    made_up, gone = await bot.get_updates()
    assert made_up.callback_query is not None and made_up.callback_query.data == "made-up"
    assert gone.callback_query is not None and gone.callback_query.message is not None
    assert not gone.callback_query.message.is_accessible


async def test_a_message_is_changed_and_removed(bot: Bot, fatma: Person) -> None:
    sent = await bot.send_message(fatma.id, "een", reply_markup=YES_NO)
    changed = await sent.edit_text("twee")
    assert isinstance(changed, Message)
    assert changed.text == "twee" and changed.reply_markup is None
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("twee")
    await sent.edit_reply_markup(YES_NO)
    await sent.delete()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("drie")
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()
    assert await bot.delete_messages(fatma.id, [sent.message_id])


async def test_the_bot_cannot_change_what_others_say(bot: Bot, fatma: Person) -> None:
    said = await fatma.says("hallo")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("anders", fatma.id, said["message_id"])


async def test_a_voice_note_is_fetched_and_passed_on(place: Place, bot: Bot, fatma: Person) -> None:
    await fatma.sends("voice", duration=4)
    (update,) = await bot.get_updates()
    assert update.message is not None and update.message.voice is not None
    assert update.message.voice.to_dict()["duration"] == 4
    file = await update.message.voice.get_file()
    assert bytes(await file.download_as_bytearray()).startswith(b"OggS")
    other = await place.people.person("Joop", on_page=False)
    await other.starts()
    await bot.copy_message(other.id, fatma.id, update.message.message_id)
    forwarded = await bot.forward_message(other.id, fatma.id, update.message.message_id)
    assert forwarded.forward_origin is not None
    assert [message.kind for message in await other.next_messages(2)] == ["voice", "voice"]
    assert (await bot.send_voice(other.id, update.message.voice.file_id)).voice is not None


async def test_pictures_and_files_are_sent(bot: Bot, fatma: Person) -> None:
    picture = samples.picture(20, 10).content
    photo = await bot.send_photo(fatma.id, picture, caption="<b>Raam</b>", parse_mode="HTML")
    assert (photo.caption, photo.photo[-1].width) == ("Raam", 20)
    document = await bot.send_document(fatma.id, b"BEGIN:VCALENDAR", filename="afspraak.ics")
    assert document.document is not None and document.document.file_name == "afspraak.ics"
    both = await bot.send_media_group(fatma.id, [InputMediaPhoto(picture), InputMediaPhoto(photo.photo[-1].file_id)])
    assert len(both) == 2
    assert (await bot.send_audio(fatma.id, b"x")).audio is not None
    assert (await bot.send_video(fatma.id, b"x")).video is not None
    assert (await bot.send_sticker(fatma.id, b"x")).sticker is not None
    await photo.edit_caption("Deur")
    with pytest.raises(BadRequest, match=r"IMAGE_PROCESS_FAILED|Image_process_failed"):
        await bot.send_photo(fatma.id, b"no picture")


async def test_the_rest_of_the_methods_can_be_read(bot: Bot, fatma: Person) -> None:
    place_of = await bot.send_location(fatma.id, 52.17, 5.29)
    assert place_of.location is not None
    assert (await bot.send_contact(fatma.id, "+31612345678", "Petra")).contact is not None
    assert await bot.send_chat_action(fatma.id, "typing")
    assert await bot.pin_chat_message(fatma.id, place_of.message_id)
    chat = await bot.get_chat(fatma.id)
    assert chat.first_name == "Fatma" and chat.pinned_message is not None
    assert await bot.unpin_chat_message(fatma.id)
    assert await bot.set_message_reaction(fatma.id, place_of.message_id, "👍")
    assert await bot.set_my_commands([BotCommand("mens", "Praat met een mens")])
    assert [command.command for command in await bot.get_my_commands()] == ["mens"]
    assert await bot.delete_my_commands() and await bot.get_my_commands() == ()
    assert await bot.set_my_name("Wijkwijzer") and (await bot.get_my_name()).name == "Wijkwijzer"
    assert await bot.set_my_description("Hulp") and (await bot.get_my_description()).description == "Hulp"
    assert await bot.set_my_short_description("Kort")
    assert (await bot.get_my_short_description()).short_description == "Kort"


async def test_who_cannot_be_reached_is_told_apart(place: Place, bot: Bot, fatma: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(12345, "dag")
    never = await place.people.person("Joop", on_page=False)
    with pytest.raises(Forbidden, match="bot can't initiate conversation"):
        await bot.send_message(never.id, "dag")
    await fatma.blocks()
    (update,) = await bot.get_updates()
    assert update.my_chat_member is not None and update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(fatma.id, "dag")
    await fatma.unblocks()
    assert await bot.send_message(fatma.id, "dag")


async def test_a_group_is_heard_as_with_privacy_mode(bot: Bot, fatma: Person) -> None:
    made = await fatma.does("add_to_group", title="Buren")
    member, joined = await bot.get_updates()
    assert member.my_chat_member is not None and joined.message is not None and joined.message.new_chat_members
    await bot.send_message(made["chat"], "Ik werk alleen in een eigen gesprek.")
    unheard = await fatma.says("hoi buren", chat=made["chat"])
    heard = await fatma.says("/help", chat=made["chat"])
    assert unheard["update_id"] is None and heard["update_id"] is not None
    await bot.leave_chat(made["chat"])
    with pytest.raises(Forbidden, match="kicked from the group"):
        await bot.send_message(made["chat"], "dag")
    with pytest.raises(Forbidden, match="not a member"):
        await bot.leave_chat(made["chat"])


async def test_what_comes_too_fast_is_refused_with_a_time(place: Place, bot: Bot, fatma: Person) -> None:
    await place.people.limits(private_per_second=1, private_burst=2)
    await bot.send_message(fatma.id, "een")
    await bot.send_message(fatma.id, "twee")
    with pytest.raises(RetryAfter, match=r"Retry in (1 seconds|0:00:01)"):
        await bot.send_message(fatma.id, "drie")
    place.seconds.now += 1
    await bot.send_message(fatma.id, "drie")


async def test_a_wrong_token_is_refused(place: Place) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("42:wrong", base_url=f"{place.address}/bot"):
            pass
