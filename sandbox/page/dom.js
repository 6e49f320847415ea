// Small helpers to build the page. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  send: ["M5 12 19 5l-4.5 14-3-5.5z"],
  attach: ["M12 5v14", "M5 12h14"],
  commands: ["M4 7h16", "M4 12h16", "M4 17h10"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  play: ["M8 5.5v13l11-6.5z"],
  pause: ["M9 6v12", "M15 6v12"],
  file: ["M7 3h7l5 5v13H7z", "M14 3v5h5"],
};

/** Make an element; `options` are properties, `aria-…`/`data-…`/`role` attributes and `on…` listeners. */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export function iconButton(name, label, onclick, extra = {}) {
  return make("button", { type: "button", className: "icon-button", "aria-label": label, title: label, onclick, ...extra },
    icon(name));
}

/** A button that opens a menu of `items()`: [{label, hint, act}]. Arrow keys walk, Escape closes. */
export function menuButton(button, holder, items) {
  let menu = null;
  const close = (focus) => {
    if (!menu) return;
    menu.remove();
    menu = null;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("click", outside, true);
    if (focus) button.focus();
  };
  const outside = (event) => {
    if (menu && !menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (menu) return close(true);
    menu = make("div", { className: "menu", role: "menu", onkeydown: (event) => walk(event, menu, close) });
    for (const { label, hint, act } of items()) {
      const chosen = () => { close(true); act(); };
      menu.append(make("button", { type: "button", role: "menuitem", onclick: chosen }, label,
        hint ? make("small", { textContent: ` ${hint}` }) : null));
    }
    holder.append(menu);
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("click", outside, true);
    menu.scrollIntoView({ block: "nearest", inline: "nearest" });
    menu.firstElementChild?.focus({ preventScroll: true });
  });
  return button;
}

function walk(event, menu, close) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (event.key === "Tab") close(false);
  else if (step) {
    event.preventDefault();
    const all = [...menu.children];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  }
}

let noticeTimer;

/** Show a short line at the bottom of the page. */
export function notify(text, seconds = 5) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  if (seconds) noticeTimer = setTimeout(() => { notice.hidden = true; }, seconds * 1000);
}

export function unnotify() {
  document.getElementById("notice").hidden = true;
}
