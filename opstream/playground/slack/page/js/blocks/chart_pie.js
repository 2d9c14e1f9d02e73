// The pie chart as SVG.
import { html } from "../../vendor/preact-htm.js";

const SIZE = 200;
const MIDDLE = SIZE / 2;
const RADIUS = 92;
const HOLE = 52;

const point = (radius, turn) => {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return `${(MIDDLE + radius * Math.cos(angle)).toFixed(2)} ${(MIDDLE + radius * Math.sin(angle)).toFixed(2)}`;
};

/** A ring piece from one turn to another; a whole ring stops just short, since an arc cannot close on itself. */
function slice(from, to) {
  const end = Math.min(to, from + 0.9999);
  const wide = end - from > 0.5 ? 1 : 0;
  return `M${point(RADIUS, from)}A${RADIUS} ${RADIUS} 0 ${wide} 1 ${point(RADIUS, end)}L${point(HOLE, end)}A${HOLE} ${HOLE} 0 ${wide} 0 ${point(HOLE, from)}Z`;
}

export function Pie({ segments, label, active, onHover }) {
  const total = segments.reduce((sum, s) => sum + Math.max(0, s.value), 0) || 1;
  let turn = 0;
  return html`<svg class="chart-svg chart-pie" width=${SIZE} height=${SIZE} viewBox=${`0 0 ${SIZE} ${SIZE}`} role="img" aria-label=${label}
    onMouseLeave=${() => onHover(null)}>
    ${segments.map((segment, at) => {
      const from = turn;
      turn += Math.max(0, segment.value) / total;
      const shown = active === null || active === at ? "" : "chart-faint";
      return html`<path class=${`chart-slice series-${at % 12} ${shown}`} d=${slice(from, turn)} onMouseEnter=${() => onHover({ at, x: MIDDLE, y: 40 })} />`;
    })}
  </svg>`;
}

export const shareOf = (segment, segments) => {
  const total = segments.reduce((sum, s) => sum + Math.max(0, s.value), 0) || 1;
  return `${Math.round((Math.max(0, segment.value) / total) * 1000) / 10}%`;
};
