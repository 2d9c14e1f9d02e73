// Selects of every kind: a button that shows the choice, and a list with a field to narrow it down.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { Icon } from "../ui/icons.js";
import { Popover } from "../ui/popover.js";
import { NoEntries, idOf, isMulti, keyOf, useEntries, useLabels } from "./options.js";
import { useField } from "./surface.js";

function Option({ id, entry, active, chosen, onChoose }) {
  const box = useRef();
  useEffect(() => active && box.current.scrollIntoView({ block: "nearest" }), [active]);
  return html`<div ref=${box} id=${id} role="option" aria-selected=${String(chosen)} data-value=${entry.id}
    class=${`menu-item ${active ? "menu-item-active" : ""}`} onMouseDown=${(e) => e.preventDefault()} onClick=${onChoose}>
    <span class="menu-tick">${chosen && html`<${Icon} name="check" size=${16} />`}</span>
    <span class="menu-words">${entry.label}${entry.hint && html`<small>${entry.hint}</small>`}</span>
  </div>`;
}

function withGroups(entries, draw) {
  return entries.map((entry, at) => {
    const opens = entry.group && entry.group !== entries[at - 1]?.group;
    return html`${opens && html`<div class="menu-group" role="presentation">${entry.group}</div>`}${draw(entry, at)}`;
  });
}

function useActive(entries, onChoose) {
  const [active, setActive] = useState(0);
  const at = Math.min(active, Math.max(entries.length - 1, 0));
  const onKeyDown = (event) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (to !== undefined && entries.length) setActive((to + entries.length) % entries.length);
    else if (event.key === "Enter" && entries[at]) onChoose(entries[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return [at, setActive, onKeyDown];
}

function List({ element, slot, contents, onChoose, label }) {
  const base = useId();
  const field = useRef();
  const [typed, setTyped] = useState("");
  const entries = useEntries(element, slot, typed);
  const [active, setActive, onKeyDown] = useActive(entries, onChoose);
  const isChosen = (entry) => contents.some((c) => idOf(c) === entry.id);
  useLayoutEffect(() => field.current.focus({ preventScroll: true }), []);
  const onInput = (event) => {
    setTyped(event.currentTarget.value);
    setActive(0);
  };
  return html`<div class="picker">
    <input ref=${field} class="field picker-field" role="combobox" aria-expanded="true" aria-controls=${`${base}-list`} autocomplete="off"
      aria-activedescendant=${entries.length ? `${base}-${active}` : undefined} aria-label=${`Search ${label}`} placeholder="Search"
      value=${typed} onInput=${onInput} onKeyDown=${onKeyDown} />
    <div id=${`${base}-list`} role="listbox" class="menu menu-scroll" aria-label=${label} aria-multiselectable=${isMulti(element) ? "true" : undefined}>
      ${withGroups(entries, (entry, at) => html`<${Option} key=${entry.id} id=${`${base}-${at}`} entry=${entry} active=${at === active}
        chosen=${isChosen(entry)} onChoose=${() => onChoose(entry)} />`)}
      ${entries.length === 0 && html`<${NoEntries} />`}
    </div>
  </div>`;
}

function toggled(contents, entry, most = Infinity) {
  const rest = contents.filter((c) => idOf(c) !== entry.id);
  if (rest.length < contents.length) return rest;
  return contents.length < most ? [...contents, entry.content] : contents;
}

const placeholderOf = (element) => element.placeholder?.text ?? (isMulti(element) ? "Choose some" : "Choose one");

function Shown({ element, contents }) {
  const labels = useLabels(element, contents);
  if (labels.length === 0) return html`<span class="select-empty">${placeholderOf(element)}</span>`;
  if (!isMulti(element)) return html`<span class="select-value">${labels[0]}</span>`;
  return html`<span class="chips">${labels.map((label) => html`<span class="chip">${label}</span>`)}</span>`;
}

/** One component for `static_select`, `users_select`, `channels_select`, `conversations_select` and their multi forms. */
export function Select({ element, slot }) {
  const anchor = useRef();
  const [open, setOpen] = useState(false);
  const [value, change] = useField(element, slot);
  const key = keyOf(element);
  const multi = isMulti(element);
  const contents = multi ? value[key] : [value[key]].filter((c) => c !== null);
  const choose = (entry) => {
    if (multi) return change({ [key]: toggled(contents, entry, element.max_selected_items) });
    setOpen(false);
    anchor.current.focus();
    return change({ [key]: entry.content });
  };
  return html`<button ref=${anchor} type="button" class="select" id=${slot.inputId} aria-haspopup="listbox" aria-expanded=${String(open)}
      aria-labelledby=${slot.labelId && `${slot.labelId} ${slot.inputId}`} aria-describedby=${slot.describedBy} aria-invalid=${slot.invalid ? "true" : undefined}
      data-action-id=${element.action_id} data-testid=${`element-${element.type}`} data-autofocus=${element.focus_on_load || undefined}
      onClick=${() => setOpen(!open)}><${Shown} element=${element} contents=${contents} /><${Icon} name="chevronDown" size=${16} /></button>
    ${open && html`<${Popover} anchor=${anchor} onClose=${() => setOpen(false)}>
      <${List} element=${element} slot=${slot} contents=${contents} onChoose=${choose} label=${placeholderOf(element)} /><//>`}`;
}
