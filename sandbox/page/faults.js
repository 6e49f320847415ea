// The panel "Storingen": what goes wrong on purpose.

import { tryAsk } from "./api.js";
import { make, notify } from "./dom.js";

const form = document.getElementById("fault-form");
const list = document.getElementById("fault-list");
const toggle = document.getElementById("faults-toggle");

const label = (name, value) => [...form.elements[name].options].find((option) => option.value === value)?.textContent ?? value;

export function showFaults(faults) {
  list.replaceChildren(...faults.map((fault) => make("li", {},
    describe(fault),
    make("button", { type: "button", textContent: "Haal weg", onclick: () => tryAsk(`faults/${fault.id}`, { method: "DELETE" }) }))));
  toggle.classList.toggle("active", faults.length > 0);
}

function describe({ kind, count, hits, chat }) {
  const who = chat ? ` bij ${label("chat", String(chat))}` : "";
  const left = count === null ? "steeds" : `nog ${count} keer`;
  return `${label("kind", kind)}${who}, ${left}${hits ? `, al ${hits} keer gebeurd` : ""}`;
}

export function showPeople(people) {
  const select = form.elements.chat;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...people.map(({ id, first_name: first, last_name: last }) =>
    make("option", { value: String(id), textContent: [first, last].filter(Boolean).join(" ") })));
  select.value = chosen;
}

async function add(event) {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  await tryAsk("faults", { body: {
    kind: given.kind,
    method: given.method || null,
    chat: given.chat ? Number(given.chat) : null,
    count: Number(given.count) || null,
    seconds: Number(given.seconds) || 1,
  } });
}

export function startFaults() {
  form.addEventListener("submit", add);
  toggle.addEventListener("click", () => {
    const panel = document.getElementById("faults");
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", String(!panel.hidden));
  });
  document.getElementById("faults-clear").addEventListener("click", () => tryAsk("faults", { method: "DELETE" }));
  for (const button of document.querySelectorAll("[data-updates]")) {
    button.addEventListener("click", async () => {
      const done = await tryAsk("updates", { body: { [button.dataset.updates]: Number(button.dataset.count) } });
      if (done) notify("Dat is gezet.");
    });
  }
}
