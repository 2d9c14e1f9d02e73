// The one place that holds what the page knows, and the hook that lets a component watch a part of it.
import { useEffect, useReducer, useRef } from "../../vendor/preact-htm.js";

export const EMPTY = Object.freeze([]);

const initial = {
  link: "connecting", // connecting | open | away
  loaded: false,
  workspace: { id: "", name: "" },
  me: null,
  people: {}, // id -> Person
  app: { name: "OpStream", user_id: "", connected: false, commands: [], completions: [] },
  channels: [],
  groups: {}, // id -> { id, handle, name }
  messages: {}, // channel id -> messages, oldest first, replies included
  ephemerals: {}, // channel id -> messages only this person sees
  views: [], // open modals, bottom first
  viewErrors: {}, // view id -> { block id: sentence }
  viewNotes: {}, // view id -> sentence about the whole form
  submitting: {}, // view id -> true while the app has the form
  home: null,
  unread: {},
  mentions: {},
  unreadThreads: {}, // "channel/thread_ts" -> count
  status: {}, // "channel/thread_ts" or "channel/" -> sentence
  sessions: {}, // "channel/thread_ts" -> { stoppable } while the app is at work there
  prompts: {}, // channel id -> { title, prompts: [{ title, message }] } that the app offers
  place: { channel: null, thread: null, tab: "messages" },
  markers: {}, // channel id -> ts of the first message that was new when it was opened
  target: null, // ts of the message a permalink names
  drafts: {}, // "channel/thread" -> text
  confirming: null, // { confirm, resolve }
  panel: null, // drawer | switcher | keys | people
  entity: null, // what is shown of a Work Object: { loading } | { entity, error }
  snooze: 0, // until when I want no disturbance, in seconds since the epoch
  toast: "", // a sentence about something that has no place of its own
  said: "", // the last sentence for the live region
};

let state = initial;
const listeners = new Set();

export function getState() {
  return state;
}

/** Put `change(state)` in the place of the state; returning the same object changes nothing. */
export function update(change) {
  const next = change(state);
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener();
}

/** Watch `select(state)`; the component renders again only when that value is another one. */
export function useStore(select) {
  const [, again] = useReducer((n) => n + 1, 0);
  const value = select(state);
  const kept = useRef();
  kept.current = { select, value };
  useEffect(() => {
    const look = () => {
      if (!Object.is(kept.current.select(state), kept.current.value)) again();
    };
    listeners.add(look);
    look();
    return () => listeners.delete(look);
  }, []);
  return value;
}
