// What is worked out from the messages: roots, threads, rows of a channel. Kept per list, so it costs once a change.
import { EMPTY } from "./store.js";
import { dayKey } from "../text/time.js";

const COMPACT_SECONDS = 300;
const threadsByList = new WeakMap();

const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;
const isRoot = (m) => !isReply(m) || m.parent_visible === true || m.subtype === "thread_broadcast";

function sortThreads(messages) {
  const roots = [];
  const replies = new Map();
  for (const message of messages) {
    if (isRoot(message)) roots.push(message);
    if (!isReply(message)) continue;
    if (!replies.has(message.thread_ts)) replies.set(message.thread_ts, []);
    replies.get(message.thread_ts).push(message);
  }
  return { roots, replies };
}

/** Return `{roots, replies}` of a channel: what stands in it, and a Map from root ts to its replies. */
export function threadsOf(messages = EMPTY) {
  if (!threadsByList.has(messages)) threadsByList.set(messages, sortThreads(messages));
  return threadsByList.get(messages);
}

/** Return `{count, latest, users}` for the line under a root; count 0 when there is no thread. */
export function replyFacts(root, replies) {
  const told = replies.get(root.ts);
  if (!told) return { count: root.reply_count ?? 0, latest: root.latest_reply ?? "", users: root.reply_users ?? EMPTY };
  const users = [...new Set(told.map((m) => m.user ?? m.bot_id))];
  return { count: told.length, latest: told.at(-1).ts, users };
}

/** Return messages and ephemerals as one list, oldest first. */
export function merged(messages, ephemerals) {
  if (ephemerals.length === 0) return messages;
  return [...messages, ...ephemerals].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

const isQuiet = (m) => !m.subtype || m.subtype === "bot_message" || m.subtype === "thread_broadcast";

function followsOn(previous, message) {
  if (!previous || previous.is_ephemeral || message.is_ephemeral) return false;
  if (!isQuiet(previous) || !isQuiet(message)) return false;
  const sameAuthor = previous.user === message.user && previous.username === message.username;
  return sameAuthor && Number(message.ts) - Number(previous.ts) < COMPACT_SECONDS;
}

/** Return the rows to draw: day dividers, the mark of what is new, and messages (compact after their own author, not after the root of a thread). */
export function rowsOf(messages, marker, root) {
  const rows = [];
  let day = "";
  let previous = null;
  for (const message of messages) {
    const today = dayKey(message.ts);
    if (today !== day) {
      rows.push({ kind: "day", key: `day-${today}`, ts: message.ts });
      previous = null;
      day = today;
    }
    if (message.ts === marker) {
      rows.push({ kind: "new", key: "new" });
      previous = null;
    }
    rows.push({ kind: "message", key: message.ts, message, compact: followsOn(previous, message) });
    previous = message.ts === root ? null : message;
  }
  return rows;
}

/** Return the ts of the first of the last `count` root messages of others; null when none or all of the channel is new. */
export function firstUnread(messages, count, me) {
  if (!count) return null;
  const others = threadsOf(messages).roots.filter((m) => m.user !== me);
  const first = others.at(-count) ?? others[0];
  return first && first !== messages[0] ? first.ts : null;
}
