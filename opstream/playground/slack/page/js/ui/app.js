// The whole page: bar, sidebar, channel, thread, and what lies above them.
import { html, useMemo } from "../../vendor/preact-htm.js";
import { go, showPanel } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { World } from "../text/spans.js";
import { Channel } from "./channel.js";
import { Confirm } from "./confirm.js";
import { Entity } from "./entity.js";
import { Icon } from "./icons.js";
import { Modals } from "./modal.js";
import { Presence } from "./people.js";
import { FirstChoice } from "./people_menu.js";
import { Sidebar } from "./sidebar.js";
import { Banner, Toast } from "./status.js";
import { Keys, Switcher } from "./switcher.js";
import { ThemeButton } from "./theme.js";
import { Thread } from "./thread.js";

function TopBar() {
  const app = useStore((s) => s.app);
  return html`<div class="topbar" role="banner">
    <span class="top-app" data-testid="app-presence" data-connected=${String(app.connected)}><${Presence} here=${app.connected} />
      <span aria-hidden="true">${app.name} is ${app.connected ? "connected" : "away"}</span></span>
    <button type="button" class="jump-to" onClick=${() => showPanel("switcher")}><${Icon} name="search" size=${16} /><span>Jump to…</span><kbd>Ctrl K</kbd></button>
    <span class="top-tools">
      <button type="button" class="top-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" onClick=${() => showPanel("keys")}><${Icon} name="keys" size=${18} /></button>
      <${ThemeButton} />
    </span>
  </div>`;
}

function useWorld() {
  const people = useStore((s) => s.people);
  const channels = useStore((s) => s.channels);
  const groups = useStore((s) => s.groups);
  const me = useStore((s) => s.me);
  return useMemo(() => ({ people, channels, groups, me, onChannel: go }), [people, channels, groups, me]);
}

function Live() {
  const said = useStore((s) => s.said);
  return html`<div class="hidden" aria-live="polite" data-testid="live">${said}</div>`;
}

function Workspace() {
  const place = useStore((s) => s.place);
  const channel = useStore((s) => s.channels.find((c) => c.id === s.place.channel));
  const drawer = useStore((s) => s.panel === "drawer");
  const classes = `workspace-frame ${drawer ? "with-drawer" : ""} ${place.thread ? "with-thread" : ""}`;
  return html`<div class=${classes}>
    <${TopBar} />
    <${Sidebar} />
    ${drawer && html`<button type="button" class="drawer-shade" aria-label="Hide channels" onClick=${() => showPanel(null)}></button>`}
    <div class="panes">
      <${Banner} /><${Toast} />
      <div class="panes-row">
        ${channel && html`<${Channel} key=${channel.id} channel=${channel} />`}
        ${channel && place.thread && html`<${Thread} key=${place.thread} channel=${channel} ts=${place.thread} />`}
      </div>
    </div>
  </div>`;
}

function Above() {
  const panel = useStore((s) => s.panel);
  return html`<${Modals} />
    ${panel === "switcher" && html`<${Switcher} />`}
    ${panel === "keys" && html`<${Keys} />`}
    <${Entity} />
    <${Confirm} />`;
}

export function App({ known }) {
  const me = useStore((s) => s.me);
  const loaded = useStore((s) => s.loaded);
  const world = useWorld();
  if (!me && !known) return html`<${FirstChoice} />`;
  if (!loaded) return html`<main class="welcome"><p class="opening" role="status"><span class="spinner" aria-hidden="true"></span>Opening the workspace…</p></main>`;
  return html`<${World.Provider} value=${world}><${Workspace} /><${Above} /><${Live} /><//>`;
}
