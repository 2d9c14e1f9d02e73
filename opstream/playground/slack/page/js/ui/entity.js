// The details of a Work Object, as the app tells them to the person who opened it.
import { html } from "../../vendor/preact-htm.js";
import { closeEntity } from "../state/actions.js";
import { useStore } from "../state/store.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icons.js";

const LABELS = {
  status: "Status",
  created_by: "Created by",
  assignee: "Assignee",
  date_created: "Created",
  date_updated: "Updated",
  due_date: "Due",
  priority: "Priority",
  description: "Description",
};

const shown = ({ value }, key) => (key.startsWith("date_") ? new Date(value * 1000).toLocaleString() : String(value ?? ""));

function rows({ fields = {}, custom_fields: own = [] }) {
  const known = Object.entries(fields).filter(([key]) => key in LABELS);
  return [...known.map(([key, field]) => [LABELS[key], shown(field, key), field.link]), ...own.map((one) => [one.label, shown(one, one.key), one.link])];
}

const isAddress = (link) => /^https?:\/\//.test(link ?? "");

function Row({ label, value, link }) {
  return html`<div><dt>${label}</dt><dd>${isAddress(link) ? html`<a href=${link} target="_blank" rel="noopener noreferrer">${value}</a>` : value}</dd></div>`;
}

function Words({ error }) {
  return html`<p role="alert">${error.custom_message ?? "The app has no details to show."}</p>`;
}

export function Entity() {
  const found = useStore((s) => s.entity);
  if (!found) return null;
  const payload = found.entity?.entity_payload;
  const about = payload?.attributes;
  const title = about?.title?.text ?? found.error?.custom_title ?? "Details";
  return html`<${Dialog} label=${title} onClose=${closeEntity} light className="entity" data-testid="entity">
    <header class="dialog-head"><h2>${title}</h2>
      <button type="button" class="btn-ghost dialog-close" aria-label="Close" onClick=${closeEntity}><${Icon} name="close" /></button></header>
    <div class="dialog-body">
      ${about && html`<p class="entity-kind">${[about.display_type, about.display_id, about.product_name].filter(Boolean).join(" · ")}</p>`}
      ${found.loading && html`<p role="status"><span class="spinner" aria-hidden="true"></span> One moment…</p>`}
      ${payload ? html`<dl>${rows(payload).map(([label, value, link]) => html`<${Row} label=${label} value=${value} link=${link} />`)}</dl>` : found.error && html`<${Words} error=${found.error} />`}
    </div>
  <//>`;
}
