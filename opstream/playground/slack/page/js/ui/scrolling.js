// Where a list of messages stands: at the bottom, in the past, at the mark of what is new, or at a message one was sent to.
import { useCallback, useLayoutEffect, useReducer, useRef, useState } from "../../vendor/preact-htm.js";
import { useStore } from "../state/store.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 150;
const AROUND_ROWS = 20;
const NEAR_PX = 60;

/** Keep the bottom in sight while the reader is there; report when the reader leaves it or comes back. */
export function useBottom(scroller, inner, key) {
  const [atBottom, setAtBottom] = useState(true);
  const held = useRef(true);
  const top = useRef(0);
  const toBottom = useCallback(() => {
    scroller.current.scrollTop = scroller.current.scrollHeight;
    top.current = scroller.current.scrollTop;
  }, []);
  const onScroll = useCallback(() => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    // What grew since the last frame also puts the bottom further away; only the reader moves upwards.
    held.current = near || (held.current && scrollTop >= top.current - 1);
    top.current = scrollTop;
    setAtBottom(held.current);
  }, []);
  useLayoutEffect(() => {
    held.current = true;
    setAtBottom(true);
    const keep = () => held.current && toBottom();
    keep();
    const watch = new ResizeObserver(keep);
    watch.observe(inner.current);
    watch.observe(scroller.current);
    return () => watch.disconnect();
  }, [key]);
  return { atBottom, toBottom, onScroll };
}

/** What one has just said oneself, or was just told alone, is brought into sight. */
export function useOwnLast(messages, me, toBottom) {
  const last = messages.at(-1);
  useLayoutEffect(() => {
    if (last && (last.user === me?.id || last.is_ephemeral)) toBottom();
  }, [last?.ts]);
}

/** Return the index of the first row to draw: of the last ones, or further up when the reader or a permalink asks. */
function firstRow(all, kept, target) {
  const known = kept ? all.findIndex((row) => row.key === kept) : -1;
  const start = known < 0 ? Math.max(0, all.length - FIRST_ROWS) : known;
  const wanted = target ? all.findIndex((row) => row.key === target) - AROUND_ROWS : start;
  return Math.max(0, Math.min(start, wanted));
}

/** Draw more of the past when the reader comes near the top, and leave what is in sight where it is. */
export function usePast(scroller, all, key, target) {
  const kept = useRef({});
  const [, again] = useReducer((n) => n + 1, 0);
  const below = useRef(null); // pixels from the first row to the end, while older rows are put above it
  const start = firstRow(all, kept.current.key === key ? kept.current.first : null, target);
  kept.current = { key, first: all[start]?.key };
  const more = () => {
    if (start === 0 || scroller.current.scrollTop > 400) return;
    below.current = scroller.current.scrollHeight - scroller.current.scrollTop;
    kept.current = { key, first: all[Math.max(0, start - MORE_ROWS)].key };
    again();
  };
  useLayoutEffect(() => {
    if (below.current === null) return;
    scroller.current.scrollTop = scroller.current.scrollHeight - below.current;
    below.current = null;
  }, [start]);
  return [start, more];
}

export function useMarkInSight(scroller, marker) {
  const [above, setAbove] = useState(false);
  const look = useCallback(() => {
    const mark = scroller.current?.querySelector(".new-mark");
    setAbove(Boolean(mark) && mark.getBoundingClientRect().bottom < scroller.current.getBoundingClientRect().top);
  }, []);
  useLayoutEffect(look, [marker]);
  const jump = () => scroller.current.querySelector(".new-mark").scrollIntoView({ block: "start", behavior: "smooth" });
  return [above, look, jump];
}

/** Bring the message a permalink names into sight, once; return its ts while the list has it. */
export function useTarget(scroller, all, onMoved) {
  const target = useStore((s) => s.target);
  const found = target && all.some((row) => row.key === target) ? target : null;
  useLayoutEffect(() => {
    if (!found) return;
    scroller.current.querySelector(`.message[data-ts="${CSS.escape(found)}"]`)?.scrollIntoView({ block: "center" });
    onMoved();
  }, [found]);
  return found;
}
