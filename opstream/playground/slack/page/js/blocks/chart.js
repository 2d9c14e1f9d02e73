// The data_visualization block: title, legend, drawing, values under the pointer, and the same values as a table.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { Pie, shareOf } from "./chart_pie.js";
import { Plot } from "./chart_plot.js";
import { categoriesOf, fullNumber, rowsOf } from "./chart_scale.js";

const FIRST_WIDTH = 560;
const WIDEST = 720;
const BESIDE_PX = 14;

/** The numbers of any chart as `{head, rows}`, the first column naming the row. */
function tableOf(chart) {
  if (chart.type === "pie") {
    const rows = chart.segments.map((s) => [s.label, s.value]);
    return { head: ["Segment", "Value"], rows };
  }
  const head = [chart.axis_config?.x_label ?? "Category", ...chart.series.map((s) => s.name)];
  return { head, rows: rowsOf(categoriesOf(chart), chart.series) };
}

function summary(block, { head, rows }) {
  const parts = block.chart.type === "pie" ? `${rows.length} segments` : `${head.length - 1} series, ${rows.length} points`;
  return `${block.title}: ${block.chart.type} chart, ${parts}. The values follow as a table.`;
}

function Legend({ names, active }) {
  return html`<ul class="legend" aria-hidden="true">
    ${names.map((name, at) => html`<li class=${active === at ? "legend-on" : ""}><span class=${`legend-mark series-${at % 12}`}></span>${name}</li>`)}
  </ul>`;
}

/** Beside the point, on the side where there is more room, so that the point itself stays in sight. */
function place(box, hover, width) {
  if (!box) return;
  const left = hover.x < width / 2 ? hover.x + BESIDE_PX : hover.x - BESIDE_PX - box.offsetWidth;
  box.style.left = `${Math.max(0, left)}px`;
  box.style.top = `${hover.y}px`;
}

function Values({ hover, width, title, lines }) {
  return html`<div class="chart-values" ref=${(box) => place(box, hover, width)} aria-hidden="true">
    <strong>${title}</strong>
    ${lines.map(([name, value, at]) => html`<span><span class=${`legend-mark series-${at % 12}`}></span>${name} <b>${value}</b></span>`)}
  </div>`;
}

function valuesAt(chart, table, at) {
  if (chart.type === "pie") {
    const segment = chart.segments[at];
    return { title: segment.label, lines: [[shareOf(segment, chart.segments), fullNumber(segment.value), at]] };
  }
  const [title, ...values] = table.rows[at];
  return { title, lines: values.map((v, i) => [table.head[i + 1], v === null ? "no value" : fullNumber(v), i]) };
}

function ValueTable({ title, table, shown }) {
  return html`<table class=${shown ? "data chart-table" : "hidden"}>
    <caption>${title}</caption>
    <thead><tr>${table.head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${table.rows.map(([name, ...values]) => html`<tr><th scope="row">${name}</th>
      ${values.map((v) => html`<td class="align-right">${v === null ? "no value" : fullNumber(v)}</td>`)}</tr>`)}</tbody>
  </table>`;
}

function useWidth(box) {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useLayoutEffect(() => {
    const look = () => setWidth(Math.max(220, Math.min(box.current.clientWidth, WIDEST)));
    look();
    const watch = new ResizeObserver(look);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

function Drawing({ block, table, width, hover, setHover }) {
  const { chart } = block;
  const common = { label: summary(block, table), active: hover?.at ?? null, onHover: setHover };
  if (chart.type === "pie") return html`<${Pie} segments=${chart.segments} ...${common} />`;
  return html`<${Plot} type=${chart.type} rows=${table.rows} width=${width} axis=${chart.axis_config ?? {}} ...${common} />`;
}

const KNOWN = ["line", "bar", "area", "pie"];

export function Chart({ block }) {
  const box = useRef();
  const width = useWidth(box);
  const [hover, setHover] = useState(null);
  const [asTable, setAsTable] = useState(false);
  const { chart, title } = block;
  if (!KNOWN.includes(chart.type)) return html`<div ref=${box} class="unknown">This chart type (${String(chart.type)}) is not shown here</div>`;
  const table = tableOf(chart);
  const pie = chart.type === "pie";
  const names = pie ? table.rows.map(([name, value]) => `${name} (${fullNumber(value)})`) : table.head.slice(1);
  return html`<figure class=${`chart chart-of-${chart.type}`}>
    <figcaption class="chart-head"><span class="chart-title">${title}</span>
      <button type="button" class="link-button" aria-pressed=${String(asTable)} onClick=${() => setAsTable(!asTable)}>${asTable ? "Show chart only" : "Show as table"}</button>
    </figcaption>
    <div class="chart-drawing" ref=${box}>
      <div class="chart-canvas"><${Drawing} block=${block} table=${table} width=${width} hover=${hover} setHover=${setHover} />
        ${hover && html`<${Values} hover=${hover} width=${pie ? 200 : width} ...${valuesAt(chart, table, hover.at)} />`}</div>
      ${names.length > 0 && html`<${Legend} names=${names} active=${pie ? hover?.at : null} />`}
    </div>
    <div class="chart-frame"><${ValueTable} title=${title} table=${table} shown=${asTable} /></div>
  </figure>`;
}
