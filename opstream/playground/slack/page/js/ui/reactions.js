// Reactions under a message, and the tray to choose one from.
import { html, useContext, useRef, useState } from "../../vendor/preact-htm.js";
import { react } from "../state/actions.js";
import { QUICK, findEmoji } from "../text/emoji.js";
import { Emoji, World } from "../text/spans.js";
import { nameOf } from "../state/authors.js";
import { Popover } from "./popover.js";

const MOST = 40;

function Reaction({ channel, message, reaction }) {
  const { people, me } = useContext(World);
  const mine = reaction.users.includes(me?.id);
  const who = reaction.users.map((id) => (id === me?.id ? "you" : nameOf(people[id]))).join(", ");
  return html`<button type="button" class=${`reaction ${mine ? "reaction-mine" : ""}`} aria-pressed=${String(mine)}
    title=${`${who} reacted with :${reaction.name}:`} onClick=${() => react(channel, message, reaction.name)}>
    <${Emoji} name=${reaction.name} /> <span>${reaction.users.length}</span>
  </button>`;
}

export function Reactions({ channel, message }) {
  if (!message.reactions?.length) return null;
  return html`<div class="reactions" role="group" aria-label="Reactions">
    ${message.reactions.map((r) => html`<${Reaction} key=${r.name} channel=${channel} message=${message} reaction=${r} />`)}
  </div>`;
}

function Tray({ onChoose }) {
  const [typed, setTyped] = useState("");
  const names = typed ? findEmoji(typed.toLowerCase(), MOST) : [...QUICK, ...findEmoji("", MOST)];
  const onKeyDown = (event) => event.key === "Enter" && names[0] && onChoose(names[0]);
  return html`<div class="emoji-tray">
    <input ref=${(box) => box?.focus({ preventScroll: true })} class="field" placeholder="Find a reaction" aria-label="Find a reaction"
      onInput=${(e) => setTyped(e.currentTarget.value)} onKeyDown=${onKeyDown} />
    <div class="emoji-grid">
      ${[...new Set(names)].map((name) => html`<button type="button" key=${name} class="btn-ghost" aria-label=${name} title=${`:${name}:`}
        onClick=${() => onChoose(name)}><${Emoji} name=${name} /></button>`)}
    </div>
  </div>`;
}

/** A button that opens the tray; `onChoose` gets the shortcode. */
export function EmojiButton({ label, onChoose, children, className = "btn-ghost" }) {
  const anchor = useRef();
  const [open, setOpen] = useState(false);
  const choose = (name) => {
    setOpen(false);
    anchor.current?.focus();
    onChoose(name);
  };
  return html`<button ref=${anchor} type="button" class=${className} aria-label=${label} title=${label} aria-haspopup="dialog"
      aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>${children}</button>
    ${open && html`<${Popover} anchor=${anchor} align="right" onClose=${() => setOpen(false)}><${Tray} onChoose=${choose} /><//>`}`;
}
