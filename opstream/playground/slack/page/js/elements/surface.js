// The message, form or Home an element stands on: it keeps the values typed there and sends the presses.
import { html, createContext, useCallback, useContext, useMemo, useRef, useState } from "../../vendor/preact-htm.js";
import { ask, complain } from "../state/actions.js";
import { send } from "../state/socket.js";
import { collect, firstValue } from "./values.js";

const NOTHING = {};
const Surface = createContext({ values: NOTHING, errors: NOTHING, press: () => {}, set: () => {} });

const withValue = (values, block, action, value) => ({ ...values, [block]: { ...values[block], [action]: value } });

/**
 * `base` goes into every press (`{channel, message_ts}` or `{view_id}`); `begun` are values known from before; `valuesRef`, when given, always holds
 * the collected values, so that a form can send them.
 */
export function SurfaceOf({ base, blocks, begun = NOTHING, errors = NOTHING, valuesRef, children }) {
  const [values, setValues] = useState(begun);
  const latest = useRef(values);
  const place = useRef();
  place.current = { base, blocks };
  if (valuesRef) valuesRef.current = () => collect(place.current.blocks, latest.current);
  const set = useCallback((block, action, value) => {
    latest.current = withValue(latest.current, block, action, value);
    setValues(latest.current);
  }, []);
  const press = useCallback(async (block, element, chosen) => {
    const state = { values: collect(place.current.blocks, latest.current) };
    const at = place.current.base;
    const reply = await send({ type: "press", ...at, block_id: block, action_id: element.action_id, ...chosen, state });
    if (!reply.ok) complain(at, reply.error);
  }, []);
  const suggest = useCallback((asked) => send({ type: "suggest", ...place.current.base, ...asked }), []);
  const surface = useMemo(() => ({ values, errors, set, press, suggest }), [values, errors]);
  return html`<${Surface.Provider} value=${surface}>${children}<//>`;
}

export const useSuggest = () => useContext(Surface).suggest;
export const useErrors = () => useContext(Surface).errors;

const BUSY_LONGEST_MS = 4000;

/** Return `[press, busy]`: ask for confirmation where the element wants it, then send. */
export function usePress(element, slot) {
  const { press } = useContext(Surface);
  const [busy, setBusy] = useState(false);
  const run = async (chosen) => {
    if (busy || (element.confirm && !(await ask(element.confirm)))) return false;
    setBusy(true);
    const slow = new Promise((resolve) => setTimeout(resolve, BUSY_LONGEST_MS));
    await Promise.race([press(slot.blockId, element, chosen), slow]);
    setBusy(false);
    return true;
  };
  return [run, busy];
}

/** Return `[value, change]`; a change outside an input (or with `dispatch_action`) is a press as well. */
export function useField(element, slot) {
  const surface = useContext(Surface);
  const [press] = usePress(element, slot);
  const kept = surface.values[slot.blockId]?.[element.action_id];
  const value = kept ?? firstValue(element);
  const change = async (part, { quiet = false } = {}) => {
    surface.set(slot.blockId, element.action_id, { type: element.type, ...part });
    if (!slot.dispatch || quiet) return;
    const sent = await press(part);
    if (!sent) surface.set(slot.blockId, element.action_id, value);
  };
  return [value, change];
}

/** What ties a control to its label and its complaint. */
export const controlProps = (slot) => ({
  id: slot.inputId,
  "aria-labelledby": slot.labelId,
  "aria-describedby": slot.describedBy,
  "aria-invalid": slot.invalid ? "true" : undefined,
});
