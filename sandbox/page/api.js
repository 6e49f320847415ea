// The line to the sandbox: requests, and one WebSocket for everything that happens.

import { notify, unnotify } from "./dom.js";

export async function ask(path, options = {}) {
  const { method = options.body ? "POST" : "GET", body } = options;
  const form = body instanceof FormData;
  const response = await fetch(`/sandbox/${path}`, {
    method,
    headers: body && !form ? { "Content-Type": "application/json" } : {},
    body: form || !body ? body : JSON.stringify(body),
  });
  const data = await response.json();
  if (!response.ok) throw new Error(data.error ?? response.statusText);
  return data;
}

/** Ask, and show on the page why it failed. Gives null then. */
export async function tryAsk(path, options) {
  try {
    return await ask(path, options);
  } catch (error) {
    notify(`Dat lukt niet: ${error.message}`);
    return null;
  }
}

export const act = (person, action, body = {}) => tryAsk(`people/${person}/${action}`, { method: "POST", body });

/** Listen to everything after event number `seq`; `lost()` is called when too much was missed. */
export function listen(seq, hear, lost) {
  let last = seq;
  let pause = 500;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/sandbox/events?after=${last}`);
    socket.onopen = () => {
      if (pause > 500) unnotify();
      pause = 500;
    };
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.event === "resync") return lost();
      last = event.seq;
      hear(event);
    };
    socket.onclose = () => {
      if (pause > 500) notify("Geen verbinding. Ik probeer het opnieuw.", 0);
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 5000);
    };
  };
  open();
}
