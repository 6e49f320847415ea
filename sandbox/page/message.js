// One message as an element.

import { icon, iconButton, make, menuButton } from "./dom.js";
import { link, words } from "./text.js";

const TIME = new Intl.DateTimeFormat("nl-NL", { timeZone: "Europe/Amsterdam", hour: "2-digit", minute: "2-digit" });
const KINDS = { photo: "Foto", voice: "Spraakbericht", document: "Bestand", audio: "Geluid", video: "Video",
  sticker: "Sticker", location: "Plek", contact: "Telefoonnummer" };
const SERVICE = { new_chat_members: "Wijkwijzer is nu in deze groep", left_chat_member: "Wijkwijzer is weg uit deze groep",
  pinned_message: "Bericht vastgezet" };

export const summary = (message) => message.text || KINDS[message.kind] || "";

/** `phone` knows who holds it and what to do: press, reply, edit, forward, start, say. */
export function messageElement(message, phone) {
  if (message.deleted) return note(message, "Bericht verwijderd");
  if (message.kind === "service") return note(message, SERVICE[message.service] ?? "");
  const own = message.by === phone.person;
  const element = make("article", { className: `message ${own ? "own" : "theirs"}`, "data-message-id": message.id,
    "data-by": message.by, "data-kind": message.kind });
  element.append(bubble(message, phone));
  if (message.reaction?.length) element.append(make("span", { className: "reaction", textContent: message.reaction.join(" ") }));
  if (message.buttons.length) element.append(buttons(message, phone));
  element.append(moreButton(message, phone, element, own));
  return element;
}

function note(message, text) {
  return make("p", { className: "service", "data-message-id": message.id, "data-by": message.by, textContent: text });
}

function bubble(message, phone) {
  const box = make("div", { className: "bubble" });
  const name = phone.nameOf(message.by);
  if (name) box.append(make("p", { className: "from", textContent: name }));
  if (message.forwarded_from) box.append(make("p", { className: "from", textContent: `Doorgestuurd van ${message.forwarded_from}` }));
  if (message.reply_to) {
    const replied = phone.messages.get(message.reply_to);
    box.append(make("span", { className: "quote", textContent: replied ? summary(replied) : "Een ander bericht" }));
  }
  const media = mediaOf(message);
  if (media) box.append(media);
  if (message.text) box.append(words(shownText(message.text), message.entities, phone));
  box.append(make("div", { className: "meta" },
    message.silent ? make("span", { textContent: "zonder geluid" }) : null,
    message.edited ? make("span", { textContent: "bewerkt" }) : null,
    make("time", { dateTime: new Date(message.date * 1000).toISOString(), textContent: TIME.format(message.date * 1000) })));
  return box;
}

/** Telegram shows a start link's command without what came along with it. */
const shownText = (text) => (/^\/start \S+$/.test(text) ? "/start" : text);

function mediaOf(message) {
  const media = message[message.kind];
  const source = media?.file_id ? `/sandbox/files/${encodeURIComponent(media.file_id)}` : "";
  if (message.kind === "photo") return make("img", { className: "photo", src: source, alt: "Foto", width: media.width, height: media.height });
  if (message.kind === "voice" || message.kind === "audio") return voice(source, media.duration);
  if (message.kind === "sticker") return make("div", { className: "sticker", role: "img", "aria-label": "Sticker", textContent: media.emoji ?? "🙂" });
  if (message.kind === "location") return make("p", { textContent: `Plek: ${media.latitude.toFixed(4)}, ${media.longitude.toFixed(4)}` });
  if (message.kind === "contact") return make("p", { textContent: `${media.first_name}: ${media.phone_number}` });
  if (source) return make("a", { className: "file", href: source, download: media.file_name ?? "" }, icon("file"), media.file_name ?? KINDS[message.kind]);
  return null;
}

function voice(source, duration) {
  const length = `${Math.floor(duration / 60)}:${String(duration % 60).padStart(2, "0")}`;
  const progress = make("progress", { max: duration || 1, value: 0, "aria-label": "Hoe ver" });
  const button = make("button", { type: "button", "aria-label": `Spraakbericht van ${duration} seconden afspelen` }, icon("play"));
  const sound = make("audio", { src: source, preload: "none" });
  sound.ontimeupdate = () => { progress.value = sound.currentTime; };
  sound.onpause = () => button.replaceChildren(icon("play"));
  sound.onplay = () => button.replaceChildren(icon("pause"));
  button.addEventListener("click", () => {
    if (sound.paused) sound.play().catch(() => button.replaceChildren(icon("play"))); // a file that is no sound stays silent
    else sound.pause();
  });
  return make("div", { className: "voice" }, button, progress, make("span", { textContent: length }), sound);
}

function buttons(message, phone) {
  const holder = make("div", { className: "buttons" });
  for (const row of message.buttons) {
    const line = make("div");
    for (const button of row) line.append(oneButton(button, message, phone));
    holder.append(line);
  }
  return holder;
}

function oneButton(button, message, phone) {
  if (button.url) {
    const anchor = link(button.url, phone);
    anchor.textContent = button.label;
    return anchor;
  }
  const press = (event) => phone.press(message, button, event.currentTarget);
  return make("button", { type: "button", textContent: button.label, "data-callback": button.data, onclick: press });
}

function moreButton(message, phone, element, own) {
  const button = iconButton("more", "Meer met dit bericht", null, { className: "icon-button more" });
  return menuButton(button, element, () => {
    const items = [{ label: "Antwoord hierop", act: () => phone.replyTo(message) }];
    if (own && message.kind === "text") items.push({ label: "Bewerk", act: () => phone.edit(message) });
    if (own) items.push({ label: "Verwijder", act: () => phone.remove(message) });
    for (const other of phone.others()) {
      items.push({ label: `Stuur door naar ${other.first_name}`, act: () => phone.forward(message, other.id) });
    }
    return items;
  });
}
