// The values of interactive elements, in the shape of Slack's `state.values`: what they begin with, what is missing.
const FIRST = {
  __proto__: null,
  plain_text_input: (e) => ({ value: e.initial_value ?? null }),
  email_text_input: (e) => ({ value: e.initial_value ?? null }),
  url_text_input: (e) => ({ value: e.initial_value ?? null }),
  number_input: (e) => ({ value: e.initial_value ?? null }),
  static_select: (e) => ({ selected_option: e.initial_option ?? null }),
  external_select: (e) => ({ selected_option: e.initial_option ?? null }),
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? null }),
  multi_static_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_external_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_users_select: (e) => ({ selected_users: e.initial_users ?? [] }),
  multi_channels_select: (e) => ({ selected_channels: e.initial_channels ?? [] }),
  multi_conversations_select: (e) => ({ selected_conversations: e.initial_conversations ?? [] }),
  checkboxes: (e) => ({ selected_options: e.initial_options ?? [] }),
  radio_buttons: (e) => ({ selected_option: e.initial_option ?? null }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  datetimepicker: (e) => ({ selected_date_time: e.initial_date_time ?? null }),
};

/** Return the value an element has before anybody touched it, or null for one that keeps none. */
export function firstValue(element) {
  const first = FIRST[element?.type]?.(element);
  return first ? { type: element.type, ...first } : null;
}

/** Every element of the blocks that keeps a value, as `[block, element]`. */
export function fieldsOf(blocks = []) {
  return blocks.flatMap((block) => {
    if (block.type === "container") return fieldsOf(block.child_blocks);
    const elements = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
    return elements.filter((e) => e && FIRST[e.type]).map((element) => [block, element]);
  });
}

/** Return `{block_id: {action_id: value}}` for all of them. */
export function collect(blocks, values) {
  const all = {};
  for (const [block, element] of fieldsOf(blocks)) {
    const kept = values[block.block_id]?.[element.action_id] ?? firstValue(element);
    (all[block.block_id] ??= {})[element.action_id] = kept;
  }
  return all;
}

const contentOf = ({ type: _type, ...rest }) => Object.values(rest)[0];

export function isEmpty(value) {
  const content = contentOf(value);
  return content === null || content === undefined || content.length === 0;
}

const NUMBER = /^-?\d+$/;
const DECIMAL = /^-?\d*\.?\d+$/;

function numberComplaint(element, text) {
  const pattern = element.is_decimal_allowed ? DECIMAL : NUMBER;
  if (!pattern.test(text)) return element.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
  if (element.min_value != null && Number(text) < Number(element.min_value)) return `The least is ${element.min_value}.`;
  if (element.max_value != null && Number(text) > Number(element.max_value)) return `The most is ${element.max_value}.`;
  return null;
}

function textComplaint(element, text) {
  if (element.min_length && text.length < element.min_length) return `Please write at least ${element.min_length} characters.`;
  if (element.max_length && text.length > element.max_length) return `Please write at most ${element.max_length} characters.`;
  return null;
}

function complaint(block, element, value) {
  if (isEmpty(value)) return block.optional ? null : "Please complete this required field.";
  const text = contentOf(value);
  if (element.type === "number_input") return numberComplaint(element, text);
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(text)) return "Please enter an email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(text)) return "Please enter a web address (https://…).";
  return element.type === "plain_text_input" ? textComplaint(element, text) : null;
}

/** Return `{block_id: sentence}` for the inputs that cannot be sent as they are. */
export function complaints(blocks, values) {
  const found = {};
  for (const [block, element] of fieldsOf(blocks)) {
    if (block.type !== "input") continue;
    const sentence = complaint(block, element, values[block.block_id][element.action_id]);
    if (sentence) found[block.block_id] = sentence;
  }
  return found;
}
