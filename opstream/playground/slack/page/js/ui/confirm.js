// The question before something that matters.
import { html, useId } from "../../vendor/preact-htm.js";
import { answerConfirm } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { Plain, Text } from "../text/mrkdwn_view.js";
import { Dialog } from "./dialog.js";

function Question({ confirm }) {
  const id = useId();
  const danger = confirm.style === "danger" ? "btn-danger" : "btn-primary";
  return html`<${Dialog} role="alertdialog" labelledBy=${id} className="confirm" onClose=${() => answerConfirm(false)} data-testid="confirm">
    <header class="dialog-head"><h2 id=${id}><${Plain} text=${confirm.title?.text ?? "Are you sure?"} /></h2></header>
    <div class="dialog-body"><${Text} of=${confirm.text} /></div>
    <footer class="dialog-foot">
      <button type="button" class="btn" data-autofocus onClick=${() => answerConfirm(false)}>${confirm.deny?.text ?? "Cancel"}</button>
      <button type="button" class=${`btn btn-solid ${danger}`} onClick=${() => answerConfirm(true)}>${confirm.confirm?.text ?? "Yes"}</button>
    </footer>
  <//>`;
}

export function Confirm() {
  const asked = useStore((s) => s.confirming);
  return asked && html`<${Question} confirm=${asked.confirm} />`;
}
