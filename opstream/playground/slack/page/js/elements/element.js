// The table of contents of interactive elements.
import { html } from "../../vendor/preact-htm.js";
import { Button, Feedback, IconButton, Overflow } from "./buttons.js";
import { Checkboxes, Radios } from "./choices.js";
import { pictureOf } from "../text/spans.js";
import { MomentInput, TextInput } from "./inputs.js";
import { Select } from "./select.js";

const SELECTS = ["static_select", "external_select", "users_select", "channels_select", "conversations_select"];

function Picture({ element }) {
  return html`<img class="element-image" src=${pictureOf(element)} alt=${element.alt_text ?? ""} loading="lazy" />`;
}

const kinds = {
  __proto__: null,
  button: Button,
  workflow_button: Button,
  overflow: Overflow,
  feedback_buttons: Feedback,
  icon_button: IconButton,
  checkboxes: Checkboxes,
  radio_buttons: Radios,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  datepicker: MomentInput,
  timepicker: MomentInput,
  datetimepicker: MomentInput,
  image: Picture,
  ...Object.fromEntries(SELECTS.flatMap((name) => [[name, Select], [`multi_${name}`, Select]])),
};

/** `slot` says where it stands: `{blockId, dispatch, inputId?, labelId?, describedBy?, invalid?}`. */
export function Element({ element, slot }) {
  const Kind = kinds[element.type];
  if (!Kind) return html`<span class="unknown">This element type (${String(element.type)}) is not shown here</span>`;
  return html`<${Kind} element=${element} slot=${slot} />`;
}

/** The slot of an element that is no input: whatever happens to it is a press. */
export const actionSlot = (block) => ({ blockId: block.block_id, dispatch: true });
