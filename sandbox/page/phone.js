// One phone: a chat with the bot, on the screen of one person.

import { act } from "./api.js";
import { Composer } from "./composer.js";
import { iconButton, make, menuButton } from "./dom.js";
import { messageElement } from "./message.js";

const DAY = new Intl.DateTimeFormat("nl-NL", { timeZone: "Europe/Amsterdam", weekday: "long", day: "numeric", month: "long" });
const RESTING = "computer"; // what the bot is, as long as it does not type
const SPINNING_SECONDS = 30;
const TOAST_SECONDS = 4;

export class Phone {
  constructor(person, world, chat = person.id, title = "") {
    this.person = person.id;
    this.chat = chat;
    this.world = world;
    this.group = chat !== person.id;
    this.name = [person.first_name, person.last_name].filter(Boolean).join(" ");
    this.title = title;
    this.role = this.group ? "groep" : person.role;
    this.started = this.group || person.started;
    this.blocked = !this.group && person.blocked;
    this.commands = person.commands ?? [];
    this.messages = new Map();
    this.pressed = new Map(); // callback query id -> button
    this.keyboardMessage = null;
    this.build();
  }

  get botUsername() { return this.world.bot.username; }

  build() {
    this.list = make("div", { className: "messages", role: "log", tabIndex: 0, "aria-label": `Berichten van ${this.name}` });
    this.stayAtEnd();
    this.doing = make("p", { className: "doing", textContent: RESTING });
    this.composer = new Composer(this);
    const head = make("div", { className: "chat-head" });
    const more = menuButton(iconButton("more", "Meer"), head, () => this.chatItems());
    head.append(make("img", { src: "/page/icon.svg", alt: "" }),
      make("div", {}, make("p", { className: "name", textContent: this.title || this.world.bot.first_name }), this.doing), more);
    this.screen = make("div", { className: "screen" }, head, this.list, this.composer.element);
    this.element = make("section", { className: this.group ? "phone group" : "phone", id: `phone-${this.chat}`,
      "data-chat": this.chat, "data-person": this.person, "data-role": this.role, "aria-label": `Telefoon van ${this.name}, ${this.role}` },
      make("div", { className: "holder" }, make("h2", { textContent: this.name }), make("p", { textContent: this.role })),
      this.screen);
    this.refresh();
  }

  refresh() {
    const keyboard = this.keyboardMessage?.keyboard ?? [];
    this.composer.show({ started: this.started, blocked: this.blocked, commands: this.commands, keyboard });
    const empty = !this.started && !this.messages.size;
    if (empty && !this.welcome) this.list.append(this.welcome = this.welcomeElement());
    else if (!empty) { this.welcome?.remove(); this.welcome = null; }
  }

  welcomeElement() {
    const text = this.world.bot.description || "Druk op Start om te beginnen.";
    return make("div", { className: "welcome" }, make("img", { src: "/page/icon.svg", alt: "" }),
      make("p", { textContent: text }),
      make("button", { type: "button", className: "strong", textContent: "Start", onclick: () => act(this.person, "start") }));
  }

  chatItems() {
    const items = [{ label: "Opnieuw starten", hint: "/start", act: () => this.onStart("") }];
    if (!this.blocked && !this.group) items.push({ label: "Blokkeer Wijkwijzer", act: () => act(this.person, "block") });
    if (!this.group) items.push({ label: "Zet Wijkwijzer in een groep", act: () => act(this.person, "add_to_group", { title: `Groep van ${this.name}` }) });
    return items;
  }

  nameOf(by) {
    if (by === "bot" || by === this.person) return "";
    return this.world.people.get(by)?.first_name ?? "";
  }

  others() { return [...this.world.people.values()].filter(({ id, on_page: shown }) => shown && id !== this.person); }

  say(text) { return act(this.person, "say", { text, chat: this.chat }); }
  onStart(payload) { return act(this.person, "start", { payload }); }
  onCommand(text) { return this.say(text); }
  replyTo(message) { this.composer.startContext("reply", message); }
  edit(message) { this.composer.startContext("edit", message); }
  remove(message) { return act(this.person, "delete", { message_id: message.id, chat: this.chat }); }
  forward(message, to) { return act(this.person, "forward", { message_id: message.id, from_chat: this.chat, to }); }

