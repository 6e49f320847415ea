// The page: phones side by side, or one at a time on a small screen.

import { ask, listen, tryAsk } from "./api.js";
import { setClock, startClock } from "./clock.js";
import { make, notify } from "./dom.js";
import { showFaults, showPeople, startFaults } from "./faults.js";
import { Phone } from "./phone.js";

const MOST_PHONES = 12;
const NEW_NAMES = ["Sanne", "Kees", "Maryam", "Piet", "Selam", "Olga", "Ali", "Truus"];

const world = { bot: {}, people: new Map() };
const phones = new Map(); // chat id -> Phone
const holder = document.getElementById("phones");
const tabs = document.getElementById("tabs");

function addPhone(phone) {
  if (phones.size >= MOST_PHONES) return tooMany();
  phones.set(phone.chat, phone);
  holder.append(phone.element);
  tabs.append(make("button", { type: "button", role: "tab", id: `tab-${phone.chat}`, "aria-controls": phone.element.id,
    onclick: () => choose(phone.chat), onkeydown: walkTabs }, phone.title || phone.name, make("span", { textContent: phone.role })));
  if (phones.size === 1) choose(phone.chat);
  else select(phone.chat, false);
}

function tooMany() {
  if (!holder.querySelector(".more-people")) {
    holder.append(make("p", { className: "more-people", textContent: `Er zijn nog meer mensen. Hier staan de eerste ${MOST_PHONES}.` }));
  }
}

function select(chat, chosen) {
  const tab = document.getElementById(`tab-${chat}`);
  tab.setAttribute("aria-selected", String(chosen));
  tab.tabIndex = chosen ? 0 : -1;
  if (chosen) tab.classList.remove("unread");
  phones.get(chat).element.classList.toggle("current", chosen);
}

function choose(chat) {
  for (const other of phones.keys()) select(other, other === chat);
  const { list } = phones.get(chat);
  list.scrollTop = list.scrollHeight;
  showChosenTab();
}

/** The tabs show only on a small screen; the chosen one must be among those in sight. */
function showChosenTab() {
  tabs.querySelector("[aria-selected=true]")?.scrollIntoView({ inline: "nearest", block: "nearest" });
}

function walkTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = [...tabs.children];
  const next = all[(all.indexOf(event.currentTarget) + step + all.length) % all.length];
  next.focus();
  next.click();
}

function unread(chat) {
  const tab = document.getElementById(`tab-${chat}`);
  if (tab?.getAttribute("aria-selected") === "false") tab.classList.add("unread");
}

function addPerson(person) {
  world.people.set(person.id, person);
  if (person.on_page) addPhone(new Phone(person, world));
  showPeople([...world.people.values()].filter(({ on_page: shown }) => shown));
}

function addGroup({ id, title, members }) {
  const person = members.map((member) => world.people.get(member)).find(Boolean);
  if (person && !phones.has(id)) addPhone(new Phone(person, world, id, title));
}

async function refreshPeople() {
  const fresh = await ask("state");
  world.bot = fresh.bot;
  for (const person of fresh.people) {
    world.people.set(person.id, person);
    const phone = phones.get(person.id);
    if (phone) phone.commands = person.commands;
    phone?.refresh();
  }
}

function hear(event) {
  if (event.event === "reset") location.reload();
  else if (event.event === "clock") setClock(event.clock);
  else if (event.event === "faults") showFaults(event.faults);
  else if (event.event === "commands" || event.event === "profile") refreshPeople();
  else if (event.event === "person") addPerson({ ...event.person, commands: [] });
  else if (event.event === "group") addGroup(event.group);
  else if (event.chat !== null) {
    phones.get(event.chat)?.hear(event);
    if (event.event === "message") unread(event.chat);
  }
}

async function addResident() {
  const taken = new Set([...world.people.values()].map(({ first_name: name }) => name));
  const name = NEW_NAMES.find((candidate) => !taken.has(candidate)) ?? `Bewoner ${world.people.size + 1}`;
  const person = await tryAsk("people", { body: { first_name: name, last_name: "Voorbeeld", role: "bewoner" } });
  if (!person) return;
  await refreshPeople();
  const phone = phones.get(person.id);
  if (!phone) return notify(`Er passen niet meer dan ${MOST_PHONES} telefoons op deze pagina.`);
  choose(person.id);
  phone.element.scrollIntoView({ inline: "end" });
  phone.element.querySelector(".welcome button")?.focus();
}

async function start() {
  const state = await ask("state");
  world.bot = state.bot;
  state.people.forEach(addPerson);
  state.groups.forEach(addGroup);
  for (const [chat, messages] of Object.entries(state.messages)) {
    const phone = phones.get(Number(chat));
    messages.forEach((message) => phone?.put(message));
    phone?.refresh();
  }
  setClock(state.clock);
  showFaults(state.faults);
  startClock();
  startFaults();
  addEventListener("resize", showChosenTab);
  document.getElementById("new-resident").addEventListener("click", addResident);
  listen(state.seq, hear, () => location.reload());
  document.body.dataset.ready = "true";
}

start().catch((error) => notify(`De oefening is niet te bereiken: ${error.message}`, 0));
