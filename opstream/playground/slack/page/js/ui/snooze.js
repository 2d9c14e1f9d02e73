// Do not disturb: for how long I want to hear nothing in direct messages that can wait.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { snooze } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { clock } from "../text/time.js";
import { Icon } from "./icons.js";

const CHOICES = [
  [5, "5 minutes"],
  [30, "30 minutes"],
  [120, "2 hours"],
];
const LONGEST_MS = 60_000;

/** Until when I want no disturbance, in seconds; 0 when I may be disturbed. It ends by itself. */
export function useSnooze() {
  const until = useStore((s) => s.snooze);
  const [, again] = useState(0);
  const left = until * 1000 - Date.now();
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => again((n) => n + 1), Math.min(left + 50, LONGEST_MS));
    return () => clearTimeout(timer);
  });
  return left > 0 ? until : 0;
}

function Choice({ minutes, words }) {
  return html`<button type="button" role="menuitem" class="menu-item" data-snooze=${minutes} onClick=${() => snooze(minutes)}>
    <${Icon} name="moon" size=${16} /><span class="menu-words">${words}</span>
  </button>`;
}

export function Snooze() {
  const until = useSnooze();
  return html`<p class="menu-group" data-testid="snooze">${until ? `Notifications are paused until ${clock(until)}` : "Pause notifications"}</p>
    ${until > 0 && html`<${Choice} minutes=${0} words="Go on with notifications" />`}
    ${CHOICES.map(([minutes, words]) => html`<${Choice} key=${minutes} minutes=${minutes} words=${words} />`)}`;
}