  async press(message, button, element) {
    element.setAttribute("aria-busy", "true");
    const done = await act(this.person, "press", { chat: this.chat, message_id: message.id, data: button.data });
    if (!done || this.answered?.has(done.callback_query_id)) return element.removeAttribute("aria-busy");
    this.pressed.set(done.callback_query_id, { message: message.id, data: button.data });
    setTimeout(() => this.stopSpinning(done.callback_query_id), SPINNING_SECONDS * 1000);
  }

  stopSpinning(query) {
    const pressed = this.pressed.get(query);
    if (!pressed) return;
    this.pressed.delete(query);
    for (const button of this.list.querySelectorAll(`[data-message-id="${pressed.message}"] [aria-busy]`)) {
      if (button.dataset.callback === pressed.data) button.removeAttribute("aria-busy");
    }
  }

  mark(id) {
    for (const element of this.list.querySelectorAll(".selected")) element.classList.remove("selected");
    if (id) this.list.querySelector(`[data-message-id="${id}"]`)?.classList.add("selected");
  }

  /** Take in one event of this chat. */
  hear(event) {
    if (["message", "edited", "deleted"].includes(event.event)) this.put(event.message);
    else if (event.event === "reaction") this.react(event);
    else if (event.event === "answered") this.answer(event);
    else if (event.event === "action") this.showDoing();
    else if (event.event === "started") this.started = true;
    else if (event.event === "blocked" || event.event === "unblocked") this.blocked = event.event === "blocked";
    this.refresh();
  }

  put(message) {
    const atEnd = this.isAtEnd();
    const known = this.list.querySelector(`[data-message-id="${message.id}"]`);
    this.messages.set(message.id, message);
    if (message.by === "bot") this.doing.textContent = RESTING;
    if (message.keyboard && !message.deleted) this.keyboardMessage = message.keyboard.length ? message : null;
    this.welcome?.remove();
    this.welcome = null;
    const element = messageElement(message, this);
    if (known) this.replace(known, element);
    else this.append(message, element);
    if (atEnd || message.by === this.person) this.list.scrollTop = this.list.scrollHeight;
  }

  isAtEnd() { return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80; }

  /** Keep the newest message in sight when the phone becomes wider or narrower. */
  stayAtEnd() {
    let atEnd = true;
    this.list.addEventListener("scroll", () => { atEnd = this.isAtEnd(); });
    new ResizeObserver(() => { if (atEnd) this.list.scrollTop = this.list.scrollHeight; }).observe(this.list);
  }

  replace(known, element) {
    const focused = known.contains(document.activeElement);
    const byKeyboard = focused && document.activeElement.matches(":focus-visible");
    known.replaceWith(element);
    // Whoever pressed by keyboard must not lose their place when the bot changes the message: from where one types,
    // the buttons of the newest question are a few steps back.
    const next = element.querySelector(".buttons button") ?? (byKeyboard ? this.composer.input : this.list);
    if (focused) next.focus({ preventScroll: true });
  }

  append(message, element) {
    const day = DAY.format(message.date * 1000);
    if (day !== this.lastDay) this.list.append(make("p", { className: "day", textContent: day }));
    this.lastDay = day;
    const before = this.list.lastElementChild;
    if (before?.dataset.by !== undefined && before.dataset.by !== String(message.by)) element.classList.add("turn");
    this.list.append(element);
  }

  react({ message_id: id, reaction }) {
    const message = this.messages.get(id);
    if (message) this.put({ ...message, reaction: reaction.map(({ emoji }) => emoji) });
  }

  answer({ callback_query_id: query, person, text, alert }) {
    (this.answered ??= new Set()).add(query);
    this.stopSpinning(query);
    if (!text || person !== this.person) return;
    const toast = make("div", { className: "toast", role: alert ? "alertdialog" : "status", "aria-label": "Antwoord" }, text);
    if (alert) toast.append(make("button", { type: "button", textContent: "Goed", onclick: () => toast.remove() }));
    else setTimeout(() => toast.remove(), TOAST_SECONDS * 1000);
    this.screen.append(toast);
    toast.querySelector("button")?.focus();
  }

  showDoing() {
    this.doing.textContent = "typt…";
    clearTimeout(this.doingTimer);
    this.doingTimer = setTimeout(() => { this.doing.textContent = RESTING; }, 5000);
  }
}
