// Line, bar and area charts as SVG, measured in the pixels they really have.
import { html } from "../../vendor/preact-htm.js";
import { CHARACTER, LINE, labelling, shortNumber, SLANT, ticksFor } from "./chart_scale.js";

const PLOT = 184;
const TOP = 10;
const RIGHT = 12;
const DASHES = ["", "7 4", "2 4", "10 3 2 3", "4 2", "1 3"];

function geometry(type, rows, width, axis) {
  const ticks = ticksFor(rows.flatMap(([, ...values]) => values).filter((v) => v !== null));
  const scale = Math.max(...ticks.map((t) => shortNumber(t).length)) * CHARACTER + (axis.y_label ? 30 : 12);
  const names = rows.map(([label]) => label);
  const labels = labelling(names, (width - scale - RIGHT) / rows.length, type === "bar");
  const left = Math.max(scale, labels.reach);
  const band = (width - left - RIGHT) / rows.length;
  const [least, most] = [ticks[0], ticks.at(-1)];
  const base = TOP + PLOT;
  const y = (value) => TOP + PLOT * (1 - (value - least) / (most - least));
  const height = base + labels.height + (axis.x_label ? 18 : 0);
  return { ticks, left, band, y, width, base, height, labels, x: (at) => left + band * (at + 0.5) };
}

function Grid({ g }) {
  return g.ticks.map(
    (tick) => html`<g>
      <line class=${tick === 0 ? "chart-axis" : "chart-grid"} x1=${g.left} x2=${g.width - RIGHT} y1=${g.y(tick)} y2=${g.y(tick)} />
      <text class="chart-text" x=${g.left - 6} y=${g.y(tick) + 4} text-anchor="end">${shortNumber(tick)}</text>
    </g>`,
  );
}

function Categories({ g }) {
  const { lines, stride, slanted } = g.labels;
  if (slanted) {
    return lines.map(([label], at) => html`<text class="chart-text chart-label" text-anchor="end"
      transform=${`translate(${g.x(at) + 4} ${g.base + 14}) rotate(${-SLANT})`}>${label}</text>`);
  }
  return lines.map((label, at) => at % stride === 0 && html`<text class="chart-text chart-label" y=${g.base + 17} text-anchor="middle">
    ${label.map((line, row) => html`<tspan x=${g.x(at)} dy=${row ? LINE : 0}>${row ? ` ${line}` : line}</tspan>`)}</text>`);
}

function AxisNames({ g, axis }) {
  const middle = (TOP + g.base) / 2;
  return html`
    ${axis.x_label && html`<text class="chart-name" x=${(g.left + g.width) / 2} y=${g.height - 6} text-anchor="middle">${axis.x_label}</text>`}
    ${axis.y_label && html`<text class="chart-name" x="12" y=${middle} text-anchor="middle" transform=${`rotate(-90 12 ${middle})`}>${axis.y_label}</text>`}`;
}

/** Points of one series, in pieces: a missing value is a gap, not a zero. */
function piecesOf(g, rows, series) {
  const pieces = [[]];
  rows.forEach((row, at) => {
    if (row[series + 1] === null) pieces.push([]);
    else pieces.at(-1).push([g.x(at), g.y(row[series + 1])]);
  });
  return pieces.filter((piece) => piece.length > 0);
}

const pathOf = (piece) => piece.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

function Line({ g, rows, series, filled }) {
  const pieces = piecesOf(g, rows, series);
  const ground = g.y(Math.max(0, g.ticks[0]));
  return html`<g class=${`series-${series % 12}`}>
    ${filled && pieces.map((p) => html`<path class="chart-area" d=${`${pathOf(p)}L${p.at(-1)[0]} ${ground}L${p[0][0]} ${ground}Z`} />`)}
    ${pieces.map((p) => html`<path class="chart-line" d=${pathOf(p)} stroke-dasharray=${DASHES[series % DASHES.length]} />`)}
    ${rows.length <= 24 && pieces.flat().map(([x, y]) => html`<circle class="chart-dot" cx=${x} cy=${y} r="3" />`)}
  </g>`;
}

function Bars({ g, rows, series, count }) {
  const inner = Math.min(g.band * 0.72, 54 * count);
  const wide = inner / count;
  const zero = g.y(0);
  return html`<g class=${`series-${series % 12}`}>
    ${rows.map((row, at) => {
      const value = row[series + 1];
      if (value === null || value === 0) return null;
      const top = Math.min(g.y(value), zero);
      const x = g.x(at) - inner / 2 + wide * series + 1;
      return html`<rect class="chart-bar" x=${x} y=${top} width=${Math.max(wide - 2, 1)} height=${Math.max(Math.abs(g.y(value) - zero), 1)} rx="2" />`;
    })}
  </g>`;
}

function Bands({ g, rows, active, onHover }) {
  return rows.map(
    (row, at) => html`<rect class=${`chart-band ${at === active ? "chart-band-on" : ""}`} x=${g.left + g.band * at} y=${TOP} width=${g.band} height=${g.base - TOP}
      onMouseEnter=${() => onHover({ at, x: g.x(at), y: TOP })} />`,
  );
}

/** `rows` are `[category, value, …]`; `onHover` gets the row under the pointer and where it stands. */
export function Plot({ type, rows, width, axis, label, active, onHover }) {
  const g = geometry(type, rows, width, axis);
  const count = rows[0].length - 1;
  const order = [...Array(count).keys()];
  return html`<svg class="chart-svg" width=${width} height=${g.height} viewBox=${`0 0 ${width} ${g.height}`} role="img" aria-label=${label}
    onMouseLeave=${() => onHover(null)}>
    <${Grid} g=${g} /><${Categories} g=${g} /><${AxisNames} g=${g} axis=${axis} />
    <${Bands} g=${g} rows=${rows} active=${active} onHover=${onHover} />
    <g class="chart-marks">
      ${order.map((series) => type === "bar"
        ? html`<${Bars} g=${g} rows=${rows} series=${series} count=${count} />`
        : html`<${Line} g=${g} rows=${rows} series=${series} filled=${type === "area"} />`)}
    </g>
  </svg>`;
}
