// The two tables: the plain one, and the data table that sorts, filters and turns pages.
import { html, useMemo, useState } from "../../vendor/preact-htm.js";
import { Element, actionSlot } from "../elements/element.js";
import { RichText } from "../text/rich_text.js";
import { Plain } from "../text/mrkdwn_view.js";
import { Icon } from "../ui/icons.js";

const PAGE = 5;
const FILTER_FROM = 8; // rows: below that, a filter is more than the table

const isNumber = (cell) => cell?.type === "raw_number";

function Cell({ cell, block }) {
  if (!cell) return null;
  if (cell.type === "rich_text") return html`<${RichText} block=${cell} />`;
  if (cell.type === "button") return html`<${Element} element=${cell} slot=${actionSlot(block)} />`;
  return html`<${Plain} text=${String(cell.text ?? cell.value ?? "")} emoji=${false} />`;
}

function classOf(settings, cell) {
  const align = settings?.align ?? (isNumber(cell) ? "right" : "left");
  return `align-${["left", "center", "right"].includes(align) ? align : "left"} ${settings?.is_wrapped ? "wrapped" : ""}`;
}

export function Table({ block }) {
  const [head, ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const columnClass = (at) => classOf(settings[at], rows[0]?.[at]);
  const draw = (Tag) => (cell, at) => html`<${Tag} class=${columnClass(at)} scope=${Tag === "th" ? "col" : undefined}><${Cell} cell=${cell} block=${block} /><//>`;
  return html`<div class="table-frame" tabindex="0" role="group" aria-label="Table">
    <table class="data">
      <thead><tr>${head.map(draw("th"))}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map(draw("td"))}</tr>`)}</tbody>
    </table>
  </div>`;
}

function wordsOf(cell) {
  if (!cell) return "";
  if (cell.type !== "rich_text") return String(cell.text ?? cell.value ?? "");
  const walk = (part) => part.text ?? (part.elements ?? []).map(walk).join(" ");
  return walk(cell);
}

function compare(a, b) {
  if (isNumber(a) && isNumber(b)) return a.value - b.value;
  return wordsOf(a).localeCompare(wordsOf(b), undefined, { numeric: true });
}

function arranged(rows, { column, down }, words) {
  const wanted = words.toLowerCase();
  const found = wanted ? rows.filter((row) => row.some((cell) => wordsOf(cell).toLowerCase().includes(wanted))) : rows;
  if (column === null) return found;
  return [...found].sort((a, b) => compare(a[column], b[column]) * (down ? -1 : 1));
}

const nextOrder = (order, column) => ({ column, down: order.column === column && !order.down });

function HeadCell({ cell, at, order, sample, onSort }) {
  const mine = order.column === at;
  const sorted = { true: "descending", false: "ascending" }[order.down];
  return html`<th scope="col" class=${classOf(null, sample)} aria-sort=${mine ? sorted : "none"}>
    <button type="button" class=${`sort ${mine ? "sort-on" : ""}`} onClick=${onSort}>
      ${wordsOf(cell)}<${Icon} name=${mine ? (order.down ? "arrowDown" : "arrowUp") : "sort"} size=${14} />
    </button>
  </th>`;
}

function Body({ block, rows }) {
  const named = block.row_header_column_index ?? 0;
  return html`<tbody>
    ${rows.map(
      (row) => html`<tr>${row.map((cell, at) => {
        const Tag = at === named ? "th" : "td";
        return html`<${Tag} class=${classOf(null, cell)} scope=${at === named ? "row" : undefined}><${Cell} cell=${cell} block=${block} /><//>`;
      })}</tr>`,
    )}
  </tbody>`;
}

function Pages({ page, pages, total, onTurn }) {
  return html`<div class="pages">
    <span aria-live="polite">${total} ${total === 1 ? "row" : "rows"} · page ${page + 1} of ${pages}</span>
    <button type="button" class="btn btn-icon" aria-label="Previous page" disabled=${page === 0} onClick=${() => onTurn(page - 1)}><${Icon} name="chevronLeft" size=${16} /></button>
    <button type="button" class="btn btn-icon" aria-label="Next page" disabled=${page >= pages - 1} onClick=${() => onTurn(page + 1)}><${Icon} name="chevronRight" size=${16} /></button>
  </div>`;
}

export function DataTable({ block }) {
  const [order, setOrder] = useState({ column: null, down: false });
  const [words, setWords] = useState("");
  const [page, setPage] = useState(0);
  const [head, ...rows] = block.rows;
  const all = useMemo(() => arranged(rows, order, words), [block, order, words]);
  const size = block.page_size ?? PAGE;
  const pages = Math.max(1, Math.ceil(all.length / size));
  const at = Math.min(page, pages - 1);
  return html`<div class="data-table">
    ${rows.length >= FILTER_FROM && html`<input type="search" class="field table-filter" placeholder="Filter rows" aria-label="Filter rows"
      value=${words} onInput=${(e) => setWords(e.currentTarget.value)} />`}
    <div class="table-frame" tabindex="0" role="group" aria-label=${block.caption ?? "Table"}>
      <table class="data">
        ${block.caption && html`<caption>${block.caption}</caption>`}
        <thead><tr>${head.map((cell, column) => html`<${HeadCell} cell=${cell} at=${column} order=${order} sample=${rows[0]?.[column]}
          onSort=${() => setOrder(nextOrder(order, column))} />`)}</tr></thead>
        <${Body} block=${block} rows=${all.slice(at * size, at * size + size)} />
      </table>
    </div>
    ${(pages > 1 || words) && html`<${Pages} page=${at} pages=${pages} total=${all.length} onTurn=${setPage} />`}
  </div>`;
}
