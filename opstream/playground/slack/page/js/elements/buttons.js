// Things to press: buttons, link buttons, the overflow menu, feedback and icon buttons.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { Plain, Text } from "../text/mrkdwn_view.js";
import { Icon } from "../ui/icons.js";
import { Popover, onMenuKeys, useFirstItem } from "../ui/popover.js";
import { usePress } from "./surface.js";

const STYLES = { primary: "btn-primary", danger: "btn-danger" };
const isWeb = (url) => /^https?:\/\//i.test(url ?? "");

const hooks = (element) => ({ "data-action-id": element.action_id, "data-testid": `element-${element.type}` });

export function Button({ element, slot }) {
  const [press, busy] = usePress(element, slot);
  const kind = `btn ${STYLES[element.style] ?? ""} ${busy ? "btn-busy" : ""}`;
  const onClick = () => press(element.value === undefined ? {} : { value: element.value });
  const label = html`<span class="btn-label"><${Text} of=${element.text} inline /></span>`;
  if (isWeb(element.url)) {
    return html`<a class=${kind} href=${element.url} target="_blank" rel="noopener noreferrer" onClick=${onClick}
      aria-label=${element.accessibility_label} ...${hooks(element)}>${label}</a>`;
  }
  return html`<button type="button" class=${kind} aria-busy=${busy ? "true" : undefined} onClick=${onClick}
    aria-label=${element.accessibility_label} ...${hooks(element)}>${label}</button>`;
}

function OverflowMenu({ options, onChoose }) {
  const box = useRef();
  useFirstItem(box);
  return html`<div ref=${box} role="menu" class="menu" onKeyDown=${onMenuKeys}>
    ${options.map(
      (option) => html`<button type="button" role="menuitem" class="menu-item" data-value=${option.value} onClick=${() => onChoose(option)}>
        <span><${Text} of=${option.text} inline /></span>
        ${option.description && html`<small><${Text} of=${option.description} inline /></small>`}
      </button>`,
    )}
  </div>`;
}

export function Overflow({ element, slot }) {
  const anchor = useRef();
  const [open, setOpen] = useState(false);
  const [press] = usePress(element, slot);
  const choose = (option) => {
    setOpen(false);
    anchor.current.focus();
    if (isWeb(option.url)) window.open(option.url, "_blank", "noopener");
    press({ selected_option: option });
  };
  return html`<button ref=${anchor} type="button" class="btn btn-icon" aria-haspopup="menu" aria-expanded=${String(open)}
      aria-label="More options" onClick=${() => setOpen(!open)} ...${hooks(element)}><${Icon} name="dots" /></button>
    ${open && html`<${Popover} anchor=${anchor} onClose=${() => setOpen(false)}>
      <${OverflowMenu} options=${element.options ?? []} onChoose=${choose} /><//>`}`;
}

function Thumb({ part, icon, chosen, onClick }) {
  const label = part.accessibility_label ?? part.text?.text;
  return html`<button type="button" class="btn-ghost" aria-pressed=${String(chosen)} aria-label=${label} title=${part.text?.text}
    data-value=${part.value} onClick=${onClick}><${Icon} name=${icon} size=${18} /></button>`;
}

/** Two thumbs; the one pressed stays marked. */
export function Feedback({ element, slot }) {
  const [press] = usePress(element, slot);
  const [given, setGiven] = useState(null);
  const give = async (part) => (await press({ value: part.value })) && setGiven(part.value);
  const { positive_button: good, negative_button: bad } = element;
  return html`<span class="feedback" role="group" aria-label="Was this helpful?" ...${hooks(element)}>
    <${Thumb} part=${good} icon="up" chosen=${given === good.value} onClick=${() => give(good)} />
    <${Thumb} part=${bad} icon="down" chosen=${given === bad.value} onClick=${() => give(bad)} />
  </span>`;
}

export function IconButton({ element, slot }) {
  const [press, busy] = usePress(element, slot);
  const label = element.accessibility_label ?? element.text?.text;
  const value = element.value === undefined ? {} : { value: element.value };
  return html`<button type="button" class="btn-ghost" aria-label=${label} title=${element.text?.text} aria-busy=${busy ? "true" : undefined}
    onClick=${() => press(value)} ...${hooks(element)}>
    <${Icon} name=${element.icon === "trash" ? "trash" : "dots"} size=${18} />
    <span class="btn-ghost-label"><${Plain} text=${element.text?.text ?? ""} /></span>
  </button>`;
}
