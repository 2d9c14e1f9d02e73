// The list of messages: draws the last of them first, stays at the bottom when it is there, and does not jump when it is not.
import { html, useContext, useMemo, useRef } from "../../vendor/preact-htm.js";
import { replyFacts, rowsOf } from "../state/derive.js";
import { World } from "../text/spans.js";
import { dayName } from "../text/time.js";
import { Icon } from "./icons.js";
import { Message } from "./message.js";
import { useBottom, useMarkInSight, useOwnLast, usePast, useTarget } from "./scrolling.js";

const Day = ({ ts }) => html`<div class="day" role="separator"><span>${dayName(ts)}</span></div>`;
const New = () => html`<div class="new-mark" role="separator" data-testid="new-mark"><span>New</span></div>`;

function rowProps({ channel, root, replies, unreadThreads, status }, { message, compact }) {
  if (root || message.is_ephemeral) return { channel, message, compact, inThread: Boolean(root) };
  const { count, latest, users } = replyFacts(message, replies);
  const unread = unreadThreads[`${channel}/${message.ts}`] ?? 0;
  return { channel, message, compact, count, latest, users: users.join(" "), unread, status: status[`${channel}/${message.ts}`] };
}

function onRowKeys(event) {
  if (!event.target.matches(".message")) return;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  const next = all[all.indexOf(event.target) + by];
  event.preventDefault();
  next?.focus();
}

function Row({ row, place, last, marked, after }) {
  if (row.kind === "day") return html`<${Day} ts=${row.ts} />`;
  if (row.kind === "new") return html`<${New} />`;
  return html`<${Message} ...${rowProps(place, row)} canFocus=${last} marked=${marked} />${after}`;
}

/** `place` is `{channel, replies, unreadThreads, status}`, or `{channel, root}` in a thread; `head` and `between(row)` stand above and among the rows. */
export function MessageList({ id, messages, marker = null, place, head, between, label }) {
  const { me } = useContext(World);
  const scroller = useRef();
  const inner = useRef();
  const all = useMemo(() => rowsOf(messages, marker, place.root), [messages, marker, place.root]);
  const { atBottom, toBottom, onScroll } = useBottom(scroller, inner, id);
  const target = useTarget(scroller, all, onScroll);
  useOwnLast(messages, me, toBottom);
  const [start, more] = usePast(scroller, all, id, target);
  const [markAbove, lookForMark, toMark] = useMarkInSight(scroller, marker);
  const scrolled = () => {
    onScroll();
    more();
    lookForMark();
  };
  const rows = all.slice(start);
  const lastMessage = rows.findLast((row) => row.kind === "message");
  return html`<div class="list-frame">
    ${markAbove && html`<button type="button" class="jump jump-up" onClick=${toMark}><${Icon} name="arrowUp" size=${16} /> Jump to new messages</button>`}
    <div ref=${scroller} class="scroller" onScroll=${scrolled}>
      <div ref=${inner} class="list-inner" role="group" aria-label=${label} onKeyDown=${onRowKeys}>
        ${start === 0 ? head : html`<p class="earlier">Earlier messages are above; scroll up to see them.</p>`}
        ${rows.map((row) => html`<${Row} key=${row.key} row=${row} place=${place} last=${row === lastMessage}
          marked=${row.key === target} after=${between?.(row)} />`)}
      </div>
    </div>
    ${!atBottom && html`<button type="button" class="jump jump-down" onClick=${toBottom}><${Icon} name="arrowDown" size=${16} /> To the latest</button>`}
  </div>`;
}
