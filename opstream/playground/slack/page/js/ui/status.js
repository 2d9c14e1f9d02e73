// The quiet lines: "OpStream is thinking…" above a composer, and the banner when somebody is away.
import { html } from "../../vendor/preact-htm.js";
import { send } from "../state/socket.js";
import { update, useStore } from "../state/store.js";

export function Words({ text }) {
  const name = useStore((s) => s.app.name);
  const words = text.startsWith(name) ? text : `${name} ${text}`;
  return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${words}`;
}

/** Slack's own Stop: the app hears that somebody wants no more. */
function Stop({ channel, thread }) {
  const stop = () => send({ type: "stop_session", channel, thread_ts: thread });
  return html`<button type="button" class="btn stop" data-testid="stop" onClick=${stop}>Stop</button>`;
}

export function StatusLine({ channel, thread = "" }) {
  const key = `${channel}/${thread}`;
  const session = useStore((s) => s.sessions[key]);
  const text = useStore((s) => s.status[key]) ?? (session && "is answering…");
  return html`<div class="status-line" role="status" data-testid="status">${text && html`<${Words} text=${text} />`}
    ${session?.stoppable && html`<${Stop} channel=${channel} thread=${thread} />`}</div>`;
}

/** What the app offers to say to it; pressing one says it. */
export function Prompts({ channel }) {
  const offered = useStore((s) => s.prompts[channel]);
  if (!offered?.prompts.length) return null;
  const say = (text) => send({ type: "post", channel, text });
  return html`<div class="prompts" role="group" aria-label=${offered.title || "Suggestions"} data-testid="prompts">
    ${offered.title && html`<span class="prompts-title">${offered.title}</span>`}
    ${offered.prompts.map((one) => html`<button type="button" class="btn" onClick=${() => say(one.message)}>${one.title}</button>`)}
  </div>`;
}

/** What went wrong somewhere that has no place for a message, such as the Home tab. */
export function Toast() {
  const text = useStore((s) => s.toast);
  const close = () => update((state) => ({ ...state, toast: "" }));
  return html`<div role="alert">${text && html`<p class="banner banner-bad" data-testid="toast"><span>${text}</span>
    <button type="button" class="link-button" onClick=${close}>Dismiss</button></p>`}</div>`;
}

/** One calm sentence; the page goes on working with what it knows. */
export function Banner() {
  const away = useStore((s) => s.link === "away");
  const botAway = useStore((s) => s.loaded && !s.app.connected);
  const name = useStore((s) => s.app.name);
  const words = away
    ? "The bot process is away; reconnecting…"
    : botAway && `${name} is away at the moment. What you write stays here; commands and buttons work again when it is back.`;
  return html`<div role="status">${words && html`<p class="banner" data-testid="banner"><span class="spinner" aria-hidden="true"></span>${words}</p>`}</div>`;
}
