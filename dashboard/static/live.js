// While somebody writes a text: shows what the button "Controleer" would show. Without this script the button does it.
"use strict";

const form = document.querySelector("form[data-check]");
const PAUSE = 400; // milliseconds without typing
let waiting;
let asked = 0;

async function answer() {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("deel", "ja");
  const given = await fetch(form.dataset.check, { method: "POST", body: fields, redirect: "manual" });
  if (!given.ok) throw new Error(String(given.status));
  return new DOMParser().parseFromString(await given.text(), "text/html");
}

async function look() {
  const mine = ++asked;
  try {
    const shown = await answer();
    if (mine !== asked) return; // somebody typed on
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = shown.getElementById(part.id);
      part.className = now.className;
      if (part.innerHTML !== now.innerHTML) part.replaceChildren(...now.childNodes);
    }
  } catch {
    if (mine === asked) document.querySelector("[data-live]").textContent = form.dataset.failed;
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});
