// What follows from where one is: the address, the title, the read marks, the spoken line, the keys of the page.
import { inWords } from "../text/encode.js";
import { authorOf, nameOf } from "./authors.js";
import { closeThread, go, markRead, say, showPanel, step } from "./actions.js";
import { getState, update } from "./store.js";

let settledAt = "";

/** Go to where the address points, or where one was, or the first channel. */
export function settle() {
  const { channels, place } = getState();
  const [, asked, ts, thread] = location.hash.split("/");
  const known = (id) => channels.some((c) => c.id === id);
  const target = ts !== thread && location.hash !== settledAt ? ts : null;
  settledAt = location.hash;
  if (known(asked)) go(asked, thread ?? null, { remember: false, target });
  else if (known(place.channel)) go(place.channel, place.thread);
  else if (channels.length) go((channels.find((c) => c.kind !== "im") ?? channels[0]).id);
}

const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;

function inSight({ place }, channel, message) {
  if (place.channel !== channel) return false;
  return isReply(message) ? place.thread === message.thread_ts : true;
}

/** What comes while the window is hidden is marked as new for when the person is back. */
function markArrival(state, channel, message) {
  const hidden = document.hidden && !isReply(message) && !state.markers[channel];
  if (hidden) update((s) => ({ ...s, markers: { ...s.markers, [channel]: message.ts } }));
}

function arrived({ channel, message }) {
  const state = getState();
  if (message.user === state.me.id || !inSight(state, channel, message)) return;
  const who = nameOf(authorOf(message, state.people));
  say(`${who}: ${inWords(message.text, state).slice(0, 200)}`);
  markArrival(state, channel, message);
}

export function follow(frame) {
  if (frame.type === "snapshot") settle();
  if (frame.type === "message" || frame.type === "ephemeral") arrived(frame);
  if (frame.type === "unread" || frame.type === "unread_thread") markRead();
  title();
}

function title() {
  const { place, channels, people, unread, mentions } = getState();
  const channel = channels.find((c) => c.id === place.channel);
  const name = channel?.kind === "im" ? nameOf(people[channel.user]) : channel?.name;
  const direct = channels.filter((c) => c.kind === "im").reduce((sum, c) => sum + (unread[c.id] ?? 0), 0);
  const calls = Object.values(mentions).reduce((sum, n) => sum + n, 0) + direct;
  document.title = `${calls ? `(${calls}) ` : ""}${name ? `${name} · ` : ""}OpStream playground`;
}

function withCommand(event) {
  const panel = { k: "switcher", "/": "keys" }[event.key.toLowerCase()];
  if (panel) showPanel(getState().panel === panel ? null : panel);
  return Boolean(panel);
}

function pageKey(event) {
  if (event.ctrlKey || event.metaKey) return withCommand(event);
  if (event.altKey && event.key === "ArrowUp") return step(-1, event.shiftKey), true;
  if (event.altKey && event.key === "ArrowDown") return step(1, event.shiftKey), true;
  if (event.key !== "Escape" || event.defaultPrevented) return false;
  if (getState().panel) showPanel(null);
  else closeThread();
  return true;
}

/** Listen to the window for as long as the page lives. */
export function watchWindow() {
  addEventListener("keydown", (event) => {
    const free = !event.target.closest?.('[aria-modal="true"]');
    if (free && getState().loaded && pageKey(event)) event.preventDefault();
  });
  addEventListener("popstate", settle);
  document.addEventListener("visibilitychange", markRead);
}
