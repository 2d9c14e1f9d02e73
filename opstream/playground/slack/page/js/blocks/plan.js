// What agents show of their work: the plan, its tasks, and the actions below an answer.
import { html, useState } from "../../vendor/preact-htm.js";
import { Element, actionSlot } from "../elements/element.js";
import { RichText } from "../text/rich_text.js";
import { Link } from "../text/spans.js";
import { Plain } from "../text/mrkdwn_view.js";
import { Icon } from "../ui/icons.js";

const STATES = {
  __proto__: null,
  pending: { word: "not begun", icon: "circle" },
  in_progress: { word: "in progress", icon: null },
  complete: { word: "done", icon: "check" },
  error: { word: "not done", icon: "cross" },
};

function State({ status }) {
  const { word, icon } = STATES[status] ?? STATES.pending;
  return html`<span class=${`task-state task-${status}`} title=${word}>
    ${icon ? html`<${Icon} name=${icon} size=${16} />` : html`<span class="spinner" aria-hidden="true"></span>`}
    <span class="hidden">${word}: </span>
  </span>`;
}

function Sources({ sources }) {
  return html`<p class="task-sources">Sources: ${sources.map((s, at) => html`${at > 0 && ", "}<${Link} url=${s.url}>${s.text ?? s.url}<//>`)}</p>`;
}

function More({ task }) {
  return html`<div class="task-more">
    ${task.details && html`<${RichText} block=${task.details} />`}
    ${task.output && html`<div class="task-output"><${RichText} block=${task.output} /></div>`}
    ${task.sources?.length > 0 && html`<${Sources} sources=${task.sources} />`}
  </div>`;
}

function Title({ task, open }) {
  return html`<${State} status=${task.status} />
    <span class="task-title"><${Plain} text=${task.title ?? ""} /></span>
    <span class="task-word" aria-hidden="true">${STATES[task.status]?.word}</span>
    ${open !== null && html`<${Icon} name=${open ? "chevronDown" : "chevronRight"} size=${16} />`}`;
}

/** A task that is at work or has failed shows what it has to say; the others wait to be opened. */
function Task({ task }) {
  const [asked, setAsked] = useState(null);
  const hasMore = Boolean(task.details || task.output || task.sources?.length);
  const open = asked ?? (task.status === "in_progress" || task.status === "error");
  const hooks = { "data-task-id": task.task_id, "data-status": task.status };
  if (!hasMore) return html`<div class="task" ...${hooks}><div class="task-line"><${Title} task=${task} open=${null} /></div></div>`;
  return html`<div class="task" ...${hooks}>
    <button type="button" class="task-line" aria-expanded=${String(open)} onClick=${() => setAsked(!open)}><${Title} task=${task} open=${open} /></button>
    ${open && html`<${More} task=${task} />`}
  </div>`;
}

export const TaskCard = ({ block }) => html`<div class="task-card"><${Task} task=${block} /></div>`;

const titleOf = (title) => (typeof title === "string" ? title : (title?.text ?? ""));

export function Plan({ block }) {
  const [open, setOpen] = useState(true);
  const tasks = block.tasks ?? [];
  return html`<div class="plan">
    <button type="button" class="plan-head" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? "chevronDown" : "chevronRight"} size=${16} />
      <span class="plan-title"><${Plain} text=${titleOf(block.title)} /></span>
    </button>
    ${open && html`<ol class="plan-tasks">${tasks.map((task) => html`<li key=${task.task_id}><${Task} task=${task} /></li>`)}</ol>`}
  </div>`;
}

export function ContextActions({ block }) {
  return html`<div class="context-actions">
    ${block.elements.map((element) => html`<${Element} key=${element.action_id} element=${element} slot=${actionSlot(block)} />`)}
  </div>`;
}
