// Where someone types, attaches, answers and edits.

import { act, tryAsk } from "./api.js";
import { iconButton, make, menuButton } from "./dom.js";
import { summary } from "./message.js";

const STICKERS = ["👍", "❤️", "🥶", "🙏"];

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.context = null; // {kind: "reply" | "edit", message}
    this.element = make("footer", { className: "composer" });
    this.contextBar = make("div", { className: "context", hidden: true });
    this.keyboard = make("div", { className: "keyboard", hidden: true });
    this.blocked = make("div", { className: "blocked", hidden: true },
      make("p", { textContent: "U heeft Wijkwijzer geblokkeerd." }),
      make("button", { type: "button", textContent: "Deblokkeer", onclick: () => act(phone.person, "unblock") }));
    this.input = make("textarea", { rows: 1, maxLength: 4096, placeholder: "Bericht", enterKeyHint: "send",
      "aria-label": `Bericht van ${phone.name}`, onkeydown: (event) => this.key(event) });
    this.file = make("input", { type: "file", hidden: true, tabIndex: -1, onchange: () => this.upload() });
    this.commandsButton = menuButton(iconButton("commands", "Opdrachten"), this.element, () => this.commandItems());
    const attach = menuButton(iconButton("attach", "Iets meesturen"), this.element, () => this.attachItems());
    this.form = make("form", { onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.commandsButton, attach, this.input, this.file,
      iconButton("send", "Stuur", null, { type: "submit", className: "icon-button send" }));
    this.element.append(this.contextBar, this.form, this.keyboard, this.blocked);
  }

  /** Show what fits the state of the chat: nothing before Start, a way back after blocking. */
  show({ started, blocked, commands, keyboard }) {
    this.element.hidden = !started && !blocked;
    this.form.hidden = blocked;
    this.blocked.hidden = !blocked;
    this.commandsButton.hidden = !commands.length;
    this.keyboard.hidden = blocked || !keyboard.length;
    this.keyboard.replaceChildren(...keyboard.map((row) => make("div", {}, ...row.map((label) =>
      make("button", { type: "button", textContent: label, onclick: () => this.pressKey(label) })))));
  }

  pressKey(label) {
    const asks = this.phone.keyboardMessage?.asks_contact?.includes(label);
    if (asks) act(this.phone.person, "contact");
    else this.phone.say(label);
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.context) this.endContext();
  }

  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    const { kind, message } = this.context ?? {};
    this.input.value = "";
    const chat = this.phone.chat;
    const done = kind === "edit"
      ? await act(this.phone.person, "edit", { chat, message_id: message.id, text })
      : await act(this.phone.person, "say", { chat, text, reply_to: message?.id });
    if (done) this.endContext();
    else this.input.value = text;
  }

  startContext(kind, message) {
    this.endContext();
    this.context = { kind, message };
    const title = kind === "edit" ? "Bewerk" : "Antwoord op";
    this.contextBar.replaceChildren(
      make("p", {}, make("strong", { textContent: `${title}: ` }), summary(message)),
      iconButton("close", "Toch niet", () => this.endContext()));
    this.contextBar.hidden = false;
    this.input.value = kind === "edit" ? message.text : this.input.value;
    this.phone.mark(message.id);
    this.input.focus();
  }

  endContext() {
    if (this.context?.kind === "edit") this.input.value = "";
    this.context = null;
    this.contextBar.hidden = true;
    this.phone.mark(null);
  }

  commandItems() {
    return this.phone.commands.map(({ command, description }) =>
      ({ label: `/${command}`, hint: description, act: () => this.phone.say(`/${command}`) }));
  }

  attachItems() {
    const { person, chat } = this.phone;
    const send = (kind, body = {}) => () => act(person, kind, { chat, reply_to: this.context?.message.id, ...body });
    return [
      { label: "Spraakbericht", hint: "voorbeeld", act: send("voice") },
      { label: "Foto", hint: "voorbeeld", act: send("photo") },
      { label: "Eigen foto of bestand…", act: () => this.file.click() },
      ...STICKERS.slice(0, 1).map((emoji) => ({ label: "Sticker", hint: emoji, act: send("sticker", { emoji }) })),
      { label: "Mijn plek", act: send("location") },
      { label: "Mijn telefoonnummer", act: send("contact") },
    ];
  }

  async upload() {
    const [file] = this.file.files;
    if (!file) return;
    const [family] = file.type.split("/");
    const kind = { image: "photo", audio: "voice", video: "video" }[family] ?? "document";
    const body = new FormData();
    body.append("file", file);
    body.append("chat", String(this.phone.chat));
    await tryAsk(`people/${this.phone.person}/${kind}`, { method: "POST", body });
    this.file.value = "";
  }
}
