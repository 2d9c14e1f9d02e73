// What each frame of the server does to the state: pure functions, one a frame type.
import { EMPTY } from "./store.js";

export const WORKSPACE_BOT = "workspace-bot";

const without = (object, key) => {
  if (!(key in object)) return object;
  const { [key]: _gone, ...rest } = object;
  return rest;
};

/** Insert or replace by `ts` and keep the order; the usual case is the end of the list. */
export function place(messages, message) {
  let at = messages.length;
  while (at > 0 && messages[at - 1].ts > message.ts) at -= 1;
  const same = at > 0 && messages[at - 1].ts === message.ts;
  return messages.toSpliced(same ? at - 1 : at, same ? 1 : 0, message);
}

const put = (state, shelf, channel, message) => ({
  ...state,
  [shelf]: { ...state[shelf], [channel]: place(state[shelf][channel] ?? EMPTY, message) },
});

const drop = (state, shelf, channel, ts) => ({
  ...state,
  [shelf]: { ...state[shelf], [channel]: (state[shelf][channel] ?? EMPTY).filter((m) => m.ts !== ts) },
});

const onlyYours = (message) => ({ ...message, is_ephemeral: true });
const byId = (people) => Object.fromEntries(people.map((person) => [person.id, person]));

function groupByChannel(messages) {
  const shelf = {};
  for (const message of messages) (shelf[message.channel] ??= []).push(onlyYours(message));
  for (const list of Object.values(shelf)) list.sort((a, b) => (a.ts < b.ts ? -1 : 1));
  return shelf;
}

function peopleWithApp(people, app) {
  const all = byId(people);
  if (app.user_id) {
    const bot = { id: app.user_id, name: app.name.toLowerCase(), real_name: app.name, color: "#0f766e" };
    all[app.user_id] = { ...bot, ...all[app.user_id], is_bot: true, is_app: true };
  }
  return all;
}

/** A direct message carries the id of the other one; Slack's own shape may name either of the two. */
function withPeer(channel, me) {
  if (channel.kind !== "im" || channel.user !== me.id) return channel;
  return { ...channel, user: channel.members?.find((id) => id !== me.id) ?? channel.user };
}

function snapshot(state, frame) {
  const views = frame.views ?? [];
  const kept = (object) => Object.fromEntries(views.filter((v) => v.id in object).map((v) => [v.id, object[v.id]]));
  return {
    ...state,
    loaded: true,
    link: "open",
    workspace: frame.workspace,
    me: frame.me,
    people: peopleWithApp(frame.people, frame.app),
    app: { commands: [], completions: [], shortcuts: [], ...frame.app },
    channels: frame.channels.map((channel) => withPeer(channel, frame.me)),
    groups: Object.fromEntries((frame.groups ?? []).map((group) => [group.id, group])),
    messages: frame.messages ?? {},
    ephemerals: groupByChannel(frame.ephemerals ?? []),
    views,
    viewErrors: kept(state.viewErrors),
    viewNotes: kept(state.viewNotes),
    submitting: {},
    home: frame.home ?? null,
    unread: frame.unread ?? {},
    mentions: frame.mentions ?? {},
    unreadThreads: frame.unread_threads ?? {},
    status: {},
    sessions: {},
    prompts: frame.prompts ?? {},
    snooze: frame.snooze ?? 0,
  };
}

/** A message of the app ends the "is thinking" line of its channel or thread. */
function clearStatus(state, channel, message) {
  if (!message.bot_id && message.user !== state.app.user_id) return state;
  const key = `${channel}/${message.thread_ts ?? ""}`;
  return key in state.status ? { ...state, status: without(state.status, key) } : state;
}

function message(state, { channel, message: added }) {
  return clearStatus(put(state, "messages", channel, added), channel, added);
}

function putView(state, view) {
  const known = state.views.some((v) => v.id === view.id);
  return {
    ...state,
    views: known ? state.views.map((v) => (v.id === view.id ? view : v)) : [...state.views, view],
    viewErrors: view.errors ? { ...state.viewErrors, [view.id]: view.errors } : without(state.viewErrors, view.id),
    viewNotes: without(state.viewNotes, view.id),
    submitting: {},
  };
}

