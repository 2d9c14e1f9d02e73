// Where a person writes: grows with the text, completes commands and names, sends with Enter.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { grow } from "../elements/inputs.js";
import { setDraft, speak } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { menuFor, usageOf } from "./completion.js";
import { CompletionMenu, UsageLine } from "./completion_menu.js";
import { Icon } from "./icons.js";
import { EmojiButton } from "./reactions.js";

const TALLEST_PX = 240;

/** The menu at the caret, and which of its items is marked; `null` while the person has closed it. */
function useMenu(text, caret, withCommands) {
  const app = useStore((s) => (withCommands ? s.app : null));
  const groups = useStore((s) => s.groups);
  const people = useStore((s) => s.people);
  const channels = useStore((s) => s.channels);
  const [closedFor, setClosedFor] = useState(null);
  const [marked, setMarked] = useState(null);
  const found = text === closedFor || caret === null ? null : menuFor(text, caret, { app, people, channels, groups });
  const menu = found?.items.length ? found : null;
  const first = menu?.preselect ? 0 : -1;
  const at = menu && marked?.text === text ? Math.min(marked.at, menu.items.length - 1) : first;
  const usage = app && text.startsWith("/") ? usageOf(text, app) : null;
  return { menu, at, usage, mark: (to) => setMarked({ text, at: to }), close: () => setClosedFor(text) };
}

function completed(text, caret, menu, item) {
  const start = text.slice(0, menu.from) + item.insert;
  return { text: start + text.slice(caret).replace(/^ /, ""), caret: start.length };
}

/** Arrow keys mark, Tab and Enter take, Escape closes; returns whether the key was for the menu. */
function menuKey(event, { menu, at, mark, close }, take) {
  if (!menu) return false;
  const count = menu.items.length;
  if (event.key === "ArrowDown") mark((at + 1) % count);
  else if (event.key === "ArrowUp") mark((Math.max(at, 0) - 1 + count) % count);
  else if (event.key === "Escape") close();
  else if (event.key === "Tab" && !event.shiftKey) take(menu.items[Math.max(at, 0)]);
  else if (event.key === "Enter" && !event.shiftKey && at >= 0) take(menu.items[at]);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function useDraft(key) {
  const text = useStore((s) => s.drafts[key]) ?? "";
  const box = useRef();
  const [caret, setCaret] = useState(null);
  const wanted = useRef(null);
  useLayoutEffect(() => {
    grow(box.current, TALLEST_PX);
    if (wanted.current === null) return;
    box.current.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  }, [text, key]);
  const put = (next, at) => {
    wanted.current = at ?? null;
    setDraft(key, next);
    setCaret(at ?? next.length);
  };
  return { text, box, caret, setCaret, put };
}

function useSending(key, channel, thread, draft) {
  const [problem, setProblem] = useState("");
  const back = useStore((s) => s.link === "open");
  useEffect(() => setProblem(""), [key, back]);
  const submit = async () => {
    const text = draft.text.trim();
    if (!text) return;
    draft.put("", 0);
    const reply = await speak(channel, thread, text);
    setProblem(reply.ok || text.startsWith("/") ? "" : reply.error);
    if (!reply.ok) setDraft(key, text);
  };
  return [problem, submit];
}

function Tools({ text, onEmoji, onSubmit }) {
  return html`<div class="composer-tools">
    <${EmojiButton} label="Add an emoji" onChoose=${onEmoji}><${Icon} name="smile" size=${18} /><//>
    <span class="composer-help">Enter sends, Shift+Enter begins a new line</span>
    <button type="button" class="send" aria-label="Send" title="Send" disabled=${!text.trim()} onClick=${onSubmit}><${Icon} name="send" size=${18} /></button>
  </div>`;
}

/** `thread` is the ts of the root, or null in a channel. */
export function Composer({ channel, thread = null, placeholder, autofocus = false }) {
  const key = `${channel}/${thread ?? ""}`;
  const base = useId();
  const draft = useDraft(key);
  const menu = useMenu(draft.text, draft.caret, thread === null); // as in Slack, a thread takes no commands
  const [problem, submit] = useSending(key, channel, thread, draft);
  useLayoutEffect(() => {
    if (autofocus) draft.box.current.focus({ preventScroll: true });
  }, [key]);
  const take = (item) => {
    const next = completed(draft.text, draft.caret, menu.menu, item);
    draft.put(next.text, next.caret);
    draft.box.current.focus();
  };
  const onInput = (event) => {
    setDraft(key, event.currentTarget.value);
    draft.setCaret(event.currentTarget.selectionStart);
  };
  const onKeyDown = (event) => {
    if (event.isComposing || menuKey(event, menu, take)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  };
  const addEmoji = (name) => draft.put(`${draft.text}:${name}: `);
  return html`<div class="composer" data-testid=${thread ? "thread-composer" : "composer"}>
    ${problem && html`<p class="composer-problem" role="alert">${problem}</p>`}
    ${menu.menu && html`<${CompletionMenu} id=${base} menu=${menu.menu} at=${menu.at} onTake=${take} />`}
    ${!menu.menu && menu.usage && html`<${UsageLine} usage=${menu.usage} />`}
    <div class="composer-box">
      <textarea ref=${draft.box} rows="1" placeholder=${placeholder} aria-label=${placeholder} value=${draft.text} onInput=${onInput} onKeyDown=${onKeyDown}
        onBlur=${() => draft.setCaret(null)} onClick=${(e) => draft.setCaret(e.currentTarget.selectionStart)}
        role="combobox" aria-autocomplete="list" aria-expanded=${String(Boolean(menu.menu))} aria-controls=${`${base}-list`}
        aria-activedescendant=${menu.menu && menu.at >= 0 ? `${base}-${menu.at}` : undefined}></textarea>
      <${Tools} text=${draft.text} onEmoji=${addEmoji} onSubmit=${submit} />
    </div>
  </div>`;
}
