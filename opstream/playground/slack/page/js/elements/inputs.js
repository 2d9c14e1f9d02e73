// Fields to type in: text, email, web address, number; dates and times by the browser's own pickers.
import { html, useLayoutEffect, useRef } from "../../vendor/preact-htm.js";
import { controlProps, useField } from "./surface.js";

const TALLEST_PX = 320;

export function grow(box, tallest = TALLEST_PX) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, tallest)}px`;
}

const wants = (element, moment) => (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(moment);

function useText(element, slot) {
  const [{ value }, change] = useField(element, slot);
  const onInput = (event) =>
    change({ value: event.currentTarget.value || null }, { quiet: !wants(element, "on_character_entered") });
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || !slot.dispatch || !wants(element, "on_enter_pressed") || event.shiftKey) return;
    event.preventDefault();
    change({ value });
  };
  return { value: value ?? "", onInput, onKeyDown };
}

const common = (element, slot) => ({
  ...controlProps(slot),
  class: "field",
  placeholder: element.placeholder?.text,
  "data-action-id": element.action_id,
  "data-testid": `element-${element.type}`,
  "data-autofocus": element.focus_on_load || undefined,
});

const MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

export function TextInput({ element, slot }) {
  const field = useText(element, slot);
  const box = useRef();
  useLayoutEffect(() => box.current && grow(box.current), [field.value]);
  if (element.multiline) {
    return html`<textarea ref=${box} rows="3" ...${common(element, slot)} ...${field}></textarea>`;
  }
  return html`<input type="text" inputmode=${MODES[element.type]} autocomplete="off" ...${common(element, slot)} ...${field} />`;
}

/** How many characters are left, once there is little room. */
export function Room({ element, slot }) {
  const [{ value }] = useField(element, slot);
  const left = element.max_length - (value?.length ?? 0);
  if (left > 40) return null;
  return html`<span class=${`room ${left < 0 ? "room-none" : ""}`} aria-live="polite">${left} left</span>`;
}

const PICKERS = {
  datepicker: { type: "date", key: "selected_date" },
  timepicker: { type: "time", key: "selected_time" },
  datetimepicker: { type: "datetime-local", key: "selected_date_time" },
};

function localMinute(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

const toControl = (element, content) => (element.type === "datetimepicker" && content ? localMinute(content) : (content ?? ""));
const fromControl = (element, text) =>
  element.type === "datetimepicker" && text ? Math.floor(new Date(text).getTime() / 1000) : text || null;

export function MomentInput({ element, slot }) {
  const { type, key } = PICKERS[element.type];
  const [value, change] = useField(element, slot);
  const onChange = (event) => change({ [key]: fromControl(element, event.currentTarget.value) });
  const label = slot.labelId ? undefined : (element.placeholder?.text ?? `Choose a ${type === "time" ? "time" : "date"}`);
  return html`<input type=${type} ...${common(element, slot)} class="field field-moment" aria-label=${label}
    value=${toControl(element, value[key])} onChange=${onChange} />`;
}
