// The line to the server: frames in, requests with a reply out, and a patient reconnect.
import { reduce } from "./frames.js";
import { update } from "./store.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;
const AWAY = { ok: false, error: "This was not sent, because the connection is away. It will be back in a moment." };

let socket = null;
let person = null;
let wait = FIRST_WAIT_MS;
let timer = 0;
let nextRef = 1;
const waiting = new Map(); // ref -> resolve
const watchers = new Set();

/** Call `watch(frame)` after each frame has been taken into the state. */
export function onFrame(watch) {
  watchers.add(watch);
}

/** Connect as `id`; the line stays up until `disconnect`. */
export function connect(id) {
  disconnect();
  person = id;
  open();
}

export function disconnect() {
  clearTimeout(timer);
  person = null;
  socket?.close();
  socket = null;
}

/** Send `frame`; resolve with the reply (`ok: false` and a sentence when it could not be sent). */
export function send(frame) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(AWAY);
  const ref = nextRef++;
  socket.send(JSON.stringify({ ...frame, ref }));
  return new Promise((resolve) => waiting.set(ref, resolve));
}

function open() {
  const line = new WebSocket(`ws://${location.host}/page-api/socket?person=${encodeURIComponent(person)}`);
  socket = line;
  line.onmessage = (event) => line === socket && receive(JSON.parse(event.data));
  line.onclose = () => line === socket && lost();
}

function receive(frame) {
  if (frame.type === "reply") {
    waiting.get(frame.ref)?.(frame);
    waiting.delete(frame.ref);
    return;
  }
  if (frame.type === "snapshot") wait = FIRST_WAIT_MS;
  update((state) => reduce(state, frame));
  for (const watch of watchers) watch(frame);
}

function lost() {
  for (const resolve of waiting.values()) resolve(AWAY);
  waiting.clear();
  update((state) => ({ ...state, link: "away", app: { ...state.app, connected: false } }));
  timer = setTimeout(open, wait);
  wait = Math.min(wait * 1.6, LONGEST_WAIT_MS);
}
