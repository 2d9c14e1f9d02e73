// The side pane with one thread.
import { html, useEffect, useMemo } from "../../vendor/preact-htm.js";
import { closeThread } from "../state/actions.js";
import { merged, threadsOf } from "../state/derive.js";
import { EMPTY, useStore } from "../state/store.js";
import { Composer } from "./composer.js";
import { Icon } from "./icons.js";
import { MessageList } from "./list.js";
import { nameOf } from "../state/authors.js";
import { StatusLine } from "./status.js";

function useThread(channel, ts) {
  const all = useStore((s) => s.messages[channel.id]) ?? EMPTY;
  const private_ = useStore((s) => s.ephemerals[channel.id]) ?? EMPTY;
  return useMemo(() => {
    const root = all.find((m) => m.ts === ts);
    const replies = threadsOf(all).replies.get(ts) ?? EMPTY;
    const told = merged(replies, private_.filter((m) => m.thread_ts === ts));
    return { count: replies.length, messages: root ? [root, ...told] : told };
  }, [all, private_, ts]);
}

function Count({ count }) {
  return html`<div class="reply-count" role="separator"><span>${count} ${count === 1 ? "reply" : "replies"}</span></div>`;
}

/** Whoever opened the thread from a button gets the focus back there when it closes. */
function useReturn() {
  useEffect(() => {
    const before = document.activeElement;
    return () => (before?.isConnected ? before : document.querySelector(".channel .composer textarea"))?.focus({ preventScroll: true });
  }, []);
}

export function Thread({ channel, ts }) {
  useReturn();
  const { count, messages } = useThread(channel, ts);
  const person = useStore((s) => s.people[channel.user]);
  const where = channel.kind === "im" ? nameOf(person) : `#${channel.name}`;
  const between = (row) => row.key === ts && count > 0 && html`<${Count} count=${count} />`;
  return html`<aside class="pane thread" aria-label="Thread" data-testid="thread" data-thread=${ts}>
    <header class="pane-head"><h2>Thread</h2><span class="topic">${where}</span><span class="space"></span>
      <button type="button" class="btn-ghost" aria-label="Close thread" title="Close (Esc)" onClick=${closeThread}><${Icon} name="close" /></button>
    </header>
    <${MessageList} id=${`${channel.id}/${ts}`} messages=${messages} place=${{ channel: channel.id, root: ts }} between=${between}
      label=${`Thread in ${where}`} />
    <div class="pane-foot"><${StatusLine} channel=${channel.id} thread=${ts} />
      <${Composer} channel=${channel.id} thread=${ts} placeholder="Reply…" autofocus /></div>
  </aside>`;
}
