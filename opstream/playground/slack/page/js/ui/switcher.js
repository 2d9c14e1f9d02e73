// The quick switcher (Ctrl+K) and the page of keyboard shortcuts.
import { html, useState } from "../../vendor/preact-htm.js";
import { channelOrder, go, showPanel } from "../state/actions.js";
import { getState } from "../state/store.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icons.js";
import { nameOf } from "../state/authors.js";
import { Avatar } from "./people.js";

const close = () => showPanel(null);

function entries({ channels, people, unread }, order) {
  const all = order.map((id) => channels.find((c) => c.id === id));
  return all.map((c) => ({
    id: c.id,
    name: c.kind === "im" ? nameOf(people[c.user]) : c.name,
    person: c.kind === "im" ? (people[c.user] ?? { id: c.user }) : null,
    unread: unread[c.id] ?? 0,
  }));
}

function found(typed) {
  const state = getState();
  const words = typed.toLowerCase().replace(/^[#@]/, "");
  const all = entries(state, channelOrder(state)).filter((e) => e.name.toLowerCase().includes(words));
  return all.sort((a, b) => Boolean(b.unread) - Boolean(a.unread)).filter((e) => words || e.id !== state.place.channel);
}

function Entry({ id, entry, active, onTake }) {
  return html`<div id=${id} role="option" aria-selected=${String(active)} class=${`menu-item ${active ? "menu-item-active" : ""}`} onClick=${onTake}>
    ${entry.person ? html`<${Avatar} person=${entry.person} size="small" />` : html`<${Icon} name="hash" size=${18} />`}
    <span class="menu-words">${entry.name}</span>${entry.unread > 0 && html`<span class="menu-aside">${entry.unread} unread</span>`}
  </div>`;
}

export function Switcher() {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = found(typed);
  const take = (entry) => {
    close();
    if (entry) go(entry.id);
  };
  const onKeyDown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) setAt((at + by + list.length) % Math.max(list.length, 1));
    else if (event.key === "Enter") take(list[at]);
    else return;
    event.preventDefault();
  };
  const onInput = (event) => {
    setTyped(event.currentTarget.value);
    setAt(0);
  };
  return html`<${Dialog} label="Jump to a conversation" className="switcher" light onClose=${close} data-testid="switcher">
    <input data-autofocus class="field" role="combobox" aria-expanded="true" aria-controls="switcher-list" aria-autocomplete="list" autocomplete="off"
      aria-activedescendant=${list.length ? `switch-${at}` : undefined} aria-label="Jump to" placeholder="Jump to a channel or person" value=${typed}
      onInput=${onInput} onKeyDown=${onKeyDown} />
    <div id="switcher-list" role="listbox" aria-label="Conversations" class="menu menu-scroll">
      ${list.map((entry, i) => html`<${Entry} key=${entry.id} id=${`switch-${i}`} entry=${entry} active=${i === at} onTake=${() => take(entry)} />`)}
      ${list.length === 0 && html`<p class="menu-none">No conversation fits.</p>`}
    </div>
  <//>`;
}

const KEYS = [
  ["Ctrl/⌘ K", "Jump to a conversation"],
  ["Alt ↑ / ↓", "Previous or next conversation"],
  ["Alt Shift ↑ / ↓", "Previous or next unread one"],
  ["↑ / ↓ on a message", "Previous or next message; Tab reaches its actions"],
  ["Enter / Shift Enter", "Send / new line"],
  ["/", "Commands, when it is the first character"],
  ["@  #  :", "People, channels, emoji"],
  ["Esc", "Close the thread, menu or form"],
  ["Ctrl/⌘ /", "This list"],
];

export function Keys() {
  return html`<${Dialog} labelledBy="keys-title" className="keys" light onClose=${close}>
    <header class="dialog-head"><h2 id="keys-title">Keyboard shortcuts</h2>
      <button type="button" class="btn-ghost" data-autofocus aria-label="Close" onClick=${close}><${Icon} name="close" /></button></header>
    <dl class="dialog-body">${KEYS.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>
  <//>`;
}
