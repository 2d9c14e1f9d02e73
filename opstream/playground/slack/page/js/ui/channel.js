// The middle of the page: a channel or a direct message, with its head, messages and composer.
import { html, useMemo } from "../../vendor/preact-htm.js";
import { openTab, showPanel } from "../state/actions.js";
import { merged, threadsOf } from "../state/derive.js";
import { EMPTY, useStore } from "../state/store.js";
import { Composer } from "./composer.js";
import { Home } from "./home.js";
import { Icon } from "./icons.js";
import { MessageList } from "./list.js";
import { nameOf } from "../state/authors.js";
import { Avatar, Presence } from "./people.js";
import { Prompts, StatusLine } from "./status.js";

function DirectTitle({ channel }) {
  const person = useStore((s) => s.people[channel.user]) ?? { id: channel.user, real_name: channel.name };
  const app = useStore((s) => s.app);
  const isApp = app.user_id === channel.user;
  return html`<${Avatar} person=${person} size="small" /><h1>${nameOf(person)}</h1>
    ${isApp && html`<span class="badge">APP</span><span class="here"><${Presence} here=${app.connected} /> ${app.connected ? "connected" : "away"}</span>`}`;
}

function RoomTitle({ channel }) {
  return html`<${Icon} name="hash" /><h1>${channel.name}</h1>${channel.topic && html`<span class="topic" title=${channel.topic}>${channel.topic}</span>`}`;
}

function Members({ channel }) {
  const people = useStore((s) => s.people);
  const members = (channel.members ?? []).map((id) => people[id]).filter(Boolean);
  if (channel.kind === "im" || members.length === 0) return null;
  return html`<span class="members" title=${members.map(nameOf).join(", ")}><${Icon} name="people" size=${18} />
    <span aria-hidden="true">${members.length}</span><span class="hidden">${members.length} members</span></span>`;
}

function Head({ channel }) {
  return html`<header class="pane-head">
    <button type="button" class="btn-ghost only-narrow" aria-label="Show channels" onClick=${() => showPanel("drawer")}><${Icon} name="menu" /></button>
    ${channel.kind === "im" ? html`<${DirectTitle} channel=${channel} />` : html`<${RoomTitle} channel=${channel} />`}
    <span class="space"></span><${Members} channel=${channel} />
  </header>`;
}

const TABS = [
  ["home", "Home"],
  ["messages", "Messages"],
];

function Tabs({ tab }) {
  const onKeyDown = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tab === "home" ? "messages" : "home";
    openTab(other);
    event.currentTarget.querySelector(`[data-tab=${other}]`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label="OpStream" onKeyDown=${onKeyDown}>
    ${TABS.map(([id, word]) => html`<button type="button" role="tab" data-tab=${id} aria-selected=${String(tab === id)} tabindex=${tab === id ? 0 : -1}
      class="tab" onClick=${() => openTab(id)}>${word}</button>`)}
  </div>`;
}

function Beginning({ channel }) {
  const person = useStore((s) => s.people[channel.user]);
  const app = useStore((s) => s.app);
  if (channel.kind !== "im") {
    return html`<div class="beginning"><h2><${Icon} name="hash" size=${28} /> ${channel.name}</h2>
      <p>This is the very beginning of #${channel.name}. ${channel.topic}</p></div>`;
  }
  const hint = channel.user === app.user_id && html` Type <kbd>/</kbd> to see what ${app.name} can do.`;
  return html`<div class="beginning"><h2>${nameOf(person)}</h2><p>This conversation is just between ${nameOf(person)} and you.${hint}</p></div>`;
}

function Messages({ channel }) {
  const all = useStore((s) => s.messages[channel.id]) ?? EMPTY;
  const private_ = useStore((s) => s.ephemerals[channel.id]) ?? EMPTY;
  const marker = useStore((s) => s.markers[channel.id]) ?? null;
  const unreadThreads = useStore((s) => s.unreadThreads);
  const { roots, replies } = threadsOf(all);
  const messages = useMemo(() => merged(roots, private_.filter((m) => !m.thread_ts)), [roots, private_]);
  const status = useStore((s) => s.status);
  const place = { channel: channel.id, replies, unreadThreads, status };
  return html`<${MessageList} id=${channel.id} messages=${messages} marker=${marker} place=${place}
    label=${`Messages in ${channel.name}`} head=${html`<${Beginning} channel=${channel} />`} />`;
}

function useWhere(channel) {
  const person = useStore((s) => s.people[channel.user]);
  return channel.kind === "im" ? nameOf(person) : `#${channel.name}`;
}

export function Channel({ channel }) {
  const tab = useStore((s) => s.place.tab);
  const isApp = useStore((s) => s.app.user_id === channel.user && channel.kind === "im");
  const where = useWhere(channel);
  return html`<main class="pane channel" data-testid="channel" data-open-channel=${channel.id}>
    <${Head} channel=${channel} />
    ${isApp && html`<${Tabs} tab=${tab} />`}
    ${isApp && tab === "home"
      ? html`<${Home} />`
      : html`<${Messages} channel=${channel} /><div class="pane-foot">${isApp && html`<${Prompts} channel=${channel.id} />`}<${StatusLine} channel=${channel.id} />
          <${Composer} channel=${channel.id} placeholder=${`Message ${where}`} autofocus /></div>`}
  </main>`;
}