export function closeView(state, id) {
  return {
    ...state,
    views: state.views.filter((v) => v.id !== id),
    viewErrors: without(state.viewErrors, id),
    viewNotes: without(state.viewNotes, id),
    submitting: without(state.submitting, id),
  };
}

function viewErrors(state, { view_id: id, errors }) {
  return {
    ...state,
    viewErrors: { ...state.viewErrors, [id]: errors },
    submitting: without(state.submitting, id),
  };
}

function channelChanged(state, { channel: told }) {
  const channel = withPeer(told, state.me);
  const known = state.channels.some((c) => c.id === channel.id);
  const channels = known ? state.channels.map((c) => (c.id === channel.id ? channel : c)) : [...state.channels, channel];
  return { ...state, channels };
}

/** A sentence of the workspace itself, seen by this person only. */
export function notice(state, channel, text, thread) {
  const last = (state.messages[channel] ?? EMPTY).at(-1)?.ts ?? "0";
  const now = (Date.now() / 1000).toFixed(6);
  const ts = now > last ? now : (Number(last) + 0.00001).toFixed(6);
  const told = { ts, user: WORKSPACE_BOT, text, channel, is_local: true, is_ephemeral: true };
  return put(state, "ephemerals", channel, thread ? { ...told, thread_ts: thread } : told);
}

function failed(state, { what, text, channel, thread_ts: thread }) {
  const top = state.views.at(-1);
  if (top && (what === "view_submission" || !channel)) {
    return {
      ...state,
      viewNotes: { ...state.viewNotes, [top.id]: text },
      submitting: without(state.submitting, top.id),
    };
  }
  return channel ? notice(state, channel, text, thread) : { ...state, toast: text };
}

function status(state, { channel, thread_ts: thread, text }) {
  const key = `${channel}/${thread ?? ""}`;
  return { ...state, status: text ? { ...state.status, [key]: text } : without(state.status, key) };
}

/** While the app is at work in a thread, people may stop it if it listens. */
function session(state, { channel, thread_ts: thread, at_work: atWork, stoppable }) {
  const key = `${channel}/${thread}`;
  return { ...state, sessions: atWork ? { ...state.sessions, [key]: { stoppable } } : without(state.sessions, key) };
}

function prompts(state, { channel, title, prompts: offered }) {
  return { ...state, prompts: { ...state.prompts, [channel]: { title, prompts: offered } } };
}

function unread(state, { channel, count, mentions }) {
  return {
    ...state,
    unread: { ...state.unread, [channel]: count },
    mentions: { ...state.mentions, [channel]: mentions ?? 0 },
  };
}

const handlers = {
  snapshot,
  message,
  message_changed: (state, frame) => put(state, "messages", frame.channel, frame.message),
  message_deleted: (state, frame) => drop(state, "messages", frame.channel, frame.ts),
  ephemeral: (state, frame) =>
    clearStatus(put(state, "ephemerals", frame.channel, onlyYours(frame.message)), frame.channel, frame.message),
  ephemeral_deleted: (state, frame) => drop(state, "ephemerals", frame.channel, frame.ts),
  view_opened: (state, { view }) => putView(state, view),
  view_updated: (state, { view }) => (view.type === "home" ? { ...state, home: view } : putView(state, view)),
  view_errors: viewErrors,
  view_closed: (state, frame) => closeView(state, frame.view_id),
  home: (state, { view }) => ({ ...state, home: view }),
  channel: channelChanged,
  app: (state, { connected }) => ({ ...state, app: { ...state.app, connected } }),
  unread,
  unread_thread: (state, { channel, thread_ts: thread, count }) => ({
    ...state,
    unreadThreads: { ...state.unreadThreads, [`${channel}/${thread}`]: count },
  }),
  failed,
  status,
  session,
  prompts,
  entity: (state, { entity, error }) => (state.entity ? { ...state, entity: { entity, error } } : state),
  snooze: (state, { until }) => ({ ...state, snooze: until }),
};

/** Return the state after `frame`; a frame of an unknown type changes nothing. */
export function reduce(state, frame) {
  const handle = handlers[frame.type];
  return handle ? handle(state, frame) : state;
}
