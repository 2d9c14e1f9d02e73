// Do not disturb: for how long I want to hear nothing in direct messages that can wait.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { snooze } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { clock } from "../text/time.js";
import { Icon } from "./icons.js";

const CHOICES = [
  [5, "5 min", "Pause notifications for 5 minutes"],
  [30, "30 min", "Pause notifications for 30 minutes"],
  [120, "2 h", "Pause notifications for 2 hours"],
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

function Choice({ minutes, words, said }) {
  return html`<button type="button" role="menuitem" class="btn" data-snooze=${minutes} aria-label=${said} onClick=${() => snooze(minutes)}>${words}</button>`;
}

export function Snooze() {
  const until = useSnooze();
  return html`<div class="snooze" role="group" aria-label="Notifications">
    <p class="menu-group" data-testid="snooze"><${Icon} name="moon" size=${16} /> ${until ? `Notifications paused until ${clock(until)}` : "Pause notifications for"}</p>
    <div class="snooze-choices">
      ${until > 0 && html`<${Choice} minutes=${0} words="End" said="Go on with notifications" />`}
      ${CHOICES.map(([minutes, words, said]) => html`<${Choice} key=${minutes} minutes=${minutes} words=${words} said=${said} />`)}
    </div>
  </div>`;
}
