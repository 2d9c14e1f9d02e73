// What one can do with a message: react, reply in its thread, and the message shortcuts of the app.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { openThread, react } from "../state/actions.js";
import { send } from "../state/socket.js";
import { useStore } from "../state/store.js";
import { Emoji } from "../text/spans.js";
import { Icon } from "./icons.js";
import { Popover, onMenuKeys, useFirstItem } from "./popover.js";
import { EmojiButton } from "./reactions.js";

const inWords = (id) => id.replace(/[_-]+/g, " ").replace(/^./, (first) => first.toUpperCase());

function Shortcuts({ shortcuts, onChoose }) {
  const box = useRef();
  useFirstItem(box);
  return html`<div ref=${box} role="menu" class="menu" onKeyDown=${onMenuKeys}>
    ${shortcuts.map((s) => html`<button type="button" role="menuitem" class="menu-item" onClick=${() => onChoose(s)}>
      <span>${s.name ?? inWords(s.callback_id)}</span>${s.description && html`<small>${s.description}</small>`}</button>`)}
  </div>`;
}

function More({ channel, message, shortcuts }) {
  const anchor = useRef();
  const [open, setOpen] = useState(false);
  const choose = (shortcut) => {
    setOpen(false);
    send({ type: "shortcut", callback_id: shortcut.callback_id, channel, message_ts: message.ts });
  };
  return html`<button ref=${anchor} type="button" class="btn-ghost" aria-label="More actions" aria-haspopup="menu" aria-expanded=${String(open)}
      onClick=${() => setOpen(!open)}><${Icon} name="dots" size=${18} /></button>
    ${open && html`<${Popover} anchor=${anchor} align="right" onClose=${() => setOpen(false)}><${Shortcuts} shortcuts=${shortcuts} onChoose=${choose} /><//>`}`;
}

export function Toolbar({ channel, message, inThread }) {
  const all = useStore((state) => state.app.shortcuts) ?? [];
  const shortcuts = all.filter((s) => s.type === "message");
  const quick = (name) => html`<button type="button" class="btn-ghost" aria-label=${`React with ${name}`} title=${`:${name}:`}
    onClick=${() => react(channel, message, name)}><${Emoji} name=${name} /></button>`;
  return html`<div class="toolbar-rail"><div class="toolbar" role="toolbar" aria-label="Message actions">
    ${quick("white_check_mark")}${quick("eyes")}
    <${EmojiButton} label="Add a reaction" onChoose=${(name) => react(channel, message, name)}><${Icon} name="smile" size=${18} /><//>
    ${!inThread && html`<button type="button" class="btn-ghost" aria-label="Reply in thread" title="Reply in thread"
      onClick=${() => openThread(channel, message.thread_ts ?? message.ts)}><${Icon} name="thread" size=${18} /></button>`}
    ${shortcuts.length > 0 && html`<${More} channel=${channel} message=${message} shortcuts=${shortcuts} />`}
  </div></div>`;
}
