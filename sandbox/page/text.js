// A message's text with its entities, as nodes.

import { make } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote" };

/** Build the text. `onStart(payload)` and `onCommand(text)` are called for start links and commands. */
export function words(text, entities, hooks) {
  const holder = make("div", { className: "words" });
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of entities) cuts.add(offset).add(offset + length);
  const places = [...cuts].filter((place) => place <= text.length).sort((a, b) => a - b);
  const open = []; // entities that are open here, the outermost first, each with its node
  for (let i = 0; i < places.length - 1; i += 1) {
    const [start, stop] = [places[i], places[i + 1]];
    while (open.length && open.some(({ entity }) => entity.offset + entity.length <= start)) open.pop();
    for (const entity of entities) {
      const covers = entity.offset <= start && entity.offset + entity.length >= stop;
      if (!covers || open.some((other) => other.entity === entity)) continue;
      const node = wrapper(entity, text.slice(entity.offset, entity.offset + entity.length), hooks);
      (open.at(-1)?.node ?? holder).append(node);
      open.push({ entity, node });
    }
    (open.at(-1)?.node ?? holder).append(text.slice(start, stop));
  }
  return holder;
}

function wrapper(entity, part, hooks) {
  if (entity.type in TAGS) return make(TAGS[entity.type]);
  if (entity.type === "spoiler") return make("span", { className: "spoiler", tabIndex: 0 });
  if (entity.type === "url") return link(part, hooks);
  if (entity.type === "text_link") return link(entity.url, hooks);
  if (entity.type === "email") return make("a", { href: `mailto:${part}` });
  if (entity.type === "bot_command") return command(part, hooks);
  return make("span");
}

function command(part, hooks) {
  const press = (event) => { event.preventDefault(); hooks.onCommand(part); };
  return make("a", { href: "#", role: "button", onclick: press });
}

/** A link; a start link to this bot is pressed here, as on a phone. Other kinds than web, phone and mail are not links. */
export function link(address, hooks) {
  let url;
  try {
    url = new URL(/^[a-z]+:/i.test(address) ? address : `https://${address}`);
  } catch {
    return make("span");
  }
  if (!["http:", "https:", "tel:", "mailto:"].includes(url.protocol)) return make("span");
  if (url.hostname === "t.me" && url.pathname === `/${hooks.botUsername}`) {
    const press = (event) => { event.preventDefault(); hooks.onStart(url.searchParams.get("start") ?? ""); };
    return make("a", { href: url.href, onclick: press });
  }
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" });
}
