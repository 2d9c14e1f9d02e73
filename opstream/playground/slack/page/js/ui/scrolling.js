// Where a list of messages stands: at the bottom, in the past, at the mark of what is new, or at a message one was sent to.
import { useCallback, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { useStore } from "../state/store.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 150;
const AROUND_ROWS = 20;
const NEAR_PX = 60;

/** Keep the bottom in sight while the reader is there; report when the reader leaves it or comes back. */
export function useBottom(scroller, inner, key) {
  const [atBottom, setAtBottom] = useState(true);
  const held = useRef(true);
  const toBottom = useCallback(() => {
    scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);
  const onScroll = useCallback(() => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    held.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
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

/** Draw more of the past when the reader comes near the top, and leave what is in sight where it is. */
export function usePast(scroller, all, key, target) {
  const [shown, setShown] = useState({ key, rows: FIRST_ROWS });
  const wanted = target ? all.length - all.findIndex((row) => row.key === target) + AROUND_ROWS : 0;
  const rows = Math.max(shown.key === key ? shown.rows : FIRST_ROWS, wanted);
  const from = useRef(null);
  const more = () => {
    if (rows >= all.length || scroller.current.scrollTop > 400) return;
    from.current = scroller.current.scrollHeight - scroller.current.scrollTop;
    setShown({ key, rows: rows + MORE_ROWS });
  };
  useLayoutEffect(() => {
    if (from.current === null) return;
    scroller.current.scrollTop = scroller.current.scrollHeight - from.current;
    from.current = null;
  }, [rows]);
  return [rows, more];
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
