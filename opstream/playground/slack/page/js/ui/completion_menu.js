// The list above the composer: what may be completed, with its usage.
import { html, useEffect, useRef } from "../../vendor/preact-htm.js";
import { Avatar } from "./people.js";

function Item({ id, item, active, onTake }) {
  const box = useRef();
  useEffect(() => active && box.current.scrollIntoView({ block: "nearest" }), [active]);
  return html`<div ref=${box} id=${id} role="option" aria-selected=${String(active)} class=${`menu-item ${active ? "menu-item-active" : ""}`}
    onMouseDown=${(e) => e.preventDefault()} onClick=${() => onTake(item)}>
    ${item.person && html`<${Avatar} person=${item.person} size="small" />`}
    <span class="menu-words"><span class="completion-title">${item.title}</span>${item.hint && html`<small>${item.hint}</small>`}</span>
    ${(item.aside ?? item.source) && html`<span class="menu-aside">${item.aside ?? item.source}</span>`}
  </div>`;
}

export function CompletionMenu({ id, menu, at, onTake }) {
  return html`<div class="completion" data-testid="completion">
    <div class="completion-head"><span>${menu.label}</span>
      <span><kbd>↑</kbd> <kbd>↓</kbd> to choose, <kbd>Tab</kbd> to take, <kbd>Esc</kbd> to close</span></div>
    <div id=${`${id}-list`} role="listbox" aria-label=${menu.label} class="menu menu-scroll">
      ${menu.items.map((item, i) => html`<${Item} key=${item.key} id=${`${id}-${i}`} item=${item} active=${i === at} onTake=${onTake} />`)}
    </div>
  </div>`;
}

export function UsageLine({ usage }) {
  return html`<div class="completion usage" data-testid="usage" role="note">
    <span class="completion-title">${usage.title}</span>${usage.hint && html`<small>${usage.hint}</small>`}
  </div>`;
}
