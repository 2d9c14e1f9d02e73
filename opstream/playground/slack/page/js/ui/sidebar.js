// The left side: the workspace, its channels and direct messages with what is unread, and who one is.
import { html, useRef } from "../../vendor/preact-htm.js";
import { go, showPanel } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { Icon } from "./icons.js";
import { clock } from "../text/time.js";
import { nameOf } from "../state/authors.js";
import { Avatar, Presence } from "./people.js";
import { PeopleMenu } from "./people_menu.js";
import { Popover } from "./popover.js";
import { useSnooze } from "./snooze.js";
import { Trouble } from "./trouble.js";

function useMarks(id) {
  const active = useStore((s) => s.place.channel === id);
  const unread = useStore((s) => s.unread[id] ?? 0);
  const mentions = useStore((s) => s.mentions[id] ?? 0);
  const seen = active && !document.hidden;
  return { active, unread: seen ? 0 : unread, mentions: seen ? 0 : mentions };
}

function spoken(name, unread, mentions) {
  if (mentions) return `${name}, ${mentions} ${mentions === 1 ? "mention" : "mentions"}`;
  return unread ? `${name}, ${unread} unread` : name;
}

function Item({ channel, name, children, direct = false }) {
  const { active, unread, mentions } = useMarks(channel.id);
  const badge = direct ? unread : mentions;
  return html`<li><button type="button" class=${`room ${active ? "room-active" : ""} ${unread ? "room-unread" : ""}`} data-channel=${channel.id}
    data-channel-name=${name} data-unread=${unread || undefined} aria-current=${active ? "page" : undefined}
    aria-label=${spoken(name, unread, mentions)} onClick=${() => go(channel.id)}>
    ${children}<span class="room-name">${name}</span>
    ${badge > 0 && html`<span class="room-badge" data-testid="badge">${badge}</span>`}
  </button></li>`;
}

function Direct({ channel }) {
  const person = useStore((s) => s.people[channel.user]) ?? { id: channel.user, real_name: channel.name };
  const connected = useStore((s) => s.app.connected);
  const isApp = useStore((s) => s.app.user_id === channel.user);
  return html`<${Item} channel=${channel} name=${nameOf(person)} direct>
    <${Avatar} person=${person} size="small" />${isApp && html`<${Presence} here=${connected} />`}
  <//>`;
}

function Rooms() {
  const channels = useStore((s) => s.channels);
  const appUser = useStore((s) => s.app.user_id);
  const rooms = channels.filter((c) => c.kind !== "im");
  const apps = channels.filter((c) => c.kind === "im" && c.user === appUser);
  const direct = channels.filter((c) => c.kind === "im" && c.user !== appUser);
  return html`<nav class="rooms" aria-label="Channels and direct messages">
    <h2>Channels</h2>
    <ul>${rooms.map((c) => html`<${Item} key=${c.id} channel=${c} name=${c.name}><${Icon} name="hash" size=${16} /><//>`)}</ul>
    ${direct.length > 0 && html`<h2>Direct messages</h2><ul>${direct.map((c) => html`<${Direct} key=${c.id} channel=${c} />`)}</ul>`}
    ${apps.length > 0 && html`<h2>Apps</h2><ul>${apps.map((c) => html`<${Direct} key=${c.id} channel=${c} />`)}</ul>`}
  </nav>`;
}

function Me() {
  const me = useStore((s) => s.me);
  const open = useStore((s) => s.panel === "people");
  const paused = useSnooze();
  const anchor = useRef();
  const close = () => showPanel(null);
  return html`<div class="me">
    <button ref=${anchor} type="button" class="me-button" data-testid="person-switcher" aria-haspopup="menu" aria-expanded=${String(open)}
      onClick=${() => showPanel(open ? null : "people")}>
      <${Avatar} person=${me} /><span class="me-words"><span class="me-name">${nameOf(me)}</span><small>${paused ? `Paused until ${clock(paused)}` : (me.title ?? "You")}</small></span>
      <${Icon} name="chevronDown" size=${16} /><span class="hidden">, be someone else</span>
    </button>
    ${open && html`<${Popover} anchor=${anchor} onClose=${close} className="people-popover"><${PeopleMenu} onClose=${close} /><//>`}
  </div>`;
}

export function Sidebar() {
  const workspace = useStore((s) => s.workspace);
  return html`<aside class="sidebar" aria-label="Workspace">
    <div class="workspace">
      <span class="workspace-mark" aria-hidden="true"><${Icon} name="pulse" size=${20} /></span>
      <span class="workspace-words"><strong title=${workspace.name}>OpStream playground</strong><span class="workspace-line"><span class="simulation">simulation</span></span></span>
    </div>
    <${Rooms} />
    <p class="sidebar-note">A simulation on this machine. Nothing here reaches a real workspace or a real service.</p>
    <${Trouble} />
    <${Me} />
  </aside>`;
}
