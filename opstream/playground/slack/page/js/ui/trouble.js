// What can be made to go wrong, so that one sees how the app takes it.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { say, showPanel } from "../state/actions.js";
import { send } from "../state/socket.js";
import { useStore } from "../state/store.js";
import { onMenuKeys, Popover, useFirstItem } from "./popover.js";

const TROUBLES = [
  ["storm", "A storm of 429", "The next 20 calls are refused for 5 seconds each"],
  ["doubles", "Everything twice", "The next 10 deliveries arrive two times"],
  ["cut", "Cut the connection", "Both sockets of the app, without a word"],
  ["silence", "Half a minute of silence", "No call is answered for 30 seconds"],
  ["slow", "Slow answers, on or off", "Every call takes 2 seconds"],
];

function TroubleMenu({ onSaid }) {
  const box = useRef();
  const [said, setSaid] = useState("");
  useFirstItem(box);
  const make = async (trouble) => {
    const reply = await send({ type: "trouble", trouble });
    const sentence = reply.ok ? reply.said : reply.error;
    setSaid(sentence);
    onSaid(sentence);
  };
  return html`<div ref=${box} role="menu" aria-label="Make something go wrong" class="menu menu-scroll" onKeyDown=${onMenuKeys}>
    <p class="menu-group" data-testid="trouble-said">${said || "Things that happen to real apps"}</p>
    ${TROUBLES.map(
      ([id, name, does]) => html`<button key=${id} type="button" role="menuitem" class="menu-item" data-trouble=${id} onClick=${() => make(id)}>
        <span class="menu-words">${name}<small>${does}</small></span>
      </button>`,
    )}
  </div>`;
}

export function Trouble() {
  const open = useStore((s) => s.panel === "trouble");
  const anchor = useRef();
  const close = () => showPanel(null);
  return html`<div class="trouble">
    <button ref=${anchor} type="button" class="trouble-button" data-testid="trouble" aria-haspopup="menu" aria-expanded=${String(open)}
      onClick=${() => showPanel(open ? null : "trouble")}>Make something go wrong…</button>
    ${open && html`<${Popover} anchor=${anchor} onClose=${close} className="people-popover"><${TroubleMenu} onSaid=${say} /><//>`}
  </div>`;
}
