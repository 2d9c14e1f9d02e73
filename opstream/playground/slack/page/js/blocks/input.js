// The input block: label, control, hint and complaint, tied together for screen readers.
import { html, useId } from "../../vendor/preact-htm.js";
import { Element } from "../elements/element.js";
import { Room } from "../elements/inputs.js";
import { useErrors } from "../elements/surface.js";
import { Plain } from "../text/mrkdwn_view.js";
import { Icon } from "../ui/icons.js";

const GROUPS = ["checkboxes", "radio_buttons"];

function Complaint({ id, text }) {
  return html`<p class="complaint" id=${id} role="alert"><${Icon} name="alert" size=${16} /> ${text}</p>`;
}

export function Input({ block }) {
  const id = useId();
  const error = useErrors()[block.block_id];
  const { element, label, hint, optional } = block;
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  const slot = {
    blockId: block.block_id,
    dispatch: block.dispatch_action === true,
    inputId: `${id}-control`,
    labelId: `${id}-label`,
    describedBy: described,
    invalid: Boolean(error),
  };
  const Label = GROUPS.includes(element.type) ? "span" : "label";
  return html`<div class=${`input-block ${error ? "input-wrong" : ""}`}>
    <div class="input-head">
      <${Label} id=${`${id}-label`} for=${Label === "label" ? slot.inputId : undefined} class="input-label">
        <${Plain} text=${label.text} />${optional && html`<span class="input-optional"> (optional)</span>`}
      <//>
      ${element.max_length && html`<${Room} element=${element} slot=${slot} />`}
    </div>
    <${Element} element=${element} slot=${slot} />
    ${error && html`<${Complaint} id=${`${id}-error`} text=${error} />`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}><${Plain} text=${hint.text} /></p>`}
  </div>`;
}
