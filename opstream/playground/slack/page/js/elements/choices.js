// Checkboxes and radio buttons.
import { html, useId } from "../../vendor/preact-htm.js";
import { Text } from "../text/mrkdwn_view.js";
import { useField } from "./surface.js";

function Choice({ kind, name, option, checked, onChange, focus }) {
  return html`<label class="choice">
    <input type=${kind} name=${name} value=${option.value} checked=${checked} onChange=${onChange} data-autofocus=${focus} />
    <span class="choice-text">
      <span><${Text} of=${option.text} inline /></span>
      ${option.description && html`<small><${Text} of=${option.description} inline /></small>`}
    </span>
  </label>`;
}

function Group({ element, slot, role, children }) {
  return html`<div class="choices" role=${role} aria-labelledby=${slot.labelId} aria-label=${slot.labelId ? undefined : "Choices"}
    aria-describedby=${slot.describedBy} data-action-id=${element.action_id} data-testid=${`element-${element.type}`}>${children}</div>`;
}

const has = (options, option) => options.some((o) => o.value === option.value);

export function Checkboxes({ element, slot }) {
  const [{ selected_options: chosen }, change] = useField(element, slot);
  const toggle = (option) => {
    const rest = chosen.filter((o) => o.value !== option.value);
    const wanted = has(chosen, option) ? rest : [...chosen, option];
    change({ selected_options: element.options.filter((o) => has(wanted, o)) });
  };
  return html`<${Group} element=${element} slot=${slot} role="group">
    ${element.options.map(
      (option, at) => html`<${Choice} kind="checkbox" option=${option} checked=${has(chosen, option)}
        focus=${element.focus_on_load && at === 0} onChange=${() => toggle(option)} />`,
    )}
  <//>`;
}

export function Radios({ element, slot }) {
  const name = useId();
  const [{ selected_option: chosen }, change] = useField(element, slot);
  return html`<${Group} element=${element} slot=${slot} role="radiogroup">
    ${element.options.map(
      (option, at) => html`<${Choice} kind="radio" name=${name} option=${option} checked=${chosen?.value === option.value}
        focus=${element.focus_on_load && at === 0} onChange=${() => change({ selected_option: option })} />`,
    )}
  <//>`;
}
