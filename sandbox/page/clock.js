// The clock strip: the demo's time, and moving it.

import { ask, tryAsk } from "./api.js";

const DAY = new Intl.DateTimeFormat("nl-NL", { timeZone: "Europe/Amsterdam", weekday: "short", day: "numeric", month: "short" });
const TIME = new Intl.DateTimeFormat("nl-NL", { timeZone: "Europe/Amsterdam", hour: "2-digit", minute: "2-digit" });
const INPUT = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam", dateStyle: "short", timeStyle: "short" });
const LOOK_AGAIN_SECONDS = 15;

let ahead = 0; // milliseconds that the demo's clock is ahead of this browser's
let shown = "";

const now = () => new Date(Date.now() + ahead);

export function setClock({ now: moment, movable }) {
  ahead = new Date(moment).getTime() - Date.now();
  for (const button of document.querySelectorAll("[data-clock]")) {
    button.disabled = !movable;
    button.title = movable ? "" : "Start de oefening met een klokbestand (--clock-file)";
  }
  tick();
}

function tick() {
  const [day, time] = [DAY.format(now()), TIME.format(now())];
  if (shown === day + time) return;
  shown = day + time;
  const element = document.getElementById("clock-time");
  element.dateTime = now().toISOString();
  element.replaceChildren(`${day} `, Object.assign(document.createElement("strong"), { textContent: time }));
  element.parentElement.classList.toggle("moved", Math.abs(ahead) > 60_000);
}

const move = async (body) => {
  const clock = await tryAsk("clock", { method: "PUT", body });
  if (clock) setClock(clock);
};

function chooseDate() {
  const dialog = document.getElementById("date-dialog");
  const input = document.getElementById("date-input");
  input.value = INPUT.format(now()).replace(" ", "T");
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "go") move({ to: input.value });
  }, { once: true });
}

export function startClock() {
  const acts = { hour: () => move({ hours: 1 }), day: () => move({ days: 1 }), date: chooseDate, back: () => move({ back: true }) };
  for (const button of document.querySelectorAll("[data-clock]")) {
    button.addEventListener("click", acts[button.dataset.clock]);
  }
  setInterval(tick, 500);
  // Another program may rewrite the clock file too.
  setInterval(() => ask("clock").then(setClock, () => {}), LOOK_AGAIN_SECONDS * 1000);
}
