// What a person does on the page: each a short function that changes the state, tells the server, or both.
import { closeView, notice, reduce } from "./frames.js";
import { firstUnread } from "./derive.js";
import { send } from "./socket.js";
import { getState, update } from "./store.js";

const patch = (part) => update((state) => ({ ...state, ...part }));

export const showPanel = (panel) => patch({ panel });
export const say = (said) => patch({ said });

export const appChannel = (state) => state.channels.find((c) => c.kind === "im" && c.user === state.app.user_id);

/** Show a channel, and a thread of it when `thread` is given. */
export function go(channel, thread = null, { remember = true, target = null } = {}) {
  const state = getState();
  const entered = channel !== state.place.channel;
  const marker = firstUnread(state.messages[channel], state.unread[channel], state.me?.id);
  patch({
    place: { channel, thread, tab: entered ? "messages" : state.place.tab },
    markers: entered || marker ? { ...state.markers, [channel]: marker } : state.markers,
    target,
    panel: state.panel === "drawer" ? null : state.panel,
  });
  if (remember) rememberPlace(entered);
  if (entered && channel === appChannel(state)?.id) send({ type: "open_messages_tab" }); // as Slack tells the app
  markRead();
}

/** The address is that of a permalink: `#/channel`, or `#/channel/message/thread`. */
function rememberPlace(asNewEntry) {
  const { channel, thread } = getState().place;
  const hash = `#/${channel}${thread ? `/${thread}/${thread}` : ""}`;
  if (hash === location.hash) return;
  history[asNewEntry ? "pushState" : "replaceState"](null, "", `${location.pathname}${location.search}${hash}`);
}

export const openThread = (channel, ts) => go(channel, ts);

export function closeThread() {
  const { channel, thread } = getState().place;
  if (thread) go(channel);
}

/** Tell the server what is in sight, so that its unread marks go. */
export function markRead() {
  const { place, unread, unreadThreads, link } = getState();
  if (document.hidden || link !== "open" || !place.channel) return;
  if (unread[place.channel]) send({ type: "read", channel: place.channel });
  if (place.thread && unreadThreads[`${place.channel}/${place.thread}`]) {
    send({ type: "read", channel: place.channel, thread_ts: place.thread });
  }
}

export function clearMarker(channel) {
  update((state) => (state.markers[channel] ? { ...state, markers: { ...state.markers, [channel]: null } } : state));
}

export function openTab(tab) {
  update((state) => ({ ...state, place: { ...state.place, tab, thread: null } }));
  send({ type: tab === "home" ? "open_home" : "open_messages_tab" });
}

export function setDraft(key, text) {
  update((state) => ({ ...state, drafts: { ...state.drafts, [key]: text } }));
}

/** Post a message or run a slash command; resolve with the server's reply. */
export async function speak(channel, thread, text) {
  const target = thread ? { channel, thread_ts: thread } : { channel };
  if (/^\/[a-z]/i.test(text)) return runCommand(target, text);
  clearMarker(channel);
  return send({ type: "post", ...target, text });
}

async function runCommand(target, text) {
  const reply = await send({ type: "command", ...target, text });
  if (!reply.ok && getState().link === "open") {
    update((state) => notice(state, target.channel, reply.error, target.thread_ts));
  }
  return reply;
}

/** Say what became of a press that the server refused, where the press was. */
export function complain({ channel = "", thread_ts: thread = "" }, text) {
  update((state) => reduce(state, { type: "failed", what: "action", text, channel, thread_ts: thread }));
}

/** Ask `confirm` (Slack's confirmation object); resolve with true when the person says yes. */
export function ask(confirm) {
  return new Promise((resolve) => patch({ confirming: { confirm, resolve } }));
}

export function answerConfirm(yes) {
  const { confirming } = getState();
  patch({ confirming: null });
  confirming?.resolve(yes);
}

export async function submitView(view, values) {
  update((state) => ({
    ...state,
    submitting: { ...state.submitting, [view.id]: true },
    viewErrors: { ...state.viewErrors, [view.id]: undefined },
    viewNotes: { ...state.viewNotes, [view.id]: undefined },
  }));
  const reply = await send({ type: "view_submit", view_id: view.id, values });
  if (!reply.ok) noteOnView(view.id, reply.error);
}

/** Complaints about single fields say more than a sentence about the form. */
function noteOnView(id, text) {
  update((state) => ({
    ...state,
    viewNotes: { ...state.viewNotes, [id]: state.viewNotes[id] ?? (state.viewErrors[id] ? undefined : text) },
    submitting: { ...state.submitting, [id]: undefined },
  }));
}

export function setViewErrors(id, errors) {
  update((state) => ({ ...state, viewErrors: { ...state.viewErrors, [id]: errors } }));
}

export function dismissView(id) {
  update((state) => closeView(state, id));
  send({ type: "view_close", view_id: id });
}

export function dismissEphemeral(channel, message) {
  const rest = (list) => list.filter((m) => m.ts !== message.ts);
  update((state) => ({
    ...state,
    ephemerals: { ...state.ephemerals, [channel]: rest(state.ephemerals[channel] ?? []) },
  }));
  if (!message.is_local) send({ type: "dismiss", channel, ts: message.ts });
}

export function react(channel, message, name) {
  const mine = message.reactions?.find((r) => r.name === name)?.users.includes(getState().me.id) ?? false;
  send({ type: "react", channel, ts: message.ts, name, remove: mine });
}

/** Ask the app for the details of a Work Object below a message; what it says comes as a frame. */
export async function openEntity(channel, ts, url) {
  patch({ entity: { loading: true } });
  const reply = await send({ type: "open_entity", channel, ts, url });
  if (!reply.ok) patch({ entity: { error: { custom_message: reply.error } } });
}

export const closeEntity = () => patch({ entity: null });

/** Want no disturbance for some minutes; 0 ends it. */
export const snooze = (minutes) => send({ type: "snooze", minutes });

/** Channel ids as the sidebar has them, for Alt+Up and Alt+Down. */
export function channelOrder(state) {
  const rooms = state.channels.filter((c) => c.kind !== "im");
  const direct = state.channels.filter((c) => c.kind === "im");
  return [...rooms, ...direct].map((c) => c.id);
}

export function step(by, onlyUnread) {
  const state = getState();
  const order = channelOrder(state);
  const from = order.indexOf(state.place.channel);
  for (let i = 1; i <= order.length; i += 1) {
    const id = order[(from + by * i + order.length * i) % order.length];
    if (!onlyUnread || state.unread[id]) return go(id);
  }
}
