// Forms the app opens: the one on top can be used, those below wait.
import { html, useEffect, useId, useRef } from "../../vendor/preact-htm.js";
import { Blocks } from "../blocks/blocks.js";
import { complaints, fieldsOf } from "../elements/values.js";
import { SurfaceOf } from "../elements/surface.js";
import { dismissView, setViewErrors, submitView } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { Plain } from "../text/mrkdwn_view.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icons.js";

function Head({ view, id, stacked }) {
  return html`<header class="dialog-head">
    ${stacked && html`<button type="button" class="btn-ghost" aria-label="Back" onClick=${() => dismissView(view.id)}><${Icon} name="chevronLeft" /></button>`}
    <h2 id=${id}><${Plain} text=${view.title?.text ?? ""} /></h2>
    <button type="button" class="btn-ghost dialog-close" aria-label="Close" onClick=${() => dismissView(view.id)}><${Icon} name="close" /></button>
  </header>`;
}

function Foot({ view, busy, form }) {
  const closeWord = view.close?.text ?? (view.submit ? "Cancel" : "Close");
  return html`<footer class="dialog-foot">
    <button type="button" class="btn" onClick=${() => dismissView(view.id)}>${closeWord}</button>
    ${(view.submit || fieldsOf(view.blocks).length > 0) && html`<button type="submit" form=${form} class=${`btn btn-primary ${busy ? "btn-busy" : ""}`}
      aria-busy=${busy ? "true" : undefined} data-testid="submit"><span class="btn-label">${view.submit?.text ?? "Submit"}</span></button>`}
  </footer>`;
}

/** The first field with a complaint gets the focus, so that a keyboard need not look for it. */
function useFirstWrong(box, errors) {
  useEffect(() => {
    if (!errors || Object.keys(errors).length === 0) return;
    box.current?.querySelector(".input-wrong")?.querySelector("[aria-invalid], input, button")?.focus();
  }, [errors]);
}

/** A form that first said "one moment" gets the focus into its first field once it has one. */
function useFirstField(box, blocks) {
  const had = useRef(true);
  useEffect(() => {
    const has = fieldsOf(blocks).length > 0;
    if (has && !had.current) box.current?.querySelector("input, textarea, button")?.focus();
    had.current = has;
  }, [blocks]);
}

function Form({ view, stacked }) {
  const id = useId();
  const form = useRef();
  const values = useRef();
  const errors = useStore((s) => s.viewErrors[view.id]);
  const note = useStore((s) => s.viewNotes[view.id]);
  const busy = useStore((s) => s.submitting[view.id]);
  useFirstWrong(form, errors);
  useFirstField(form, view.blocks);
  const onSubmit = (event) => {
    event.preventDefault();
    if (busy) return;
    const collected = values.current();
    const wrong = complaints(view.blocks, collected);
    if (Object.keys(wrong).length > 0) setViewErrors(view.id, wrong);
    else submitView(view, collected);
  };
  return html`<${Dialog} labelledBy=${`${id}-title`} className="modal" onClose=${() => dismissView(view.id)} data-view-id=${view.id}
      data-callback-id=${view.callback_id}>
    <${Head} view=${view} id=${`${id}-title`} stacked=${stacked} />
    <form id=${`${id}-form`} ref=${form} class="dialog-body" novalidate onSubmit=${onSubmit}>
      ${note && html`<div class="alert alert-error" role="alert"><${Icon} name="alert" /><div>${note}</div></div>`}
      <${SurfaceOf} base=${{ view_id: view.id }} blocks=${view.blocks} begun=${view.state?.values} errors=${errors} valuesRef=${values}><${Blocks} blocks=${view.blocks} /><//>
    </form>
    <${Foot} view=${view} busy=${busy} form=${`${id}-form`} />
  <//>`;
}

export function Modals() {
  const views = useStore((s) => s.views);
  return views.map((view, at) => html`<${Form} key=${view.id} view=${view} stacked=${at > 0} />`);
}
