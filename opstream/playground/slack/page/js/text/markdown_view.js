// The markdown block, drawn.
import { html, useMemo } from "../../vendor/preact-htm.js";
import { parseMarkdown } from "./markdown.js";
import { Spans } from "./spans.js";

const drawAll = (blocks) => blocks.map((block, at) => html`<${kinds[block.kind]} key=${at} ...${block} />`);

/** Headings begin below those of the page, so that the outline of the page stays true. */
function Heading({ level, items }) {
  const Tag = `h${Math.min(6, level + 2)}`;
  return html`<${Tag} class=${`md-heading md-h${Math.min(level, 4)}`}><${Spans} items=${items} /><//>`;
}

function Item({ item }) {
  const task = item.task !== null;
  return html`<li class=${task ? "task-item" : ""}>
    ${task && html`<input type="checkbox" checked=${item.task} disabled aria-label=${item.task ? "done" : "to do"} />`}
    <${Spans} items=${item.items} />
    ${drawAll(item.blocks)}
  </li>`;
}

function List({ ordered, start, items }) {
  const Tag = ordered ? "ol" : "ul";
  return html`<${Tag} class="list" start=${ordered ? start : undefined}>
    ${items.map((item) => html`<${Item} item=${item} />`)}
  <//>`;
}

function Table({ head, rows, align }) {
  const cell = (Tag) => (items, at) => html`<${Tag} class=${`align-${align[at] ?? "left"}`}><${Spans} items=${items} /><//>`;
  return html`<div class="table-frame" tabindex="0" role="group" aria-label="Table">
    <table class="data">
      <thead><tr>${head.map(cell("th"))}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map(cell("td"))}</tr>`)}</tbody>
    </table>
  </div>`;
}

const kinds = {
  heading: Heading,
  paragraph: ({ items }) => html`<p><${Spans} items=${items} /></p>`,
  list: List,
  table: Table,
  code: ({ value }) => html`<pre><code>${value}</code></pre>`,
  quote: ({ blocks }) => html`<blockquote>${drawAll(blocks)}</blockquote>`,
  rule: () => html`<hr />`,
};

export function Markdown({ text }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return html`<div class="markdown">${drawAll(blocks)}</div>`;
}
